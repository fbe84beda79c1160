/* Control flow: computed goto, nested loops with switch, Duff's device, tail
 * calls, mutual recursion, labels in tables. */
#include "language.h"

/* An interpreter with a table of labels: one computed goto per instruction. */
enum { PUSH, ADD, MULTIPLY, DUPLICATE, JUMP_IF_LESS, SWAP, STOP };

static NOINLINE long interpret(const int *code)
{
    static const void *const labels[] = {
        &&push, &&add, &&multiply, &&duplicate, &&jump, &&swap, &&stop};
    long stack[16] = {0}, kept;
    int top = 0;

#define NEXT goto *labels[*code++]
    NEXT;
push:
    stack[top++] = *code++;
    point();
    NEXT;
add:
    top--;
    stack[top - 1] += stack[top];
    NEXT;
multiply:
    top--;
    stack[top - 1] *= stack[top];
    point();
    NEXT;
duplicate:
    stack[top] = stack[top - 1];
    top++;
    NEXT;
swap:
    kept = stack[top - 1];
    stack[top - 1] = stack[top - 2];
    point();
    stack[top - 2] = kept;
    NEXT;
jump:
    if (stack[top - 1] < code[0]) {
        code += code[1];
    } else {
        code += 2;
    }
    NEXT;
stop:
    return stack[top - 1] * 1000 + stack[0];
#undef NEXT
}

/* Labels kept in variables over moves; relative labels. */
static NOINLINE int label_state(int rounds)
{
    static const long offsets[] = {&&one - &&one, &&two - &&one,
                                   &&three - &&one};
    void *next = &&one;
    int sum = 0, state = 0;

again:
    if (rounds-- == 0) {
        return sum;
    }
    point();
    goto *next;
one:
    sum = sum * 3 + 1;
    next = &&three;
    goto again;
two:
    sum = sum * 3 + 2;
    next = &&one;
    goto again;
three:
    sum = sum * 3 % 100003;
    state = (state + 1) % 3;
    next = (char *) && one + offsets[state];
    goto again;
}

static NOINLINE int loops(int n)
{
    int sum = 0;

    for (int i = 0; i < n; i++) {
        int k = i;
        while (1) {
            switch (k % 7) {
            case 0:
                sum += i;
                k++;
                continue;
            case 1:
                point();
                /* fall through */
            case 2:
                sum ^= k;
                break;
            case 3:
                k += 2;
                goto next;
            case 4 ... 5:
                for (int l = 0; l < k; l++) {
                    if (l == 5) {
                        break;
                    }
                    sum += l;
                    point();
                }
                break;
            default:
                sum--;
            }
            if (++k > i + 9) {
                break;
            }
        }
        do {
            sum = sum * 2 % 10007;
        } while (--k > 0 && sum % 5 != 0);
    next:;
    }
    return sum;
}

static NOINLINE int duff(char *to, const char *from, int count)
{
    int rounds = (count + 7) / 8, moved = 0;

    switch (count % 8) {
    case 0:
        do {
            *to++ = *from++;
            moved++;
            point();
        case 7:
            *to++ = *from++;
            moved++;
        case 6:
            *to++ = *from++;
            moved++;
        case 5:
            *to++ = *from++;
            moved++;
            point();
        case 4:
            *to++ = *from++;
            moved++;
        case 3:
            *to++ = *from++;
            moved++;
        case 2:
            *to++ = *from++;
            moved++;
        case 1:
            *to++ = *from++;
            moved++;
        } while (--rounds > 0);
    }
    return moved;
}

static NOINLINE long sparse(long v)
{
    switch (v) {
    case -5000000000L:
        return hidden(1);
    case -1:
        return hidden(2);
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
        return hidden(v) * 2;
    case 1000:
        return hidden(3);
    case 0x7fffffffffffffffL:
        return hidden(4);
    }
    return 5;
}

/* A tail call with as many arguments, and one with more on the stack. */
static NOINLINE long tail(long n, long sum)
{
    point();
    if (n == 0) {
        return sum;
    }
    return tail(n - 1, sum + n);
}

static NOINLINE long stack_tail(int a, int b, int c, int d, int e, int f, int g,
                                int h, int i, int j)
{
    point();
    if (a <= 0) {
        return b + 10L * c + 100L * d + 1000L * e + 10000L * f + 100000L * g +
               1000000L * h + 10000000L * i + 100000000L * j;
    }
    return stack_tail(a - 1, c, d, e, f, g, h, i, j, b);
}

static int is_odd(int n);
static NOINLINE int is_even(int n)
{
    point();
    return n == 0 ? 1 : is_odd(n - 1);
}
static NOINLINE int is_odd(int n)
{
    return n == 0 ? 0 : is_even(n - 1);
}

static int ackermann(int m, int n)
{
    return m == 0   ? n + 1
           : n == 0 ? ackermann(m - 1, 1)
                    : ackermann(m - 1, ackermann(m, n - 1));
}

/* Hofstadter's sequences, each made of the other. */
static int male(int n);
static NOINLINE int female(int n)
{
    return n == 0 ? 1 : n - male(female(n - 1));
}
static NOINLINE int male(int n)
{
    return n == 0 ? 0 : n - female(male(n - 1));
}

int main(void)
{
    static const int program[] = {
        PUSH, 1,    PUSH,      1,    PUSH, 2,   MULTIPLY,     SWAP, PUSH, 3,
        ADD,  SWAP, DUPLICATE, PUSH, 0,    ADD, JUMP_IF_LESS, 200,  -14,  STOP};
    char text[30] = "";

    printf("interpret %ld\n", interpret(program));
    printf("labels %d %d\n", label_state(10), label_state(23));
    printf("loops %d\n", loops(20));
    for (int n = 8; n < 27; n += 6) {
        int moved = duff(text, "abcdefghijklmnopqrstuvwxyz", n);
        text[n] = '\0';
        printf("duff %d %s\n", moved, text);
    }
    printf("sparse %ld %ld %ld %ld %ld\n", sparse(-5000000000L), sparse(4),
           sparse(1000), sparse(0x7fffffffffffffffL), sparse(77));
    printf("tail %ld %ld\n", tail(300, 0),
           stack_tail(13, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    printf("even %d odd %d\n", is_even(101), is_odd(101));
    printf("ackermann %d\n", ackermann(2, 7));
    printf("sequences %d %d\n", female(17), male(17));
    return 0;
}
