/* Names that begin otherwise are passed over without a call. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *getenv(const char *name)
{
	size_t length = strcspn(name, "=");

	if (length == 0 || name[length] != 0 || __environ == 0)
		return 0;
	for (char **at = __environ; *at != 0; at++) {
		const char *entry = *at;
		if (entry[0] == name[0] && strncmp(entry, name, length) == 0 &&
		    entry[length] == '=')
			return (char *)entry + length + 1;
	}
	return 0;
}
