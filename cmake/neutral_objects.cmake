# What is compiled from others' sources into libraries of programs: libc, libc++.

set(POPCORN_NON_MIGRATING ${POPCORN_LIB_DIR}/non-migrating.list)
set(POPCORN_ISA_OUTPUTS)
foreach(isa IN LISTS POPCORN_ISAS)
  list(APPEND POPCORN_ISA_OUTPUTS --isa ${isa}=OBJECT.${isa}.part)
endforeach()

# One source in both forms: WORK/lto/NAME.o is bitcode, WORK/obj/NAME.o a multi-ISA
# object. -Os is for the second: bitcode is optimised as the program is. Their depfiles
# name them as ninja does: under the new policy CMake would rewrite each, which takes a
# fifth of the time of a compilation.
cmake_policy(SET CMP0116 OLD)
function(popcorn_neutral_rules work name source)
  file(RELATIVE_PATH folder ${CMAKE_BINARY_DIR} ${work})
  set(bitcode ${work}/lto/${name}.o)
  set(flags ${ARGN})
  list(REMOVE_ITEM flags -Os)
  add_custom_command(OUTPUT ${bitcode}
    COMMAND ${POPCORN_CLANG19} ${flags} -flto
      -MD -MF ${bitcode}.d -MT ${folder}/lto/${name}.o
      -c ${source} -o ${bitcode}
    DEPENDS ${source} popcorn-neutral DEPFILE ${bitcode}.d
    COMMENT "bitcode ${name}" VERBATIM)
  set(object ${work}/obj/${name}.o)
  string(REPLACE OBJECT ${object} outputs "${POPCORN_ISA_OUTPUTS}")
  add_custom_command(OUTPUT ${object}
    COMMAND ${POPCORN_CLANG19} ${ARGN} -emit-llvm
      -MD -MF ${object}.d -MT ${folder}/obj/${name}.o
      -c ${source} -o ${object}.bc
    COMMAND popcorn-codegen -O2 --non-migrating ${POPCORN_NON_MIGRATING} ${outputs}
      --object ${object} ${object}.bc
    DEPENDS ${source} popcorn-neutral popcorn-codegen ${POPCORN_NON_MIGRATING}
    DEPFILE ${object}.d COMMENT "object ${name}" VERBATIM)
endfunction()

# popcorn_neutral_archive(ARCHIVE OBJECT...)
function(popcorn_neutral_archive archive)
  list(JOIN ARGN "\n" lines)
  file(RELATIVE_PATH name ${POPCORN_LIB_DIR} ${archive})
  string(REPLACE "/" "-" name ${name})
  set(list ${CMAKE_CURRENT_BINARY_DIR}/${name}.rsp)
  file(WRITE ${list}.new "${lines}\n")
  configure_file(${list}.new ${list} COPYONLY)
  add_custom_command(OUTPUT ${archive}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
    COMMAND ${POPCORN_LLVM_AR} qcs ${archive} @${list}
    DEPENDS ${ARGN} ${list} COMMENT "${archive}" VERBATIM)
endfunction()
