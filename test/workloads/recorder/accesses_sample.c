/*
 * Calls the recorder's hooks for the accesses that page_filter.test.ts makes too. Built without hooks of its own, so that
 * nothing else is recorded. 200 pages are mapped at 0x7e0000000000; what lies at 0x7d0000000000 is not mapped.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>

void __tsan_read8(void *);
void __tsan_write8(void *);
void __tsan_read_range(void *, unsigned long);
void __tsan_write_range(void *, unsigned long);

static void work(char *base, unsigned x, int accesses) {
  for (int i = 0; i < accesses; i++) {
    x = x * 1664525u + 1013904223u;
    char *address = base + (x >> 12) % (40 * 4096);
    unsigned kind = x >> 5 & 7;
    if (kind == 0) __tsan_read_range(address, 9000);
    else if (kind == 1) __tsan_write_range(address, 200);
    else if (kind < 6) __tsan_read8(address);
    else __tsan_write8(address);
  }
}

static void *second(void *unused) {
  work((char *)0x7d0000000000, 2, 150);
  return unused;
}

int main(void) {
  pthread_t thread;
  if (mmap((void *)0x7e0000000000, 200 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) return 1;
  work((char *)0x7e0000000000, 1, 150);
  if (pthread_create(&thread, 0, second, 0) || pthread_join(thread, 0)) return 1;
  work((char *)0x7e0000000000, 3, 150);
  return 0;
}
