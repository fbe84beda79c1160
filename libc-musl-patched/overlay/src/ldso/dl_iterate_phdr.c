/* One object, the program, as it is on every node: its neutral parts, which have
 * one place in each image.  What callers look for is there: writable data and
 * thread-local variables (the roots of garbage collectors), the part an address
 * belongs to, and that there are no unwind tables.  Whatever of the image a
 * pointer can lead to is in them.  Its own headers would not do: they are not in
 * memory, and each ISA has others.
 */
#include <elf.h>
#include <link.h>
#include "pthread_impl.h"
#include "popcorn_native.h"

/* The aligner's; sizes are symbols too, so that the table is constant. */
extern const char __popcorn_shared_text_start[], __popcorn_shared_text_size[],
	__popcorn_rodata_start[], __popcorn_rodata_size[],
	__popcorn_shared_start[], __popcorn_shared_file_size[],
	__popcorn_shared_size[], __popcorn_tls_start[],
	__popcorn_tls_file_size[], __popcorn_tls_size[];

#define SEGMENT(type, flags, start, file_size, size, align) { \
	.p_type = type, .p_flags = flags, .p_align = align, \
	.p_vaddr = (uintptr_t)start, .p_paddr = (uintptr_t)start, \
	.p_filesz = (uintptr_t)file_size, .p_memsz = (uintptr_t)size }

/* p_offset is 0 and PT_LOAD unaligned: a place in the file is an image's own. */
static const ElfW(Phdr) segments[] = {
	SEGMENT(PT_LOAD, PF_R|PF_X, __popcorn_shared_text_start,
		__popcorn_shared_text_size, __popcorn_shared_text_size, 1),
	SEGMENT(PT_LOAD, PF_R, __popcorn_rodata_start,
		__popcorn_rodata_size, __popcorn_rodata_size, 1),
	SEGMENT(PT_LOAD, PF_R|PF_W, __popcorn_shared_start,
		__popcorn_shared_file_size, __popcorn_shared_size, 1),
	SEGMENT(PT_TLS, PF_R, __popcorn_tls_start,
		__popcorn_tls_file_size, __popcorn_tls_size,
		POPCORN_TLS_MAX_ALIGN),
};

int dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *),
	void *data)
{
	struct dl_phdr_info info = {
		.dlpi_name = "/proc/self/exe",
		.dlpi_phdr = segments,
		.dlpi_phnum = sizeof segments / sizeof *segments,
		.dlpi_tls_modid = 1,
		.dlpi_tls_data = (char *)__pthread_self() + POPCORN_TLS_BEFORE,
	};

	return callback(&info, sizeof info, data);
}
