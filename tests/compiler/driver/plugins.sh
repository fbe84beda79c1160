#!/usr/bin/env bash
# -popcorn-dlopen: libraries in the program for dlopen to find; what is printed must
# be what clang-19's build prints, which opens shared objects.
#   plugins.sh BUILD
. "$(dirname "$0")/checks.sh"
clang='clang-19'

# Each of the plugins defines the same names.
cat >plugin.c <<'C'
#include <stdio.h>
#include <string.h>
struct host {
    int calls;
    char text[64];
};
extern struct host host;            /* the program's */
int host_call(int);
int base_scale(int);                /* of a library that plugins need */
const char *plugin_name = NAME;
int plugin_count;
static int started;
__attribute__((constructor)) static void start(void) { started = 1; }
__attribute__((visibility("hidden"))) int plugin_secret(void) { return ++plugin_count; }
__attribute__((weak)) int plugin_weak(void) { return 5; }
int plugin_init(int x)
{
    host.calls++;
    strcat(host.text, plugin_name);
    return host_call(x) + base_scale(plugin_secret()) + started + plugin_weak();
}
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
int (*plugin_compare)(const void *, const void *) = compare;
C
echo 'int base_scale(int x) { return 1000 * x; }' >base.c
cat >main.c <<'C'
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
struct host {
    int calls;
    char text[64];
};
struct host host;
int host_call(int x) { return host.calls * 10 + x; }
static void *work(void *file)
{
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL || dlerror() != NULL) {
        puts("not opened");
        return NULL;
    }
    int (*init)(int) = (int (*)(int))dlsym(handle, "plugin_init");
    const char **name = dlsym(handle, "plugin_name");
    int *count = dlsym(handle, "plugin_count");
    int (**order)(const void *, const void *) = dlsym(handle, "plugin_compare");
    int some[] = {5, 3, 9, 1};
    qsort(some, 4, sizeof(*some), *order);
    for (int i = 0; i < 3; i++) {
        printf("%s: %d, called %d times\n", *name, init(i), *count);
    }
    printf("%d%d%d%d %d %d\n", some[0], some[1], some[2], some[3],
           dlsym(handle, "plugin_secret") == NULL && dlerror() != NULL,
           dlopen(file, RTLD_LAZY) == handle);
    return (void *)(long)dlclose(handle);
}
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        pthread_t thread;
        void *result;
        if (pthread_create(&thread, NULL, work, argv[i]) != 0 ||
            pthread_join(thread, &result) != 0 || result != NULL) {
            return 1;
        }
    }
    printf("%d %s %d\n", host.calls, host.text, dlopen("./none.so", RTLD_NOW) == NULL);
    /* glibc does not survive these */
    return getenv("BAD_HANDLES") != NULL && (dlclose(&host) == 0 || dlsym(&host, "x") != NULL);
}
C
plugins() { # FOLDER COMPILER
    mkdir -p "$1/b" &&
        "$2" -O2 -shared -fPIC base.c -o "$1/libbase.so" &&
        "$2" -O2 -shared -fPIC '-DNAME="one"' plugin.c -L"$1" -lbase -o "$1/one.so" "-Wl,-rpath,$PWD/$1" &&
        "$2" -O2 -shared -fPIC '-DNAME="two"' plugin.c -L"$1" -lbase -o "$1/b/two.so" "-Wl,-rpath,$PWD/$1"
}
good "plugins, clang" plugins native "$clang"
good "a program, clang" "$clang" -O2 main.c -rdynamic -pthread -o native/main
good "plugins" plugins ours "$cc"
good "a program" "$cc" -O2 main.c -rdynamic -pthread -popcorn-dlopen=ours/one.so \
    "-popcorn-dlopen=$PWD/ours/b/two.so" -o ours/main
native/main native/one.so "$PWD/native/b/two.so" >expected 2>err || problem "natively"
export BAD_HANDLES=1
ours/main ours/one.so "$PWD/ours/b/two.so" >got 2>err || problem "status $?"
head -n 9 expected | cmp -s - <(head -n 9 got) || { diff expected got; problem "not as natively"; }
tail -n 1 got | grep -qx '6 oneoneonetwotwotwo 1' || problem "the end: $(tail -n 1 got)"

# The files need not be there any more; moved at each point, from both starts.
cp ours/main main
rm -r ours/b ours/one.so
for nodes in x86_64,aarch64 aarch64,x86_64; do
    "$build/bin/popcorn" run --nodes "$nodes" --bounce 1 --poison ./main ours/one.so "$PWD/ours/b/two.so" \
        >moved 2>err || problem "$nodes: status $?"
    cmp -s got moved || { diff got moved; problem "moved, $nodes"; }
done

# A name that both define is told of where it would be another natively.
echo 'int helper(void) { return 1; } int open_it(void) { return helper(); }' >helper.c
echo '#include <dlfcn.h>
int helper(void) { return 2; }
int main(void) { return dlsym(dlopen("helper.so", 0), "open_it") == 0 || helper() != 2; }' >both.c
good "a plugin" "$cc" -shared helper.c -o helper.so
good "both, not exported" "$cc" both.c -popcorn-dlopen=helper.so -o both
[ ! -s err ] || problem "a warning of names that nobody exports"
./both || problem "both"
good "both, exported" "$cc" both.c -Wl,-E -popcorn-dlopen=helper.so -o both
grep -q 'warning: helper is defined by both.c and by plugin.helper.so, which uses its own' err ||
    problem "no warning"
./both || problem "both"

# Without a plugin, and what cannot be one.
good "no plugin" "$cc" both.c -o none
./none && problem "opened a plugin that is not there"
bad "no file" "-popcorn-dlopen=no.so: no such file" "$cc" both.c -popcorn-dlopen=no.so -o bad
good "-c" "$cc" -c helper.c
bad "an object" "helper.o: not made with popcorn-clang -shared" "$cc" both.c -popcorn-dlopen=helper.o -o bad
bad "a program" "both: not made with popcorn-clang -shared" "$cc" both.c -popcorn-dlopen=both -o bad
mkdir -p other && cp helper.so other
bad "one name" "other/helper.so: another plugin is called so: helper.so" \
    "$cc" both.c -popcorn-dlopen=helper.so -popcorn-dlopen=other/helper.so -o bad
bad "-shared" "-popcorn-dlopen is for a program: leave it out with -shared" \
    "$cc" -shared both.c -popcorn-dlopen=helper.so -o bad
bad "-flto" "-popcorn-dlopen: not with -flto" "$cc" -flto both.c -popcorn-dlopen=helper.so -o bad
echo 'int missing_function(void); int f(void) { return missing_function(); }' >missing.c
good "-shared" "$cc" -shared missing.c -o missing.so
bad "what the program lacks" "undefined symbol 'missing_function', used by missing.c" \
    "$cc" both.c -popcorn-dlopen=missing.so -o bad

[ "$failed" = 0 ] && echo "plugins: ok"
exit "$failed"
