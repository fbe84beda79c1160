/* The outermost frame of every program: neutral, so that the control stack can
 * be captured down to it.
 *
 * The native start code cannot call __libc_start_main itself: its own frame
 * would have no frame map.  It enters here with an empty stack instead, whose
 * return address is popcorn_outermost_return, and hands over the argument
 * block in a variable, so it needs to know no ISA's argument registers.
 */
extern int main(int argc, char **argv, char **envp);
extern int __libc_start_main(int (*)(int, char **, char **), int, char **,
                             void (*)(void), void (*)(void), void (*)(void));

/* argc, argv..., NULL, envp..., NULL, auxv...: as a kernel lays it out. */
long *__popcorn_argument_block;

void __popcorn_entry(void *unused);
void __popcorn_entry(void *unused)
{
    long *block = __popcorn_argument_block;

    (void)unused;
    __libc_start_main(main, (int)block[0], (char **)(block + 1), 0, 0, 0);
}
