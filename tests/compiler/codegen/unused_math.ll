; Nobody can call log and cos (which only log refers to). The others: sin by an
; intrinsic on vectors, powl by a constrained one, fmod by an instruction, tan
; by a table, fmodf by a call.
target datalayout = "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32"
target triple = "aarch64-unknown-linux-musl"
@table = constant [1 x ptr] [ptr @tan]
declare <2 x double> @llvm.sin.v2f64(<2 x double>)
declare fp128 @llvm.experimental.constrained.pow.f128(fp128, fp128, metadata, metadata)
define i32 @main(double %x, double %y) {
  %q = frem double %x, %y
  %r = call double @help(double %q)
  ret i32 0
}
define double @help(double %x) noinline {
  %a = insertelement <2 x double> zeroinitializer, double %x, i32 0
  %b = call <2 x double> @llvm.sin.v2f64(<2 x double> %a)
  %c = extractelement <2 x double> %b, i32 0
  %f = fptrunc double %c to float
  %g = call float @fmodf(float %f, float %f)
  %d = fpext float %g to double
  ret double %d
}
define fp128 @mine(fp128 %x) strictfp {
  %a = call fp128 @llvm.experimental.constrained.pow.f128(fp128 %x, fp128 %x, metadata !"round.dynamic", metadata !"fpexcept.strict") strictfp
  ret fp128 %a
}
define double @sin(double %x) {
  ret double %x
}
define double @cos(double %x) {
  ret double %x
}
define double @log(double %x) {
  %a = call double @cos(double %x)
  ret double %a
}
define double @tan(double %x) {
  ret double %x
}
define double @fmod(double %x, double %y) {
  ret double %x
}
define float @fmodf(float %x, float %y) {
  ret float %x
}
define fp128 @powl(fp128 %x, fp128 %y) {
  ret fp128 %x
}
!llvm.module.flags = !{!0}
!0 = !{i32 1, !"popcorn-abi", i32 1}
