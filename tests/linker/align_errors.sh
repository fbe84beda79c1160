#!/bin/sh
# What cannot be linked is refused with one clear message and no output.
. "$(dirname "$0")/common.sh"
make_lib
fresh() {
    for isa in $isas; do
        program $isa
    done
    extra=
}
fresh

# the command line
extra="--frobnicate"; expect_error "unknown option --frobnicate"
extra="--isa x86_64=y.o"; expect_error "given twice for x86_64"
extra="--isa nonsense"; expect_error "needs ISA=OBJECT"
extra="--native sparc=x.o"; expect_error "is for an ISA without --isa: sparc"
extra="--host sparc"; expect_error "name one with --host"
extra="--keep"; expect_error "missing argument of --keep"
extra=

# inputs that are no objects
mv program_aarch64.o saved
expect_error "program_aarch64.o: No such file"
echo "int main;" >program_aarch64.o
expect_error "not an ELF file"
head -c 200 saved >program_aarch64.o
expect_error "truncated or corrupt"
: >program_aarch64.o
expect_error "the file is empty"

fresh
cp program_x86_64.o program_aarch64.o
expect_error "program_aarch64.o: not an object for aarch64"
fresh
extra="--isa sparc=program_x86_64.o"; expect_error "unknown ISA sparc"

# one datum with two sizes
fresh
compile aarch64 "$here/program.c" program_aarch64.o -DPROGRAM_ID=1 \
    -D'EXTRA_DATA=char extra_datum[3] __attribute__((used))={1};'
compile x86_64 "$here/program.c" program_x86_64.o -DPROGRAM_ID=1 \
    -D'EXTRA_DATA=char extra_datum[4] __attribute__((used))={1};'
expect_error "extra_datum has 4 bytes on x86_64 but 3 on aarch64"

# other bytes of one datum
compile x86_64 "$here/program.c" program_x86_64.o -DPROGRAM_ID=1 \
    -D'EXTRA_DATA=__attribute__((used,retain))char extra_datum[3]={1,2,3};'
compile aarch64 "$here/program.c" program_aarch64.o -DPROGRAM_ID=1 \
    -D'EXTRA_DATA=__attribute__((used,retain))char extra_datum[3]={1,2,4};'
expect_error "extra_datum+0x2 (section .data) is byte 0x03 on x86_64"

# a datum one ISA lacks
program x86_64
expect_error "extra_datum is defined on aarch64 but not on x86_64"

# objects of two programs
fresh
compile aarch64 "$here/program.c" program_aarch64.o -DPROGRAM_ID=9 -DEXTRA_DATA=
expect_error "different program ids"

# common symbols, two functions in one section
fresh
program x86_64 -fcommon
expect_error "is a common symbol, which has no place"
fresh
two='__attribute__((section("hot"),used))int f1(void){return 1;}'
two="$two"'__attribute__((section("hot"),used))int f2(void){return 2;}'
program x86_64 "-DEXTRA_DATA=$two"
expect_error "are both in section hot"
program x86_64 '-DEXTRA_DATA=__thread char big __attribute__((aligned(256)))=1;'
expect_error "thread-local big needs an alignment of 256"

# undefined symbols: said once for both ISAs, and for one ISA alone
fresh
undefined='int missing_function(void);'
undefined="$undefined"'__attribute__((used,retain))int caller(void)'
undefined="$undefined"'{return missing_function();}'
for isa in $isas; do
    program $isa "-DEXTRA_DATA=$undefined"
done
expect_error "undefined symbol 'missing_function', used by"
grep -q "popcorn-align-\|\.popcorn\." log && fail "internal names in: $(cat log)"
program x86_64
expect_error "undefined symbol 'missing_function', used by"

# native code with thread-local variables or constructors
fresh
echo '__thread int native_tls = 3; int f(void) { return native_tls; }' >n.c
compile x86_64 n.c n.o
echo 'int f(void); __attribute__((constructor)) void c(void) { f(); }' >m.c
compile x86_64 m.c m.o
extra="--native x86_64=n.o --native x86_64=m.o"
expect_error "native code may not have thread-local variables"

# no popcorn-framemap
extra=
for isa in $isas; do
    with_statepoints $isa 2
done
rm lib/popcorn-framemap
expect_error "lib/popcorn-framemap: No such file"
printf '#!/bin/sh\necho "popcorn-framemap: error: planted"\nexit 1\n' \
    >lib/popcorn-framemap
chmod +x lib/popcorn-framemap
expect_error "popcorn-framemap: error: planted"

# a signal: nothing stays behind
printf '#!/bin/sh\nkill -TERM $PPID\n' >lib/popcorn-framemap
mkdir tmp
rm -f out
TMPDIR=$work/tmp align >log 2>&1
[ $? = 143 ] || fail "SIGTERM did not end it: $(cat log)"
[ -z "$(ls tmp)" ] && [ ! -e out ] || fail "SIGTERM left files: $(ls tmp out)"

# an output that cannot be written
fresh
"$bin/popcorn-align" --lib lib -o /nonexistent/out \
    --isa x86_64=program_x86_64.o --isa aarch64=program_aarch64.o 2>log &&
    fail "wrote to a missing folder"
grep -q "cannot write: No such file" log || fail "$(cat log)"
echo ok
