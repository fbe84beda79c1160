; The callee of a call site is an element of an aggregate. Lowered in the block of
; the extractvalue, a STATEPOINT would lose it; each has a block of its own.
target datalayout = "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32"
target triple = "aarch64-unknown-linux-musl"
@handler = global ptr null
@other = global ptr null
define i64 @pick(i64 %n, ptr %old) noinline {
entry:
  br label %again
again:
  %s = phi i64 [ 0, %entry ], [ %t, %again ]
  %pair = cmpxchg ptr @handler, ptr %old, ptr @other seq_cst seq_cst
  %f = extractvalue { ptr, i1 } %pair, 0
  %ok = extractvalue { ptr, i1 } %pair, 1
  %z = zext i1 %ok to i64
  %r = call i64 %f(i64 %s)
  %q = call i64 %f(i64 %r)
  %u = add i64 %q, %z
  %t = add i64 %u, %r
  %c = icmp slt i64 %t, %n
  br i1 %c, label %again, label %out
out:
  ret i64 %t
}
!llvm.module.flags = !{!0}
!0 = !{i32 1, !"popcorn-abi", i32 1}
