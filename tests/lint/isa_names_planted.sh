#!/usr/bin/env bash
# isa_names.py finds what it is for: the name of an ISA that is planted in C, CMake
# and a script, in any spelling, and of one that is only a row; not in comments.
#   isa_names_planted.sh SOURCE
set -euo pipefail
here=$1/tests/lint
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{isa/vax,runtime,cmake,scripts}
echo 'ISA(vax)' >"$work/isa/vax/isa.def"
cat >"$work/runtime/said.c" <<'C'
/* AArch64
 * x86-64 */
int a; // aarch64
const char *b = "X86-64";
#ifdef __i386__
C
printf '# arm64\nset(isas vax)\n' >"$work/cmake/list.cmake"
printf 'run # amd64\nrun arm64 # on\n' >"$work/scripts/run.sh"
! python3 "$here/isa_names.py" "$work" >"$work/found" ||
    { echo "FAILED: found nothing"; exit 1; }
diff "$work/found" - <<'END' || { echo "FAILED: found others"; exit 1; }
cmake/list.cmake:2: set(isas vax)
runtime/said.c:4: const char *b = "X86-64";
runtime/said.c:5: #ifdef __i386__
scripts/run.sh:2: run arm64
END
echo "isa names: ok"
