; error: musttail call of __popcorn_syscall
target datalayout = "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32"
target triple = "aarch64-unknown-linux-gnu"
declare i64 @__popcorn_syscall(i64)
define i64 @f(i64 %x) {
  %r = musttail call i64 @__popcorn_syscall(i64 %x)
  ret i64 %r
}
