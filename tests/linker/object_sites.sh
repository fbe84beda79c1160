#!/bin/sh
# The call sites of many modules in one program, and what the verifiers find if
# they, or other things, are wrong.
make_object=$2
. "$(dirname "$0")/common.sh"
make_lib

# sites NAME LINKAGE COUNT: NAME.ll, a function with COUNT call sites
sites() {
    {
        echo "define void @$1_callee() noinline { ret void }"
        echo "declare token @llvm.experimental.gc.statepoint.p0(i64, i32, ptr, i32, i32, ...)"
        echo "define $2 i32 @$1() \"disable-tail-calls\"=\"true\" gc \"statepoint-example\" {"
        for id in $(seq "$3"); do
            echo "  %t$id = call token (i64, i32, ptr, i32, i32, ...)" \
                "@llvm.experimental.gc.statepoint.p0(i64 $id, i32 0," \
                "ptr elementtype(void ()) @$1_callee, i32 0, i32 0, i32 0, i32 0)"
        done
        echo "  ret i32 $3"
        echo "}"
    } >"$1.ll"
}
sites f "" 3
sites g "" 2
sites w weak 4
echo 'extern char __popcorn_site_base; long base(void) { return (long)&__popcorn_site_base; }' >base.c
cat >main.c <<'END'
int f(void), g(void), w(void), overridden(void);
long base(void);
int neutral_answer(void) { return 41; }
int main_neutral(int n) { return f() * 1 + g() * 10 + w() * 20 + base(); }
END
module f 3
module g 2
module w 4
module base 7
module main

# records ISA: "id address" of each record in the image
records() {
    llvm-objcopy-19 --dump-section .llvm_stackmaps=maps keep/$1.sites /dev/null
    python3 "$here/stack_map_ids.py" maps
}
link main.o f.o g.o w.o base.o --keep keep= || fail "link"
for isa in $isas; do
    ids=$(records $isa | awk '$2 != 0 {printf "%s ", $1}')
    [ "$ids" = "1 2 3 4 5 6 7 8 9 " ] || fail "$isa: $ids"
    nm keep/$isa.elf | grep -q "^0*9 A __popcorn_site_base.4$" || fail "base"
done
./out
[ $? = $((3 + 20 + 80 + 9)) ] || fail "site base"
link main.o g.o f.o w.o base.o --keep keep= || fail "another order"
./out
[ $? = $((3 + 20 + 80 + 9)) ] || fail "another order"

# A weak definition that is not chosen: its records are about no code.
echo "int w(void) { return 4; }" >strong.c
module strong
for order in "w.o strong.o" "strong.o w.o"; do
    link main.o f.o $order g.o base.o --keep keep= || fail "override: $order"
    ./out
    [ $? = $((3 + 20 + 80 + 9)) ] || fail "override: $order"
    address=$(nm keep/x86_64.elf | sed -n 's/^0*\([0-9a-f]*\) . w$/\1/p')
    records x86_64 | grep -q " $address$" &&
        fail "records of the weak definition name the strong one"
done

# --- faults ---
# fault NAME PATTERN FILE...
fault() {
    name=$1
    shift
    pattern=$1
    shift
    expect_link_error "$pattern" --plant-fault "$name=" "$@"
}
all="main.o f.o g.o w.o base.o"
fault overlapping-sites "call site 1 of g.o is 1 in the x86_64 image, and should be 4" $all
fault wrong-site-base "base.o is told that its call sites begin behind 10 in the x86_64 image, and they do behind 9" $all
fault swapped-objects "aarch64" f.o g.o main.o w.o base.o
fault swapped-objects "the aarch64 image's stack maps are not those of f.o" f.o g.o main.o w.o base.o
module main 0 "require f" "require g"
module f 3 "define f m"
module g 2 "define g m"
expect_link_error "calls 'f' as one in which a thread cannot move" $all
fault missed-require "main.o calls f as one in which a thread cannot move, but in the x86_64 image it has call sites" $all

# Landing tables: as the unwinder can use them, out of order, to where no call site is.
landings() { # landings ROWS
    echo "const unsigned rows[] __attribute__((section(\"popcorn_landings\"))) = {$1};" >rows.c
    module rows
}
cat >main.c <<'END'
int f(void), g(void);
extern const unsigned __start_popcorn_landings[], __stop_popcorn_landings[];
int neutral_answer(void) { return 41; }
int main_neutral(int n) { return f() + g() + (__stop_popcorn_landings != __start_popcorn_landings); }
END
module main
module f 3
module g 2
landings "1, 3, 0, 0, 2, 3, 0, 0, 4, 5, 0, 0"
link main.o f.o g.o rows.o || fail "landings"
landings "2, 3, 0, 0, 1, 3, 0, 0"
expect_link_error "landings are out of order: call site 1 behind 2" main.o f.o g.o rows.o
landings "1, 6, 0, 0"
expect_link_error "call site 1 of the .* image lands at 6, which is no call site there" \
    main.o f.o g.o rows.o

# Without call sites the swap is seen by where names are.
echo "int x(void) { return 1; } int x2(void) { return 1; }" >x.c
echo "int y(void) { return 2; }" >y.c
cat >main.c <<'END'
int x(void), y(void);
int neutral_answer(void) { return 41; }
int main_neutral(int n) { return x() + y(); }
END
for name in x y main; do
    module $name
done
link x.o y.o main.o || fail "link"
fault swapped-objects "is not from" x.o y.o main.o

# A module that does not tell the truth about its call sites.
module f 2 "define f m"
cat >main.c <<'END'
int f(void);
int neutral_answer(void) { return 41; }
int main_neutral(int n) { return f(); }
END
module main
expect_link_error "f.o: call site 3 is not one of its 2" main.o f.o
echo ok
