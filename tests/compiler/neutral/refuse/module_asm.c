int x;

__asm__(".globl foo"); // refuse: file-scope assembly ".globl foo"
