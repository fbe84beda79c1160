// refuse-file: 'chosen' is an ifunc
static int one(int x)
{
    return x;
}
static void *resolve(void)
{
    return (void *)one;
}
int chosen(int x) __attribute__((ifunc("resolve")));
