/* Each step (exclusive or, product with an odd number, shift and exclusive or)
 * is a bijection of the sum, so two inputs that differ in one word never meet.
 */
#include "runtime/stack-transform/checksum.h"

uint64_t checksum64(const void *bytes, uint64_t size_bytes)
{
    const uint8_t *p = bytes;
    uint64_t sum = size_bytes * UINT64_C(0x9e3779b97f4a7c15);

    while (size_bytes != 0) {
        uint64_t word = 0;
        if (size_bytes >= 8) {
            __builtin_memcpy(&word, p, 8);
            p += 8;
            size_bytes -= 8;
        } else {
            word = *p++;
            size_bytes--;
        }
        sum = (sum ^ word) * UINT64_C(0xff51afd7ed558ccd);
        sum ^= sum >> 32;
    }
    return sum;
}

uint64_t checksum64_headed(const void *header, uint64_t header_bytes,
                           const void *body, uint64_t body_bytes)
{
    return checksum64(header, header_bytes) ^ checksum64(body, body_bytes);
}
