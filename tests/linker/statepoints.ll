; Two functions with a call site each (ids 1 and 2), and one nothing calls (3):
; its record must not keep it alive.
define void @target_definition() noinline { ret void }
declare token @llvm.experimental.gc.statepoint.p0(i64, i32, ptr, i32, i32, ...)

define void @with_call_site_1() "disable-tail-calls"="true" gc "statepoint-example" {
  %t = call token (i64, i32, ptr, i32, i32, ...) @llvm.experimental.gc.statepoint.p0(i64 1, i32 0, ptr elementtype(void ()) @target_definition, i32 0, i32 0, i32 0, i32 0)
  ret void
}
define i32 @neutral_answer_2() "disable-tail-calls"="true" gc "statepoint-example" {
  %t = call token (i64, i32, ptr, i32, i32, ...) @llvm.experimental.gc.statepoint.p0(i64 ID, i32 0, ptr elementtype(void ()) @with_call_site_1, i32 0, i32 0, i32 0, i32 0)
  ret i32 42
}
define void @dead_call_site() "disable-tail-calls"="true" gc "statepoint-example" {
  %t = call token (i64, i32, ptr, i32, i32, ...) @llvm.experimental.gc.statepoint.p0(i64 3, i32 0, ptr elementtype(void ()) @target_definition, i32 0, i32 0, i32 0, i32 0)
  ret void
}
