; The path through %none ends in a null pointer that must not be null. One ISA
; must not drop it, and with it the call's live value %p, while the other keeps
; both.
target datalayout = "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32"
target triple = "aarch64-unknown-linux-musl"
@handler = global ptr null
define void @use(ptr %at) noinline {
  store volatile i64 3, ptr %at
  %f = load volatile ptr, ptr @handler
  call void %f(i64 1)
  ret void
}
define i64 @keep(ptr %p, i64 %size) noinline {
  %small = icmp ult i64 %size, 48
  br i1 %small, label %some, label %none
some:
  br label %both
none:
  %f = load volatile ptr, ptr @handler
  call void %f(i64 %size)
  br label %both
both:
  %q = phi ptr [ %p, %some ], [ null, %none ]
  call void @use(ptr noundef nonnull %q)
  %r = load i64, ptr %p
  ret i64 %r
}
!llvm.module.flags = !{!0}
!0 = !{i32 1, !"popcorn-abi", i32 1}
