# popcorn_llvm_headers: LLVM for plugins, which find its symbols in their host.
# popcorn_llvm: LLVM for the programs of a link. Its static archives: a process that
# maps libLLVM.so relocates 3,000 pages of it before main(), 60 ms, and a link has
# nine processes. POPCORN_SHARED_LLVM is for another libLLVM.so in Debian's place
# (scripts/llvm-assertions.sh).
option(POPCORN_SHARED_LLVM "link with libLLVM.so, and use lld as it is installed" OFF)

function(popcorn_ask_llvm result)
  execute_process(COMMAND ${POPCORN_LLVM_CONFIG} ${ARGN}
    OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
  set(${result} ${answer} PARENT_SCOPE)
endfunction()
popcorn_ask_llvm(include --includedir)
popcorn_ask_llvm(libdir --libdir)

add_library(popcorn_llvm_headers INTERFACE)
target_include_directories(popcorn_llvm_headers SYSTEM INTERFACE ${include})
target_compile_definitions(popcorn_llvm_headers INTERFACE
  __STDC_CONSTANT_MACROS __STDC_FORMAT_MACROS __STDC_LIMIT_MACROS)
# LLVM is built without.
target_compile_options(popcorn_llvm_headers INTERFACE -fno-rtti -fno-exceptions)

add_library(popcorn_llvm INTERFACE)
target_link_libraries(popcorn_llvm INTERFACE popcorn_llvm_headers)
if(POPCORN_SHARED_LLVM)
  target_link_libraries(popcorn_llvm INTERFACE ${libdir}/libLLVM.so)
else()
  set(POPCORN_LLVM_TARGETS)
  foreach(isa IN LISTS POPCORN_ISAS)
    popcorn_isa_fact(${isa} LLVM_TARGET target)
    list(APPEND POPCORN_LLVM_TARGETS ${target})
  endforeach()
  string(TOLOWER "${POPCORN_LLVM_TARGETS}" components)
  popcorn_ask_llvm(libraries --link-static --libs
    ${components} lto passes irreader bitwriter linker option)
  string(REPLACE " " ";" libraries "${libraries}")
  # Debian's LTO names it; no archive of it is packaged, and it does nothing unasked.
  list(FILTER libraries EXCLUDE REGEX "-lPolly")
  target_link_libraries(popcorn_llvm INTERFACE ${libraries} z zstd)
  target_link_directories(popcorn_llvm INTERFACE ${libdir})
  target_link_options(popcorn_llvm INTERFACE -Wl,--gc-sections)
  if(NOT POPCORN_SANITIZE)
    target_link_options(popcorn_llvm INTERFACE -static)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    target_link_options(popcorn_llvm INTERFACE -fuse-ld=lld)
  endif()
endif()
