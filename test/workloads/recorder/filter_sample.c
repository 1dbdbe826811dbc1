/* Calls the recorder's hooks for the accesses that filter.test.ts makes too; takes no memory of its own. */
void __tsan_read1(void *);
void __tsan_write1(void *);
void __tsan_unaligned_read8(void *);
void __tsan_unaligned_write8(void *);
void __tsan_read_range(void *, unsigned long);
void __tsan_write_range(void *, unsigned long);

int main(void) {
  unsigned x = 1;
  for (int i = 0; i < 6000; i++) {
    x = x * 1664525u + 1013904223u;
    char *address = (char *)0x7f0000000000 + (x >> 12) % 40000;
    unsigned kind = x >> 5 & 7;
    if (kind == 0) __tsan_read_range(address, 200);
    else if (kind == 1) __tsan_write_range(address, 200);
    else if (kind < 4) __tsan_read1(address);
    else if (kind < 5) __tsan_write1(address);
    else if (kind < 7) __tsan_unaligned_read8(address);
    else __tsan_unaligned_write8(address);
  }
  return 0;
}
