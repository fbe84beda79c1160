/* Large enough for every ISA's fast part and the neutral one behind it; the
 * words are described in docs/frame-maps.md. */
typedef unsigned long __jmp_buf[32];
