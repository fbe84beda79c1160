/* See digest.h. */
#include "linker/pack/digest.h"

#include <errno.h>
#include <openssl/evp.h>

int digest_bytes(const void *bytes, uint64_t size_bytes, uint8_t *digest)
{
    return EVP_Digest(bytes, size_bytes, digest, NULL, EVP_sha256(), NULL) == 1
               ? 0
               : -EIO;
}

static bool update_u64(EVP_MD_CTX *context, uint64_t value)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
    return EVP_DigestUpdate(context, bytes, sizeof(bytes)) == 1;
}

static int update_segment(EVP_MD_CTX *context, const struct elf_view *view,
                          const Elf64_Phdr *segment,
                          struct popcorn_error *error)
{
    bool ok = update_u64(context, segment->p_type) &&
              update_u64(context, segment->p_flags) &&
              update_u64(context, segment->p_vaddr) &&
              update_u64(context, segment->p_filesz) &&
              update_u64(context, segment->p_memsz);
    if (segment->p_type == PT_LOAD) {
        if (segment->p_offset > view->size_bytes ||
            segment->p_filesz > view->size_bytes - segment->p_offset) {
            return elf_fail(error, -EBADMSG,
                            "%s: truncated or corrupt: the segment at 0x%llx "
                            "is not in the file",
                            view->name, (unsigned long long)segment->p_vaddr);
        }
        ok = ok && EVP_DigestUpdate(context, view->bytes + segment->p_offset,
                                    segment->p_filesz) == 1;
    }
    return ok ? 0 : -EIO;
}

int digest_loadable(const struct elf_view *view, uint8_t *digest,
                    struct popcorn_error *error)
{
    Elf64_Phdr segment;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int result = -EIO;
    if (context == NULL ||
        EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
        !update_u64(context, view->header.e_machine) ||
        !update_u64(context, view->header.e_entry)) {
        goto out;
    }
    for (unsigned i = 0; elf_view_segment(view, i, &segment); i++) {
        result = update_segment(context, view, &segment, error);
        if (result != 0) {
            goto out;
        }
    }
    result = EVP_DigestFinal_ex(context, digest, NULL) == 1 ? 0 : -EIO;
out:
    EVP_MD_CTX_free(context);
    if (result == -EIO) {
        elf_fail(error, result, "%s: libcrypto cannot compute SHA-256",
                 view->name);
    }
    return result;
}
