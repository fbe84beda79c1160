int x;

__asm__(".globl foo\nfoo:"); // refuse: file-scope assembly "foo:"
