; error: call with an edge for exceptions or assembly
target triple = "aarch64-unknown-linux-gnu"

define i32 @f() {
  callbr void asm sideeffect "jmp ${0:l}", "!i"() to label %normal [label %other]

normal:
  ret i32 0

other:
  ret i32 1
}
