/* Every node's (docs/dsm.md). */
#define PAGESIZE 4096
