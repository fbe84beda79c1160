/* With -fexceptions: what is thrown through `many` runs `leave` on the way. */
void leave(int *n);
extern int (*may_throw)(int n);

int many(int n)
{
    __attribute__((cleanup(leave))) int kept = n;
    return may_throw(n) + kept;
}
