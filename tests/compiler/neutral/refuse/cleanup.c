// options: -fexceptions
void done(int *p);
int g(void);
int f(void) // refuse: exceptions and cleanups
{
    int x __attribute__((cleanup(done))) = 1;
    return g() + x;
}
