// refuse-file: <immintrin.h> is for one ISA
#include <immintrin.h>
