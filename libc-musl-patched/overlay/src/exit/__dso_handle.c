/* By its address C++ says, when it registers a destructor, which object that is of: null
 * inside means the program itself.  Elsewhere it is in the compiler's start code. */
void *__dso_handle = 0;
