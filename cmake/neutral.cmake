# POPCORN_NEUTRAL_FLAGS: what makes clang's AArch64 front end neutral, for the
# driver (built into it) and for the build of libc.  The one place they are
# written down; docs/driver.md explains each.
#
#   clang-19 ${POPCORN_NEUTRAL_FLAGS} -flto -fpass-plugin=${POPCORN_NEUTRAL_PLUGIN}
#
# The driver puts FIRST before the user's options (they may be overridden) and
# LAST after them (they may not).

# Whose C ABI the neutral one is made of: clang's front end for it, the bits/ of
# its musl, and its runtime, which resolves the symbols of the merge. All that
# names it elsewhere is derived from these two lines.
set(POPCORN_NEUTRAL_ISA aarch64)
set(POPCORN_NEUTRAL_EMULATION aarch64linux) # ld.lld -m
popcorn_isa_fact(${POPCORN_NEUTRAL_ISA} TRIPLE POPCORN_NEUTRAL_TRIPLE)

set(POPCORN_NEUTRAL_FLAGS_FIRST
  --target=${POPCORN_NEUTRAL_TRIPLE}
  -fsigned-char
  -D__popcorn__=1
  -fno-finite-loops
  -fno-stack-protector)

set(POPCORN_NEUTRAL_FLAGS_LAST
  -ffp-contract=off
  -mno-outline-atomics
  -ftls-model=local-exec
  -fno-pic -fno-pie
  -fno-stack-protector
  -fno-unwind-tables -fno-asynchronous-unwind-tables)

# Passes that LLVM 19.1.7 has errors in, off when compiling and in the merge
# (docs/codegen.md, "Miscompiles of 19.1.7").
set(POPCORN_LLVM_OPTIONS
  -enable-global-analyses=false
  -enable-constraint-elimination=false)
foreach(option IN LISTS POPCORN_LLVM_OPTIONS)
  list(APPEND POPCORN_NEUTRAL_FLAGS_LAST -mllvm ${option})
endforeach()

# Every macro that names the front end's ISA is undefined: asked of the clang in
# use, so that a newer one adds none.
if(NOT POPCORN_NEUTRAL_UNDEFS)
  execute_process(
    COMMAND ${POPCORN_CLANG19} --target=${POPCORN_NEUTRAL_TRIPLE} -dM -E -x c
      /dev/null
    OUTPUT_VARIABLE macros RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "clang-19 cannot target ${POPCORN_NEUTRAL_TRIPLE}: ${failed}")
  endif()
  string(REGEX MATCHALL "#define [A-Za-z0-9_]+" macros "${macros}")
  set(undefs)
  foreach(macro IN LISTS macros)
    string(REPLACE "#define " "" macro "${macro}")
    if(macro MATCHES "aarch64|AARCH64|^__ARM|^__arm|^__HAVE_FUNCTION_MULTI|^__FP_FAST_FMA|^__GCC_ASM_FLAG_OUTPUTS__$")
      list(APPEND undefs -U${macro})
    endif()
  endforeach()
  set(POPCORN_NEUTRAL_UNDEFS ${undefs} CACHE INTERNAL "-U of ISA macros")
endif()
list(APPEND POPCORN_NEUTRAL_FLAGS_FIRST ${POPCORN_NEUTRAL_UNDEFS})

set(POPCORN_NEUTRAL_FLAGS
  ${POPCORN_NEUTRAL_FLAGS_FIRST} ${POPCORN_NEUTRAL_FLAGS_LAST})
set(POPCORN_NEUTRAL_PLUGIN ${POPCORN_LIB_DIR}/libpopcorn-neutral.so)
