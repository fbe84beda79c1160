/* __attribute__((cleanup)) of C with -fexceptions: run by what unwinds, in C as well. */
#include <setjmp.h>
#include <stdio.h>
#include <unwind.h>

static void leave(const char **name)
{
    printf(" ~%s", *name);
}
#define GUARD(name)                                                            \
    __attribute__((cleanup(leave))) const char *guard = name;                  \
    (void)guard

static jmp_buf end;
static struct _Unwind_Exception exception;

static _Unwind_Reason_Code stop(int version, _Unwind_Action action,
                                _Unwind_Exception_Class class,
                                struct _Unwind_Exception *e,
                                struct _Unwind_Context *context, void *argument)
{
    if (action & _UA_END_OF_STACK)
        longjmp(end, *(int *)argument);
    return _URC_NO_REASON;
}

__attribute__((noinline)) static void force(int n)
{
    GUARD("force");
    _Unwind_ForcedUnwind(&exception, stop, &n);
    puts("came back");
}

__attribute__((noinline)) static void between(int n)
{
    GUARD("between");
    if (n > 2)
        force(n);
    else
        between(n + 1);
    printf(" not here");
}

int main(void)
{
    for (int i = 1; i < 4; i++) {
        int result = setjmp(end);
        if (result == 0) {
            GUARD("main");
            between(i);
        }
        printf(" %d\n", result);
    }
    return 0;
}
