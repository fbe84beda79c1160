/* Statuses a program ends with that are not its own. */
#ifndef POPCORN_BASE_EXIT_STATUS_H
#define POPCORN_BASE_EXIT_STATUS_H

#define POPCORN_EXIT_FAILURE 125  /* popcorn itself could not do its part */
#define POPCORN_EXIT_LOST_NODE 70 /* the thread was on a node that is gone */

#endif
