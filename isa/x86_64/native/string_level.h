#ifndef POPCORN_ISA_STRING_LEVEL_H
#define POPCORN_ISA_STRING_LEVEL_H

/* Entered from choose_level.S. */
unsigned x86_64_string_level(void);

#endif
