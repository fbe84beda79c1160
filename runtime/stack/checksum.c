/* XXH3 of xxHash, whose results are the same on every ISA and at every
 * alignment.  Inlined, for inside members there is no library; without vector
 * registers, which the runtime leaves to the program, and without memcpy().
 * Specification: xxHash's doc/xxhash_spec.md.
 */
#include "runtime/stack/checksum.h"

#define XXH_INLINE_ALL
#define XXH_VECTOR XXH_SCALAR
#define XXH_FORCE_MEMORY_ACCESS 1
#define XXH_STATIC_ASSERT(condition) _Static_assert(condition, #condition)
#include <xxhash.h>

uint64_t checksum64(const void *bytes, uint64_t size_bytes)
{
    return XXH3_64bits(bytes, size_bytes);
}

uint64_t checksum64_headed(const void *header, uint64_t header_bytes,
                           const void *body, uint64_t body_bytes)
{
    const uint64_t sums[2] = {XXH3_64bits(header, header_bytes),
                              XXH3_64bits(body, body_bytes)};

    return XXH3_64bits(sums, sizeof sums);
}
