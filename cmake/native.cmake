# Code that runs inside a member, compiled natively once per ISA and collected
# in lib/popcorn/isa/<isa>/native.a.
#
#   popcorn_native_sources(<isa>|all  file...)
#
# Sources are .c or .S, paths relative to the caller.  Freestanding, static,
# no libc; include paths: the source root and isa/<isa>/native.  Call
# popcorn_native_finish() once, after every subdirectory.
#
#   popcorn_string_sources(file...)
#
# The same, for the ISA's vectors: compiled for speed, once for each of its levels
# (STRING_LEVEL in isa.def), whose name STRING_LEVEL is.

set(POPCORN_NATIVE_FLAGS
  -Oz -g -std=c11 -ffreestanding -nostdlibinc -fno-pic -fno-pie -fno-stack-protector
  -fno-unwind-tables -fno-asynchronous-unwind-tables -fno-builtin
  -ffunction-sections -fdata-sections -mno-implicit-float
  ${POPCORN_C_WARNINGS}
  -isystem ${CMAKE_SOURCE_DIR}/runtime/stack/freestanding
  -isystem ${CMAKE_BINARY_DIR}/xxhash)
if(CMAKE_COMPILE_WARNING_AS_ERROR)
  list(APPEND POPCORN_NATIVE_FLAGS -Werror)
endif()
# <xxhash.h> alone: no other header of the host is for these.
find_path(POPCORN_XXHASH xxhash.h REQUIRED)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/xxhash)
file(CREATE_LINK ${POPCORN_XXHASH}/xxhash.h
  ${CMAKE_BINARY_DIR}/xxhash/xxhash.h SYMBOLIC)
foreach(isa IN LISTS POPCORN_ISAS)
  popcorn_isa_fact(${isa} TRIPLE triple)
  popcorn_isa_fact(${isa} ELF_MACHINE machine)
  popcorn_isa_fact(${isa} NATIVE_FLAGS flags)
  set(POPCORN_NATIVE_FLAGS_${isa} --target=${triple} ${flags}
    -DPOPCORN_NATIVE_ISA=${isa} -DPOPCORN_ELF_MACHINE=${machine})
endforeach()

function(popcorn_native_sources which)
  if(which STREQUAL all)
    set(isas ${POPCORN_ISAS})
  else()
    set(isas ${which})
  endif()
  foreach(isa IN LISTS isas)
    foreach(source IN LISTS ARGN)
      get_filename_component(source ${source} ABSOLUTE)
      set_property(GLOBAL APPEND PROPERTY POPCORN_NATIVE_${isa} ${source})
    endforeach()
  endforeach()
endfunction()

function(popcorn_string_sources)
  foreach(source IN LISTS ARGN)
    get_filename_component(source ${source} ABSOLUTE)
    set_property(GLOBAL APPEND PROPERTY POPCORN_STRING_SOURCES ${source})
  endforeach()
endfunction()

# Adds the rule for one object; returns its path in `result`. More arguments: a
# level of the string functions and its flags.
function(popcorn_native_object isa source result)
  file(RELATIVE_PATH name ${CMAKE_SOURCE_DIR} ${source})
  list(POP_FRONT ARGN level)
  if(level)
    string(APPEND name .${level})
  endif()
  set(object ${CMAKE_BINARY_DIR}/native/${isa}/${name}.o)
  get_filename_component(folder ${object} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  set(flags ${POPCORN_NATIVE_FLAGS})
  if(source MATCHES "\\.S$")
    list(REMOVE_ITEM flags -std=c11)
  else()
    list(APPEND flags -include
      ${CMAKE_SOURCE_DIR}/runtime/base/compiler_calls.h)
  endif()
  if(level)
    list(REMOVE_ITEM flags -Oz -mno-implicit-float)
    list(APPEND flags -O2 -falign-functions=64 ${ARGN} -DSTRING_LEVEL=${level})
  endif()
  add_custom_command(OUTPUT ${object}
    COMMAND ${POPCORN_CLANG19} ${POPCORN_NATIVE_FLAGS_${isa}} ${flags}
      -I${CMAKE_SOURCE_DIR} -I${CMAKE_SOURCE_DIR}/isa/${isa}/native
      -MD -MF ${object}.d -c ${source} -o ${object}
    DEPENDS ${source} DEPFILE ${object}.d
    COMMENT "native ${isa}: ${name}" VERBATIM)
  set(${result} ${object} PARENT_SCOPE)
endfunction()

function(popcorn_native_finish)
  set(archives)
  execute_process(COMMAND ${POPCORN_CLANG19} --print-resource-dir
    OUTPUT_VARIABLE resource OUTPUT_STRIP_TRAILING_WHITESPACE)
  foreach(isa IN LISTS POPCORN_ISAS)
    set(builtins ${resource}/lib/linux/libclang_rt.builtins-${isa}.a)
    if(NOT EXISTS ${builtins})
      message(FATAL_ERROR "${builtins} is missing: compiler-rt for ${isa} "
        "(scripts/setup.sh; docs/new-isa.md)")
    endif()
    get_property(sources GLOBAL PROPERTY POPCORN_NATIVE_${isa})
    set(objects)
    foreach(source IN LISTS sources)
      popcorn_native_object(${isa} ${source} object)
      list(APPEND objects ${object})
    endforeach()
    popcorn_isa_rows(${isa} STRING_LEVEL levels)
    get_property(sources GLOBAL PROPERTY POPCORN_STRING_SOURCES)
    foreach(level IN LISTS levels)
      string(REPLACE " " ";" level "${level}")
      foreach(source IN LISTS sources)
        popcorn_native_object(${isa} ${source} object ${level})
        list(APPEND objects ${object})
      endforeach()
    endforeach()
    set(folder ${POPCORN_LIB_DIR}/isa/${isa})
    file(MAKE_DIRECTORY ${folder})
    add_custom_command(OUTPUT ${folder}/native.a
      COMMAND ${CMAKE_COMMAND} -E rm -f ${folder}/native.a
      COMMAND ${POPCORN_LLVM_AR} rcs ${folder}/native.a ${objects}
      COMMAND ${CMAKE_COMMAND} -E copy ${builtins} ${folder}/builtins.a
      DEPENDS ${objects} COMMENT "native ${isa}: native.a" VERBATIM)
    list(APPEND archives ${folder}/native.a)
  endforeach()
  add_custom_target(native ALL DEPENDS ${archives})
  install(DIRECTORY ${POPCORN_LIB_DIR}/isa
    DESTINATION lib/popcorn)
endfunction()
