/* popcorn: runs multi-ISA binaries and moves them. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/popcorn/popcorn.h"

static const char help[] =
    "usage: popcorn run [OPTION]... PROGRAM [ARGUMENT]...\n"
    "       popcorn migrate PID[/TID] NODE\n"
    "       popcorn ps\n"
    "       popcorn nodes PID\n"
    "\n"
    "Options of run:\n"
    "  --nodes ISA,ISA,...   nodes of the program, the first is its home\n"
    "                        (default: this machine's ISA, then the others);\n"
    "                        [ISA@]HOST[:PORT] is one where popcornd runs\n"
    "  --key FILE            key shared with popcornd (default\n"
    "                        ~/.config/popcorn/key)\n"
    "  --start NODE          home is this node: index or ISA name\n"
    "  --argv0 NAME          the program's argv[0]; otherwise its name here\n"
    "  --place NODE,NODE,... where threads run, by order of creation; then "
    "from\n"
    "                        the start of the list again (default\n"
    "                        $POPCORN_PLACE, or home)\n"
    "  --bounce N            each thread moves to the next node at every Nth\n"
    "                        migration point it passes\n"
    "  --bounce-limit M      a thread stops bouncing after M moves\n"
    "  --bounce-each K       at most K of these moves from one point of a "
    "node\n"
    "  --progress[=K], -v    print every (Kth) move as it happens\n"
    "  --stats[=FILE]        print statistics at the end, to FILE or standard\n"
    "                        error\n"
    "  --trace FILE          write a Chrome/Perfetto trace\n"
    "  --spin US             agents look for messages for US microseconds "
    "before\n"
    "                        they sleep, giving way to other processes\n"
    "  --poison              overwrite dead stack slots and registers at each "
    "move\n"
    "\n"
    "A program that is started by itself while POPCORN_RUN is set runs as "
    "under\n"
    "popcorn run with the options in it (POPCORN_RUN=\"--bounce 500\").\n"
    "\n"
    "migrate moves every thread of PID, or the one named.\n"
    "NODE is an index from `popcorn nodes`, or an ISA name.\n"
    "Exit status: the program's; 2 usage, 70 a node was lost, 125 popcorn\n"
    "failed, 126 not a multi-ISA executable, 127 not found.\n";

/* A standard stream the caller closed stays closed for the program, but no
 * descriptor of ours may take its number. */
static void fill_standard_streams(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    } while (fd >= 0 && fd <= 2);
    if (fd > 2) {
        close(fd);
    }
}

static int asks_for_help(const char *argument)
{
    return argument != NULL &&
           (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {{"run", command_run},
                    {"migrate", command_migrate},
                    {"ps", command_ps},
                    {"nodes", command_nodes}};

    fill_standard_streams();
    if (argc < 2) {
        fputs(help, stderr);
        return EXIT_USAGE;
    }
    if (asks_for_help(argv[1]) || asks_for_help(argv[2])) {
        fputs(help, stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("popcorn %s\n", POPCORN_VERSION);
        return 0;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    return fail(EXIT_USAGE,
                "there is no command '%s'; commands are run, migrate, ps and "
                "nodes (popcorn --help)",
                argv[1]);
}
