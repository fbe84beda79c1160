#!/bin/sh
# Links of many multi-ISA objects and archives of them; both images run and agree.
make_object=$2
. "$(dirname "$0")/common.sh"
make_lib

# Both images print the same, and exit with $1
agree() {
    ./out >out.x86_64
    [ $? = "$1" ] || { cat out.x86_64; fail "exit status on x86_64"; }
    "$bin/popcorn-pack" extract out aarch64 -o image || fail "extract"
    qemu-aarch64 ./image >out.aarch64
    [ $? = "$1" ] || fail "exit status on aarch64"
    cmp out.x86_64 out.aarch64 || fail "the images' output differs"
}

# --- one of everything, over two modules that have equal static names ---
for half in a b; do
    cat >$half.c <<END
static int counter = __LINE__;
__attribute__((noinline)) static int helper(int x) { return x + counter; }
__attribute__((noinline)) int $half(int x) { return helper(x) * 2; }
__thread int tls_$half = 5;
__attribute__((section("myset"), used)) int set_$half = 1;
volatile int order_$half;
extern volatile int order;
__attribute__((constructor)) static void last(void) { order = order * 10 + 3; }
__attribute__((constructor(101))) static void first(void) { order = order * 10 + 1; }
int common_$half;
int common_both[$([ $half = a ] && echo 2 || echo 5)];
__attribute__((weak)) int chosen(void) { return $([ $half = a ] && echo 1 || echo 2); }
END
done
cat >main.c <<'END'
int a(int), b(int), chosen(void), native_answer(void), common_a, common_both[2];
extern __thread int tls_a, tls_b;
extern int __start_myset[], __stop_myset[], missing __attribute__((weak));
volatile int order;
void sys_write(int fd, const void *bytes, unsigned long size);
int neutral_answer(void) { return 41; }
int main_neutral(int n)
{
    char text[] = "0 0 0000 0 0\n";
    long sum = 0;
    for (int *p = __start_myset; p < __stop_myset; p++)
        sum += *p;
    text[0] += sum;
    text[2] += chosen();
    for (int i = 7, v = order; i > 3; i--, v /= 10)
        text[i] = '0' + v % 10;
    text[9] += common_both[1] + common_a + (&missing != 0);
    text[11] += tls_a + tls_b - 9;
    sys_write(1, text, sizeof(text) - 1);
    const void *at[] = {(void *)a, (void *)b, &common_a, common_both, &order};
    sys_write(1, at, sizeof(at));
    return a(n) + b(n) - 6;
}
END
echo "int chosen(void) { return 7; }" >c.c
flags=-fcommon
for name in a b c main; do
    module $name
done
flags=
link main.o a.o b.o c.o || fail "link of three objects"
agree 10
head -c 13 out.x86_64 | grep -q "^2 7 1133 0 1$" || { cat out.x86_64; fail "output"; }
link main.o a.o b.o c.o --keep keep= || fail "--keep"
size=$(llvm-readelf-19 -s keep/x86_64.elf | awk '$8 == "common_both" {print $3}')
[ "$size" = 20 ] || fail "the largest common symbol does not count: $size"
for isa in $isas; do
    nm keep/$isa.elf | grep " common_both$" >>commons
    [ "$(nm keep/$isa.elf | grep -c " [tT] helper$")" = 2 ] || fail "statics"
    [ "$(nm keep/$isa.elf | grep -c " chosen$")" = 1 ] || fail "weak definitions"
done
[ "$(sort -u commons | wc -l)" = 1 ] || fail "common symbols differ in place"
link main.o a.o b.o c.o --Map map= || fail "--Map"
grep -q " b.o:(.text.helper)$" map.aarch64 || fail "the map has not our names"
grep "module\.\|popcorn-align-" map map.* && fail "the map has names of its own"
mv out again
link main.o a.o b.o c.o && cmp out again || fail "the link is not reproducible"
link main.o b.o a.o c.o || fail "link in another order"
cmp -s out again && fail "the order of modules does not matter for the program id"

