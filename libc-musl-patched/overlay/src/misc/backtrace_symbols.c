/* Names for return addresses, out of the symbol table of the program's file: that of
 * the image that home runs, whose addresses backtrace gives.  The table is read some
 * symbols at a time, once for a number of addresses, into memory of the caller's stack:
 * nothing is allocated, so that backtrace_symbols_fd can be used in a signal handler. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AT_ONCE 32
#define NAME_BYTES 256
#define PROGRAM_BYTES 128
#define LINE_BYTES (PROGRAM_BYTES + NAME_BYTES + 64)

struct place {
	uint64_t function; /* its address; 0: not known */
	uint64_t name; /* in the file */
};

static int read_at(int fd, void *to, size_t bytes, uint64_t from)
{
	return pread(fd, to, bytes, from) == (ssize_t)bytes;
}

/* A return address may be the end of its function, whose last call does not return. */
static void compare(struct place *places, void *const *addresses, int count,
	const Elf64_Sym *symbol, uint64_t names)
{
	if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || !symbol->st_value)
		return;
	for (int i = 0; i < count; i++) {
		uint64_t call = (uint64_t)addresses[i] - 1;
		if (call - symbol->st_value < symbol->st_size
			&& symbol->st_value > places[i].function)
			places[i] = (struct place){symbol->st_value,
				names + symbol->st_name};
	}
}

static void search_table(int fd, const Elf64_Shdr *table, uint64_t names,
	struct place *places, void *const *addresses, int count)
{
	Elf64_Sym symbols[64];
	uint64_t left = table->sh_size / sizeof *symbols, at = table->sh_offset;
	while (left) {
		size_t some = left < 64 ? left : 64;
		if (!read_at(fd, symbols, some * sizeof *symbols, at))
			return;
		for (size_t i = 0; i < some; i++)
			compare(places, addresses, count, &symbols[i], names);
		at += some * sizeof *symbols;
		left -= some;
	}
}

static void search_file(int fd, struct place *places, void *const *addresses,
	int count)
{
	Elf64_Ehdr file;
	Elf64_Shdr table, names;
	if (!read_at(fd, &file, sizeof file, 0)
		|| memcmp(file.e_ident, ELFMAG, SELFMAG)
		|| file.e_shentsize != sizeof table)
		return;
	for (int i = 0; i < file.e_shnum; i++) {
		uint64_t at = file.e_shoff + i * sizeof table;
		if (read_at(fd, &table, sizeof table, at)
			&& table.sh_type == SHT_SYMTAB
			&& read_at(fd, &names, sizeof names, file.e_shoff
				+ table.sh_link * sizeof names))
			search_table(fd, &table, names.sh_offset, places,
				addresses, count);
	}
}

static char *put_hex(char *to, uint64_t number)
{
	int shift = 60;
	while (shift && !(number >> shift)) shift -= 4;
	to = stpcpy(to, "0x");
	for (; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[number >> shift & 15];
	*to = 0;
	return to;
}

/* The line for one address, at most LINE_BYTES with its end. Its length. */
static size_t describe(char *line, int fd, const struct place *place,
	const void *address)
{
	size_t length = strnlen(program_invocation_name, PROGRAM_BYTES);
	char *to = (char *)memcpy(line, program_invocation_name, length) + length;
	to = stpcpy(to, "(");
	if (place->function) {
		ssize_t got = pread(fd, to, NAME_BYTES, place->name);
		to += got <= 0 ? 0 : strnlen(to, got < NAME_BYTES ? got
			: NAME_BYTES - 1);
		to = stpcpy(to, "+");
		to = put_hex(to, (uint64_t)address - place->function);
	}
	to = stpcpy(to, ") [");
	to = put_hex(to, (uint64_t)address);
	to = stpcpy(to, "]");
	return to - line;
}

/* Gives `take` a line for each address, in order. */
static void for_each_line(void *const *addresses, int count,
	void (*take)(void *, char *, size_t), void *argument)
{
	char line[LINE_BYTES];
	struct place places[AT_ONCE];
	int error = errno, fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	for (int i = 0; i < count; i++) {
		if (i % AT_ONCE == 0) {
			memset(places, 0, sizeof places);
			if (fd >= 0)
				search_file(fd, places, addresses + i, count - i
					< AT_ONCE ? count - i : AT_ONCE);
		}
		take(argument, line, describe(line, fd, &places[i % AT_ONCE],
			addresses[i]));
	}
	if (fd >= 0) close(fd);
	errno = error;
}

static void write_line(void *argument, char *line, size_t length)
{
	line[length] = '\n';
	for (size_t done = 0; done <= length;) {
		ssize_t some = write(*(int *)argument, line + done,
			length + 1 - done);
		if (some < 0) return;
		done += some;
	}
}

void backtrace_symbols_fd(void *const *addresses, int count, int fd)
{
	for_each_line(addresses, count, write_line, &fd);
}

struct lines {
	char **first;
	char *next;
	int count;
};

static void keep_line(void *argument, char *line, size_t length)
{
	struct lines *lines = argument;
	lines->first[lines->count++] = lines->next;
	memcpy(lines->next, line, length);
	lines->next[length] = 0;
	lines->next += length + 1;
}

char **backtrace_symbols(void *const *addresses, int count)
{
	size_t number = count > 0 ? count : 0;
	struct lines lines = {0};
	lines.first = malloc(number * (sizeof *lines.first + LINE_BYTES) + 1);
	if (!lines.first)
		return 0;
	lines.next = (char *)(lines.first + number);
	for_each_line(addresses, number, keep_line, &lines);
	return lines.first;
}
