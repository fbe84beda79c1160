# popcorn_test(CASE quick|long COMMAND word... [MAYSKIP] [TIMEOUT seconds]
#              [MAKES fixture] [NEEDS fixture...] [ENVIRONMENT name=value...]
#              [PROPERTIES name value...])
#
# The one way to add a test. Its name is the folders it is in below tests/ and
# CASE, with dots between; its labels are these folders, and how long it takes.
# tests/lib/test.sh starts it, and says how to run it alone if it fails. MAKES,
# NEEDS: what it builds for others, and needs of them. MAYSKIP: status 77 is a
# skip. COMMAND may begin with a target that is known by now.
# LLVM's machine verifier runs behind our passes in whatever a test builds.
function(popcorn_test case length)
  cmake_parse_arguments(PARSE_ARGV 2 arg MAYSKIP "TIMEOUT;MAKES"
    "COMMAND;NEEDS;ENVIRONMENT;PROPERTIES")
  if(arg_UNPARSED_ARGUMENTS OR NOT length MATCHES "^(quick|long)$")
    message(FATAL_ERROR "popcorn_test(${case} ${length}): ${arg_UNPARSED_ARGUMENTS}?")
  endif()
  file(RELATIVE_PATH build ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
  file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
  string(REPLACE / . name ${folder}.${case})
  string(REPLACE / ";" labels ${folder}/${length})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 900)
  endif()
  list(GET arg_COMMAND 0 program)
  if(TARGET ${program})
    list(POP_FRONT arg_COMMAND)
    list(PREPEND arg_COMMAND $<TARGET_FILE:${program}>)
  endif()
  add_test(NAME ${name} COMMAND ${CMAKE_SOURCE_DIR}/tests/lib/test.sh
    ${build} ${name} ${arg_COMMAND})
  list(APPEND arg_ENVIRONMENT POPCORN_VERIFY_MACHINE=1)
  set_tests_properties(${name} PROPERTIES LABELS "${labels}"
    TIMEOUT ${arg_TIMEOUT} FIXTURES_SETUP "${arg_MAKES}"
    FIXTURES_REQUIRED "${arg_NEEDS}" ENVIRONMENT "${arg_ENVIRONMENT}"
    ${arg_PROPERTIES})
  if(arg_MAYSKIP)
    set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
  endif()
endfunction()
