; On the path through %none, %p is known to be zero, and so is what is returned:
; no register may hold that zero across the call there.
target datalayout = "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32"
target triple = "aarch64-unknown-linux-musl"
@handler = global ptr null
define ptr @make(i64 %size) noinline {
  %f = load volatile ptr, ptr @handler
  %p = call ptr %f(i64 %size)
  ret ptr %p
}
define ptr @find(i64 %size) noinline {
  %p = call ptr @make(i64 %size)
  call ptr @make(i64 0)
  %empty = icmp eq ptr %p, null
  br i1 %empty, label %none, label %some
none:
  call ptr @make(i64 1)
  br label %both
some:
  store i64 %size, ptr %p
  br label %both
both:
  %q = phi ptr [ null, %none ], [ %p, %some ]
  call ptr @make(i64 2)
  ret ptr %q
}
!llvm.module.flags = !{!0}
!0 = !{i32 1, !"popcorn-abi", i32 1}
