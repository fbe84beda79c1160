/* Variable length arrays and alloca: in loops, nested, of several dimensions,
 * as parameters, left by goto, live over moves. */
#include "language.h"
#include <alloca.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static NOINLINE int matrix_sum(int rows, int columns, int m[rows][columns])
{
    int sum = 0;

    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
            sum += m[r][c];
        }
        point();
    }
    return sum + (int)sizeof(m[0]);
}

static NOINLINE int matrix(int rows, int columns)
{
    int m[rows][columns];

    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
            m[r][c] = r * 10 + c;
        }
        point();
    }
    return matrix_sum(rows, columns, m) + (int)(sizeof(m) / sizeof(m[0]));
}

/* The array of each iteration ends with it; the size is kept over moves. */
static NOINLINE unsigned in_loop(int n)
{
    unsigned sum = 0;

    for (int i = 1; i <= n; i++) {
        char text[i * 7];
        memset(text, 'a' + i, sizeof(text));
        point();
        sum = sum * 31 + hash(text, sizeof(text)) + (unsigned)sizeof(text);
        if (i % 3 == 0) {
            continue;
        }
        short more[i];
        for (int k = 0; k < i; k++) {
            more[k] = (short)(k * i);
        }
        point();
        sum += hash(more, sizeof(more));
    }
    return sum;
}

/* 3000 iterations of 64 KiB: the memory must be given back each time. */
static NOINLINE long given_back(void)
{
    long sum = 0;

    for (int i = 0; i < 3000; i++) {
        volatile char block[65536 + i % 5];
        block[65535] = (char)i;
        sum += block[65535];
        if (i % 500 == 0) {
            point();
        }
    }
    return sum;
}

struct piece {
    struct piece *next;
    int number;
};

/* alloca in a loop: all of it stays until the function returns. */
static NOINLINE int list(int n)
{
    struct piece *head = NULL;
    int sum = 0;

    for (int i = 0; i < n; i++) {
        struct piece *piece = alloca(sizeof(*piece) + (size_t)i);
        piece->next = head;
        piece->number = i * i;
        head = piece;
        point();
    }
    for (; head != NULL; head = head->next) {
        sum = sum * 3 + head->number;
    }
    return sum;
}

static NOINLINE int left_by_goto(int n)
{
    int sum = 0, round = 0;

again: {
    int numbers[n + round];
    for (int i = 0; i < n + round; i++) {
        numbers[i] = i + round;
    }
    point();
    for (int i = 0; i < n + round; i++) {
        sum += numbers[i];
    }
    if (++round < 4) {
        goto again;
    }
}
    return sum;
}

/* An array with fixed and variable neighbours, and one that is aligned. */
static NOINLINE unsigned neighbours(int n)
{
    int fixed[4] = {1, 2, 3, 4};
    double variable[n];
    _Alignas(64) char aligned[40];
    char *far_one = __builtin_alloca_with_align((size_t)n * 10, 512 * 8);
    unsigned sum = (uintptr_t)far_one % 512 == 0;

    memset(aligned, n, sizeof(aligned));
    memset(far_one, n + 1, (size_t)n * 10);
    for (int i = 0; i < n; i++) {
        variable[i] = i / 4.0;
        point();
    }
    for (int i = 0; i < n; i++) {
        sum += (unsigned)(variable[i] * 100) + (unsigned)fixed[i % 4];
    }
    return sum + hash(aligned, sizeof(aligned)) +
           hash(far_one, (size_t)n * 10) + ((uintptr_t)aligned % 64 == 0);
}

static NOINLINE int recursive(int n)
{
    char own[n * n + 1];
    int below;

    memset(own, n, sizeof(own));
    point();
    below = n > 0 ? recursive(n - 1) : 0;
    return below + own[n * n] + own[0];
}

/* A pointer to a variable array type, and sizeof evaluated once. */
static NOINLINE int pointer_type(int n)
{
    int storage[24];
    int(*rows)[n] = (int(*)[n])storage;
    int before = n++;

    for (int i = 0; i < 24; i++) {
        storage[i] = i;
    }
    point();
    return rows[2][1] * 100 + (int)sizeof(*rows) + before + n;
}

int main(void)
{
    printf("matrix %d %d\n", matrix(3, 5), matrix(7, 2));
    printf("loop %08x\n", in_loop(9));
    printf("given back %ld\n", given_back());
    printf("list %d\n", list(12));
    printf("goto %d\n", left_by_goto(5));
    printf("neighbours %u\n", neighbours(11));
    printf("recursive %d\n", recursive(12));
    printf("pointer type %d\n", pointer_type(6));
    return 0;
}
