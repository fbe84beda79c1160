// As libpng's png.h does: longjmp is passed as an argument. It was a native function,
// whose address was refused.
#include <setjmp.h>
#include <stddef.h>

typedef void (*jump_function)(jmp_buf, int);

static struct {
    jmp_buf buffer;
    jump_function jump;
} reader;

__attribute__((noinline)) static jmp_buf *set_jump(jump_function jump, size_t size)
{
    reader.jump = jump;
    return size == sizeof reader.buffer ? &reader.buffer : NULL;
}

__attribute__((noinline)) static int read_row(int row)
{
    if (row == 7) {
        reader.jump(reader.buffer, row);
    }
    return row;
}

int main(void)
{
    volatile int rows = 0;
    jump_function jumps[] = {longjmp, _longjmp, siglongjmp};
    for (int i = 0; i < 3; i++) {
        int why = setjmp(*set_jump(jumps[i], sizeof(jmp_buf)));
        if (why != 0) {
            if (why != 7) {
                return 1;
            }
            continue;
        }
        for (int row = 0; row < 10; row++) {
            rows += read_row(row) == row;
        }
        return 2;
    }
    return rows == 21 ? 0 : 3;
}
