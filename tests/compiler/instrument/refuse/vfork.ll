; error: returns twice into one frame
target datalayout = "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32"
target triple = "aarch64-unknown-linux-gnu"
declare i32 @vfork() #0
define i32 @f() {
  %r = call i32 @vfork()
  ret i32 %r
}
attributes #0 = { returns_twice }
