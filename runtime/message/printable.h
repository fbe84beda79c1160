/* Text of somebody else, for a terminal or a log.  Everything an agent, a member,
 * popcorn or popcornd says goes through here: what a peer sends must not move a
 * cursor, begin a line of its own or be more than a part of one. */
#ifndef POPCORN_MESSAGE_PRINTABLE_H
#define POPCORN_MESSAGE_PRINTABLE_H

#include <stddef.h>

/* Writes `text` to `to`, NUL-terminated, in at most size_bytes (8 at least) bytes.
 * Stops at a NUL.  Control characters, line and paragraph separators, characters
 * that turn the direction of others, and bytes that are not UTF-8 become \xNN for
 * each byte; "..." stands for what does not fit.  Printable text stays as it is,
 * so doing it twice changes nothing.  Returns the length.  Async-signal-safe. */
size_t text_printable(char *to, size_t size_bytes, const char *text,
                      size_t text_bytes);

#endif
