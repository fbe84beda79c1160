; The upper half of %v is undefined and live across both calls; with the arguments
; it does not fit into the registers of x86-64.
target datalayout = "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32"
target triple = "aarch64-unknown-linux-musl"
@source = global i64 3
define i64 @step(i64 %x) noinline {
  %s = load volatile i64, ptr @source
  %r = add i64 %x, %s
  ret i64 %r
}
define i64 @many(i32 %a, i64 %b, i64 %c, i64 %d, i64 %e, i64 %f, i64 %g) noinline {
  %v = insertelement <8 x i32> poison, i32 %a, i64 0
  %r = call i64 @step(i64 %b)
  %s = call i64 @step(i64 %c)
  %x = extractelement <8 x i32> %v, i64 0
  %y = zext i32 %x to i64
  %t0 = xor i64 %r, %s
  %t1 = xor i64 %t0, %y
  %t2 = xor i64 %t1, %b
  %t3 = xor i64 %t2, %c
  %t4 = xor i64 %t3, %d
  %t5 = xor i64 %t4, %e
  %t6 = xor i64 %t5, %f
  %t7 = xor i64 %t6, %g
  ret i64 %t7
}
!llvm.module.flags = !{!0}
!0 = !{i32 1, !"popcorn-abi", i32 1}
