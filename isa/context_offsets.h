/* Byte offsets in struct popcorn_context, for assembly. isa.c asserts them. */
#ifndef POPCORN_ISA_CONTEXT_OFFSETS_H
#define POPCORN_ISA_CONTEXT_OFFSETS_H

#define CONTEXT_PC 272
#define CONTEXT_SP 280
#define CONTEXT_BYTES 288

#endif