# --- archives: GNU, thin, with long names, without index, of other programs ---
mkdir sub
cp a.o sub/a_member_with_a_long_name.o
cp b.o sub/b.o
echo "int no_such_function(void); int unneeded(void) { return no_such_function(); }" >unneeded.c
module unneeded
cp unneeded.o sub
echo "a README" >sub/README
members="sub/a_member_with_a_long_name.o sub/unneeded.o sub/b.o"
llvm-ar-19 rcs index.a $members sub/README
ar rcs binutils.a $members
llvm-ar-19 rcsT thin.a $members
(cd sub && llvm-ar-19 rcsT ../sub/thin.a *.o)
llvm-ar-19 rcS bare.a $members sub/README
SYM64_THRESHOLD=1 llvm-ar-19 rcs wide.a $members
for archive in index.a binutils.a thin.a sub/thin.a bare.a wide.a; do
    link main.o c.o $archive || fail "link with $archive"
    agree 10
    link --trace $archive main.o c.o >trace || fail "link with $archive before"
    grep -q unneeded trace && fail "$archive: a member that nobody needs"
    grep -q "^$archive(.*long_name.o)$" trace || { cat trace; fail "--trace"; }
done
link main.o c.o --start-group index.a --end-group || fail "group"
cp out again
link main.o c.o index.a && cmp out again || fail "a group makes a difference"
expect_link_error "undefined symbol 'a', used by main.c, function 'main_neutral'" main.o c.o
grep -q "undefined symbol 'b'" log || fail "not all undefined symbols at once"
link main.o c.o index.a -u unneeded= --trace >trace 2>log
grep -q "unneeded" trace || fail "-u takes no member"
grep -q "undefined symbol 'no_such_function'" log || fail "-u: $(cat log)"
link main.o a.o b.o c.o --trace-symbol a= | sort >trace
printf '%s\n' "a.o: definition of a" "main.o: reference to a" >expected
uniq trace | cmp - expected || { cat trace; fail "--trace-symbol"; }
echo "int unneeded(void) { return 3; }" >unneeded.c
module unneeded
llvm-ar-19 rcs whole.a unneeded.o
link main.o a.o b.o c.o --whole-archive whole.a --no-whole-archive --trace |
    grep -q "^whole.a(unneeded.o)$" || fail "--whole-archive"

# --- native code: in a multi-ISA object, of one ISA each; and -g ---
echo "int native_extra(void) { return 4; }" >native.c
cat >main.c <<'END'
int native_extra(void), native_answer(void);
int neutral_answer(void) { return 41; }
int main_neutral(int n) { return native_extra() + native_answer() + n; }
END
code=native module native
flags=-g
module main
flags=
link main.o native.o --keep keep= || fail "native object"
agree 49
address=$(nm keep/aarch64.elf | sed -n 's/ . main_neutral$//p')
llvm-symbolizer-19 -e keep/aarch64.elf 0x$address | grep -q main.c ||
    fail "no line information"
link main.o --native x86_64=native.x86_64= --native aarch64=native.aarch64= ||
    fail "--native"
agree 49

# --- overridden weak data, an alias, a group ---
cat >weak.c <<'END'
__attribute__((weak)) int datum = 1;
__attribute__((weak)) int strong_elsewhere(void) { return 1; }
int by_alias(void) __attribute__((alias("strong_elsewhere")));
END
cat >strong.c <<'END'
int datum = 2;
int strong_elsewhere(void) { return 5; }
END
cat >main.c <<'END'
extern int datum;
int strong_elsewhere(void), by_alias(void);
int neutral_answer(void) { return 41; }
int main_neutral(int n) { return datum * 100 + strong_elsewhere() * 10 + by_alias(); }
END
for name in weak strong main; do
    module $name
done
for order in "weak.o strong.o" "strong.o weak.o"; do
    link main.o $order || fail "link of main $order"
    agree 251
done
for name in g1 g2; do
    sed "s/NAME/$name/" >$name.ll <<'END'
$grouped = comdat any
define linkonce_odr i32 @grouped() comdat { ret i32 3 }
define i32 @NAME() { %r = call i32 @grouped() ret i32 %r }
END
    sed -i 's/) ret/)\n ret/' $name.ll
    module $name
done
cat >main.c <<'END'
int g1(void), g2(void), neutral_answer(void);
int neutral_answer(void) { return 41; }
int main_neutral(int n) { return g1() * 10 + g2(); }
END
module main
link main.o g1.o g2.o || fail "groups"
agree 33
link main.o g2.o g1.o || fail "groups in another order"
agree 33

# --- many modules ---
echo "int f_0(void) { return 1; }" >f_0.c
list=
for i in $(seq 1 40); do
    echo "int f_$((i - 1))(void); static int s = $i; int f_$i(void) { return f_$((i - 1))() + s; }" >f_$i.c
    module f_$i
    list="f_$i.o $list"
done
module f_0
llvm-ar-19 rcs many.a f_0.o $list
cat >main.c <<'END'
int f_40(void);
int neutral_answer(void) { return 41; }
int main_neutral(int n) { return f_40() == 821; }
END
module main
link main.o many.a || fail "forty modules"
agree 1
echo ok
