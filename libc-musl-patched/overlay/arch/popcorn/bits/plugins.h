/* What the link puts into a program for dlopen (popcorn-clang -popcorn-dlopen): no
 * program's business.  compiler/driver/plugins.c writes the tables. */
struct popcorn_symbol {
	const char *name; /* null: the end */
	void *address;
};

struct popcorn_plugin {
	const char *file; /* its name without folder; null: the end */
	const struct popcorn_symbol *symbols;
};

extern const struct popcorn_plugin popcorn_plugins[];
