#include <limits.h>
#include <malloc.h>

#include "libc-musl-patched/heap/heap.h"

struct mallinfo2 mallinfo2(void)
{
	struct mallinfo2 info = {0};

	__heap_describe(&info);
	return info;
}

static int or_most(size_t number)
{
	return number > INT_MAX ? INT_MAX : number;
}

struct mallinfo mallinfo(void)
{
	struct mallinfo2 info = {0};

	__heap_describe(&info);
	return (struct mallinfo){
		.arena = or_most(info.arena),
		.ordblks = or_most(info.ordblks),
		.hblks = or_most(info.hblks),
		.hblkhd = or_most(info.hblkhd),
		.uordblks = or_most(info.uordblks),
		.fordblks = or_most(info.fordblks),
		.keepcost = or_most(info.keepcost),
	};
}
