/* What the arguments of page messages say (docs/formats.md, "Messages"). Numbers
 * are part of the protocol. */
#ifndef POPCORN_DSM_PAGE_ARGUMENTS_H
#define POPCORN_DSM_PAGE_ARGUMENTS_H

#define DIRECTORY_MAX_RUN 64 /* pages of a request, and of its transaction */

enum directory_access {
    DIRECTORY_READ = 0,
    DIRECTORY_WRITE = 1,
    DIRECTORY_DROP = 2 /* in no message: a range that goes */
};

enum page_reply_kind { PAGE_KIND_DATA = 0, PAGE_KIND_ZERO, PAGE_KIND_UPGRADE };
enum page_grant { PAGE_AS_SHARED = 1, PAGE_AS_MODIFIED = 2 };
enum page_had { PAGE_HAD_NONE = 0, PAGE_HAD_DATA = 1, PAGE_HAD_ZERO = 2 };

#endif
