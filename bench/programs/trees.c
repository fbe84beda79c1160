/* Binary trees built and torn down: malloc, recursion, a call per node. */
#include <stdio.h>
#include <stdlib.h>

struct node {
    struct node *left, *right;
};

static struct node *grow(int depth)
{
    struct node *n = malloc(sizeof *n);
    n->left = depth ? grow(depth - 1) : NULL;
    n->right = depth ? grow(depth - 1) : NULL;
    return n;
}

static long count(const struct node *n)
{
    return n ? 1 + count(n->left) + count(n->right) : 0;
}

static void fell(struct node *n)
{
    if (n) {
        fell(n->left);
        fell(n->right);
        free(n);
    }
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 400;
    long total = 0;
    for (int i = 0; i < rounds; i++) {
        struct node *t = grow(15);
        total += count(t);
        fell(t);
    }
    printf("%ld\n", total);
    return 0;
}
