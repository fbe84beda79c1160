; error: musttail call: setjmp
target datalayout = "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32"
target triple = "aarch64-unknown-linux-gnu"
declare i32 @setjmp(ptr) returns_twice
declare i32 @g(ptr)
define i32 @f(ptr %x) {
  %s = call i32 @setjmp(ptr %x) returns_twice
  %r = musttail call i32 @g(ptr %x)
  ret i32 %r
}
