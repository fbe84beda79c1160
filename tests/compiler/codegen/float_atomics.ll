; Atomic arithmetic on floating-point numbers of every size (float_atomics.sh).
target datalayout = "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32"
target triple = "aarch64-unknown-linux-musl"

define half @add_half(ptr %p, half %x) {
  %old = atomicrmw fadd ptr %p, half %x seq_cst
  ret half %old
}
define float @add(ptr %p, float %x) {
  %old = atomicrmw fadd ptr %p, float %x seq_cst
  ret float %old
}
define void @add_unused(ptr %p, float %x) {
  %old = atomicrmw fadd ptr %p, float %x monotonic
  ret void
}
define double @sub(ptr %p, double %x) {
  %old = atomicrmw volatile fsub ptr %p, double %x release
  ret double %old
}
define float @max(ptr %p, float %x) {
  %old = atomicrmw fmax ptr %p, float %x acquire
  ret float %old
}
define double @min(ptr %p, double %x) {
  %old = atomicrmw fmin ptr %p, double %x acq_rel
  ret double %old
}
define fp128 @add_wide(ptr %p, fp128 %x) {
  %old = atomicrmw fadd ptr %p, fp128 %x seq_cst
  ret fp128 %old
}
; Not floating-point: what the back ends make of these is right.
define i32 @nand(ptr %p, i32 %x) {
  %old = atomicrmw nand ptr %p, i32 %x seq_cst
  ret i32 %old
}
define i8 @wrap(ptr %p, i8 %x) {
  %old = atomicrmw udec_wrap ptr %p, i8 %x seq_cst
  ret i8 %old
}
define void @swap_unused(ptr %p, i128 %e, i128 %n) {
  %old = cmpxchg ptr %p, i128 %e, i128 %n seq_cst seq_cst
  ret void
}
define i1 @swap_weak(ptr %p, i16 %e, i16 %n) {
  %pair = cmpxchg weak ptr %p, i16 %e, i16 %n monotonic monotonic
  %done = extractvalue { i16, i1 } %pair, 1
  ret i1 %done
}
define i128 @exchange_wide(ptr %p, i128 %n) {
  %old = atomicrmw xchg ptr %p, i128 %n seq_cst
  ret i128 %old
}

!llvm.module.flags = !{!0}
!0 = !{i32 1, !"popcorn-abi", i32 1}
