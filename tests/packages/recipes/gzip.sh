# gzip: its own tests.
package=gzip
sha256=ce5e03e519f637e1f814011ace35c4f87b33c0bbabeec35baf5fbd3479e91956
programs=gzip
passes=26

prepare() { make -j"$jobs" check TESTS=; }
suite() { suite_automake tests; }
verdicts() { suite_automake_verdicts; }
