/* The state of each page on this node. */
#include "runtime/dsm/dsm_private.h"

/* The table keeps state XOR default, so that its zero is the default. */
enum page_state dsm_default_state(const struct dsm *dsm)
{
    return dsm->node == dsm->home ? PAGE_MODIFIED : PAGE_INVALID;
}

enum page_state dsm_state(const struct dsm *dsm, uint64_t index)
{
    const uint8_t *record = page_table_find(&dsm->states, index);

    return (enum page_state)((record == NULL ? 0 : *record) ^
                             (uint8_t)dsm_default_state(dsm));
}

void dsm_set_state(struct dsm *dsm, uint64_t index, enum page_state state)
{
    uint8_t *record = page_table_get(&dsm->states, index);

    *record = (uint8_t)state ^ (uint8_t)dsm_default_state(dsm);
}
