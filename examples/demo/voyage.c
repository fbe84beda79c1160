/* The demo program: an ordinary C program that knows nothing of Popcorn.
 *
 * It keeps state in every place a program keeps it (recursion, locals whose
 * address is taken, heap, globals, function pointers, doubles, long double,
 * varargs), so that a move between ISAs which lost any of it would change the
 * output.  `demo.sh` moves it between x86-64 and AArch64 while it runs and
 * compares its output with the natively compiled run.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct word {
    char *text;
    unsigned count;
    struct word *left, *right;
};

static unsigned long digest = 5381;

static void note(const char *format, ...)
{
    char line[256];
    va_list ap;
    va_start(ap, format);
    int length = vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    for (int i = 0; i < length; i++) {
        digest = digest * 33 + (unsigned char)line[i];
    }
    puts(line);
}

static struct word *insert(struct word *tree, const char *text)
{
    if (!tree) {
        tree = calloc(1, sizeof *tree);
        tree->text = strdup(text);
    }
    int order = strcmp(text, tree->text);
    if (order == 0) {
        tree->count++;
    } else if (order < 0) {
        tree->left = insert(tree->left, text);
    } else {
        tree->right = insert(tree->right, text);
    }
    return tree;
}

static int by_count(const void *a, const void *b)
{
    const struct word *x = *(struct word *const *)a;
    const struct word *y = *(struct word *const *)b;
    if (x->count != y->count) {
        return x->count < y->count ? 1 : -1;
    }
    return strcmp(x->text, y->text);
}

static size_t flatten(struct word *tree, struct word **list, size_t n)
{
    if (!tree) {
        return n;
    }
    n = flatten(tree->left, list, n);
    list[n++] = tree;
    return flatten(tree->right, list, n);
}

/* A port of call: words of a made-up language, counted in a tree, sorted by a
 * callback from libc. */
static void words(unsigned seed)
{
    struct word *tree = NULL, *list[4096];
    for (int i = 0; i < 4000; i++) {
        char text[8];
        int length = 2 + (seed >> 28) % 2;
        for (int j = 0; j < length; j++) {
            seed = seed * 1103515245u + 12345u;
            text[j] = "aeioulnrst"[(seed >> 16) % 10];
        }
        text[length] = 0;
        tree = insert(tree, text);
    }
    size_t n = flatten(tree, list, 0);
    qsort(list, n, sizeof *list, by_count);
    note("  words: %zu different, most frequent \"%s\" (%u times)", n,
         list[0]->text, list[0]->count);
    for (size_t i = 0; i < n; i++) {
        free(list[i]->text);
        free(list[i]);
    }
}

static int place(int n, int row, unsigned cols, unsigned left, unsigned right)
{
    int found = row == n;
    unsigned free_cols = ~(cols | left | right) & ((1u << n) - 1);
    while (row < n && free_cols) {
        unsigned bit = free_cols & -free_cols;
        free_cols ^= bit;
        found += place(n, row + 1, cols | bit, (left | bit) << 1,
                       (right | bit) >> 1);
    }
    return found;
}

static double kepler(double mean, double eccentricity)
{
    double e = mean;
    for (int i = 0; i < 50; i++) {
        e -= (e - eccentricity * sin(e) - mean) / (1 - eccentricity * cos(e));
    }
    return e;
}

static void matrix(int n)
{
    double *a = malloc(sizeof(double) * n * n);
    double *b = malloc(sizeof(double) * n * n);
    for (int i = 0; i < n * n; i++) {
        a[i] = (i * 7 % 13) / 13.0;
        b[i] = (i * 5 % 11) / 11.0;
    }
    long double trace = 0;
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
            for (int j = 0; j < n; j++) {
                sum += a[i * n + k] * b[k * n + j] * (j == i);
            }
        }
        trace += sum;
    }
    note("  matrix: trace of the product %.12Lg", trace);
    free(a);
    free(b);
}

static void chart(void)
{
    for (int y = -6; y <= 6; y++) {
        char line[64];
        for (int x = 0; x < 60; x++) {
            double cr = -2.1 + x * 0.05, ci = y * 0.18, zr = 0, zi = 0;
            int n = 0;
            while (n < 200 && zr * zr + zi * zi < 4) {
                double t = zr * zr - zi * zi + cr;
                zi = 2 * zr * zi + ci;
                zr = t;
                n++;
            }
            line[x] = " .:-=+*%@#"[n == 200 ? 9 : n % 9];
        }
        line[60] = 0;
        note("  |%s|", line);
    }
}

int main(int argc, char **argv)
{
    int legs = argc > 1 ? atoi(argv[1]) : 6;
    for (int leg = 1; leg <= legs; leg++) {
        note("leg %d of %d", leg, legs);
        words(leg * 2654435761u);
        note("  queens: %d ways on a board of %d", place(4 + leg, 0, 0, 0, 0),
             4 + leg);
        note("  orbit: %.15g", kepler(leg * 0.7, 0.3));
        matrix(20 + leg * 4);
    }
    chart();
    printf("digest of the voyage: %016lx\n", digest);
    return 0;
}
