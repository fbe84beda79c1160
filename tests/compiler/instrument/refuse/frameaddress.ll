; error: __builtin_frame_address
target datalayout = "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32"
target triple = "aarch64-unknown-linux-gnu"
declare ptr @llvm.frameaddress.p0(i32)
define ptr @f() {
  %r = call ptr @llvm.frameaddress.p0(i32 0)
  ret ptr %r
}
