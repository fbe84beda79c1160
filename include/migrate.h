/* The name under which programs written for Popcorn Linux include its calls. */
#ifndef POPCORN_MIGRATE_H
#define POPCORN_MIGRATE_H

#include <popcorn.h>

#endif
