# POPCORN_SANITIZE: the host's programs under AddressSanitizer, LeakSanitizer and
# UndefinedBehaviorSanitizer (`make check-sanitize`). What is linked into programs
# has flags of its own (native.cmake, neutral.cmake) and runs without a libc, so
# without a runtime of theirs.
option(POPCORN_SANITIZE "build the host's programs with sanitizers" OFF)
if(NOT POPCORN_SANITIZE)
  return()
endif()
add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all
  -fno-omit-frame-pointer)
add_link_options(-fsanitize=address,undefined)

# Each process that finds something writes a file here: one in the background, or
# without a standard error, is heard too. Agents may be of another user.
set(POPCORN_SANITIZE_REPORTS ${CMAKE_BINARY_DIR}/reports)
file(MAKE_DIRECTORY ${POPCORN_SANITIZE_REPORTS})
file(CHMOD ${POPCORN_SANITIZE_REPORTS} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
  GROUP_READ GROUP_WRITE GROUP_EXECUTE WORLD_READ WORLD_WRITE WORLD_EXECUTE)

# The runtime's options are in the programs: some tests empty the environment.
add_library(popcorn_sanitize_options OBJECT
  ${CMAKE_SOURCE_DIR}/cmake/sanitize_options.c)
target_compile_definitions(popcorn_sanitize_options PRIVATE
  _GNU_SOURCE REPORTS="${POPCORN_SANITIZE_REPORTS}/report")
link_libraries(
  $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:popcorn_sanitize_options>)

# The passes that clang loads want a runtime that was there first.
execute_process(COMMAND ${POPCORN_CLANG19}
    -print-file-name=libclang_rt.asan-${CMAKE_SYSTEM_PROCESSOR}.so
  OUTPUT_VARIABLE runtime OUTPUT_STRIP_TRAILING_WHITESPACE)
file(CONFIGURE OUTPUT clang-19 @ONLY CONTENT [[#!/bin/sh
LD_PRELOAD=@runtime@ \
ASAN_OPTIONS=log_path=@POPCORN_SANITIZE_REPORTS@/report:exitcode=99:allow_user_poisoning=0:detect_leaks=0 \
    exec @POPCORN_CLANG19@ "$@"
]])
file(CHMOD ${CMAKE_BINARY_DIR}/clang-19 PERMISSIONS OWNER_READ OWNER_WRITE
  OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(POPCORN_CLANG19 ${CMAKE_BINARY_DIR}/clang-19)
