/* Pointers to locals: kept in the heap, in globals, in other locals and in
 * structs on the stack, handed down, and used after moves of all callers. */
#include "language.h"
#include <stdlib.h>
#include <string.h>

struct node {
    int value;
    int *where;
    struct node *next;
};

static int *global_pointer;
static struct node *global_list;
static int **global_to_pointer;

static NOINLINE void add_through_globals(int amount)
{
    point();
    *global_pointer += amount;
    **global_to_pointer += amount;
}

static NOINLINE int in_global(int start)
{
    int local = start, *to_local = &local;

    global_pointer = &local;
    global_to_pointer = &to_local;
    point();
    add_through_globals(3);
    point();
    return local;
}

/* A list whose nodes are locals of each level of a recursion. */
static NOINLINE int chain(int depth, struct node *above)
{
    int own = depth * depth;
    struct node node = {depth, &own, above};
    int below = 0;

    global_list = &node;
    point();
    if (depth > 0) {
        below = chain(depth - 1, &node);
    } else {
        for (struct node *n = &node; n != NULL; n = n->next) {
            *n->where += n->value;
            below += *n->where;
        }
    }
    point();
    return below + own + node.value;
}

static NOINLINE int in_heap(int count)
{
    struct node **table = malloc(sizeof(*table) * (unsigned long)count);
    struct node nodes[16];
    int numbers[16];
    int sum = 0;

    for (int i = 0; i < count; i++) {
        numbers[i] = 100 + i;
        nodes[i] = (struct node){i, &numbers[i], i > 0 ? &nodes[i - 1] : NULL};
        table[i] = &nodes[i];
        point();
    }
    for (int i = count - 1; i >= 0; i--) {
        table[i]->next = i + 1 < count ? table[i + 1] : NULL;
        *table[i]->where *= 2;
        sum += numbers[i];
    }
    for (struct node *n = table[0]; n != NULL; n = n->next) {
        sum += *n->where - n->value;
    }
    free(table);
    return sum;
}

static NOINLINE void swap(int *a, int *b)
{
    int kept = *a;

    point();
    *a = *b;
    point();
    *b = kept;
}

static NOINLINE void fill(char *text, size_t size, int *used)
{
    point();
    *used = snprintf(text, size, "%d and %s", 42, "text");
}

/* A parameter and a struct parameter whose addresses are taken. */
static NOINLINE int parameters(int a, struct node by_value)
{
    int *pointer = &a;
    struct node *node = &by_value;

    node->where = pointer;
    point();
    *node->where += node->value;
    point();
    return a;
}

/* One pointer of several, chosen at run time, some to locals. */
static NOINLINE int choose(int which)
{
    static int fixed = 1000;
    int one = 1, two = 2;
    int *chosen = which == 0 ? &one : which == 1 ? &two : &fixed;

    for (int i = 0; i < 3; i++) {
        *chosen += i + which;
        point();
    }
    return one * 100 + two * 10 + fixed;
}

/* The address of a local as a number, and one past the end of an array. */
static NOINLINE int as_number(void)
{
    int numbers[5] = {1, 2, 3, 4, 5};
    unsigned long number = (unsigned long)&numbers[2];
    int *end = numbers + 5, sum = 0;

    point();
    for (int *p = numbers; p != end; p++) {
        sum += *p;
        point();
    }
    return sum + *(int *)number + (number - (unsigned long)numbers == 8);
}

int main(void)
{
    char text[32];
    int used, a = 1, b = 2;
    struct node node = {7, NULL, NULL};

    printf("global %d %d\n", in_global(1), in_global(100));
    printf("chain %d, top %d\n", chain(6, NULL), global_list != NULL);
    printf("heap %d\n", in_heap(12));
    swap(&a, &b);
    printf("swap %d %d\n", a, b);
    fill(text, sizeof(text), &used);
    printf("fill '%s' %d\n", text, used);
    printf("parameters %d, outside %d\n", parameters(5, node),
           node.where == NULL);
    for (int i = 0; i < 3; i++) {
        printf("choose %d\n", choose(i));
    }
    printf("number %d\n", as_number());
    return 0;
}
