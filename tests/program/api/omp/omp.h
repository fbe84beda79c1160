/* All that the macros for OpenMP want of it: the programs number their own
 * threads. */
int omp_get_thread_num(void);
