/* No ISA's floating-point registers here: libm.h's portable barriers do. */
