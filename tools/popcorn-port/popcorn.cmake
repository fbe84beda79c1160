# CMake toolchain file of popcorn-clang: cmake -DCMAKE_TOOLCHAIN_FILE=.../popcorn.cmake
# Programs run on this machine as they are, so nothing is cross compiled; libraries
# and packages are those of libc and of the sysroot (popcorn-port), never the
# machine's.
get_filename_component(popcorn "${CMAKE_CURRENT_LIST_DIR}/../.." REALPATH)
set(CMAKE_C_COMPILER "${popcorn}/bin/popcorn-clang")
set(CMAKE_CXX_COMPILER "${popcorn}/bin/popcorn-clang++")
foreach(tool IN ITEMS AR RANLIB NM)
  string(TOLOWER ${tool} name)
  set(CMAKE_${tool} "${popcorn}/bin/popcorn-${name}" CACHE FILEPATH "")
  set(CMAKE_C_COMPILER_${tool} "${popcorn}/bin/popcorn-${name}" CACHE FILEPATH "")
  set(CMAKE_CXX_COMPILER_${tool} "${popcorn}/bin/popcorn-${name}" CACHE FILEPATH "")
endforeach()
set(PKG_CONFIG_EXECUTABLE "${popcorn}/bin/popcorn-pkg-config" CACHE FILEPATH "")
if(DEFINED ENV{POPCORN_SYSROOT})
  set(CMAKE_FIND_ROOT_PATH "$ENV{POPCORN_SYSROOT}")
else()
  set(CMAKE_FIND_ROOT_PATH "${popcorn}/lib/popcorn/sysroot")
endif()
list(APPEND CMAKE_FIND_ROOT_PATH "${popcorn}/lib/popcorn")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
