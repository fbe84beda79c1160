// refuse-file: <arm_neon.h> is for one ISA
#include <arm_neon.h>
