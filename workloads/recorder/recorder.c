/*
 * Records a program's memory accesses: by page and window, or page by page in order.
 *
 * gcc -fsanitize=thread inserts a call of a function such as __tsan_read4 before every access. This file defines these
 * functions and replaces the sanitizer's library. It writes a raw trace, which `ring0-gym trace import --format raw`
 * packs.
 *
 * Build programs with ring0-cc. Environment of the recorded program:
 *   RING0_TRACE   file to write, must not exist; if unset, nothing is recorded
 *   RING0_KIND    histogram: misses of a cache, by page and window, see record_histogram.h  (default)
 *                 accesses: accesses to pages in order, see record_accesses.h
 *   RING0_PAGE    bytes of a page, a power of two        (default 4096)
 *   histograms only:
 *   RING0_WINDOW  fills in a window                      (default 20000)
 *   RING0_LINE    bytes of a cache line, a power of two  (default 64)
 *   RING0_SETS    sets of the cache, a power of two      (default 256)
 *   RING0_WAYS    lines in a set                         (default 16: 256 KiB in all)
 *   accesses only:
 *   RING0_DEPTH   accesses to this many last pages of a thread are left out, at most 64    (default 16)
 *   RING0_SKIP    recorded accesses to leave out at the start                              (default 0)
 *   RING0_KEEP    most accesses to record; then the program continues without recording    (default 2^30)
 *
 * The first process that starts with RING0_TRACE set is recorded; its forks are not. A run that ends without exit() (by
 * a signal or _exit) leaves a raw trace without its last line, and the importer refuses it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int output = -1;
static volatile int recording;
static atomic_flag lock = ATOMIC_FLAG_INIT;
static __thread int busy;

static unsigned page_shift;

static char buffer[1 << 16];
static size_t buffered;

static void take_lock(void) {
  /* There may be more threads than processors: yield, so that the owner of the lock can run. */
  for (int tries = 1; atomic_flag_test_and_set_explicit(&lock, memory_order_acquire); tries++) {
    if (tries % 64 == 0) sched_yield();
  }
}

static void drop_lock(void) {
  atomic_flag_clear_explicit(&lock, memory_order_release);
}

static void fail(const char *what) {
  dprintf(2, "ring0 recorder: %s\n", what);
  recording = 0;
  _exit(120);
}

/* Only called with `busy` set, so that the wrapped write() does not record itself. */
static void flush_buffer(void) {
  size_t done = 0;
  while (done < buffered) {
    ssize_t n = write(output, buffer + done, buffered - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail("cannot write the trace");
    done += (size_t)n;
  }
  buffered = 0;
}

static void put_number(uint64_t value, unsigned base, char after) {
  char digits[24];
  int n = 0;
  if (buffered + sizeof digits + 1 > sizeof buffer) flush_buffer();
  do {
    digits[n++] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value);
  while (n) buffer[buffered++] = digits[--n];
  buffer[buffered++] = after;
}

static void put_text(const char *text) {
  if (buffered + 64 > sizeof buffer) flush_buffer();
  while (*text) buffer[buffered++] = *text++;
}

/* A number from `least` to `most`. */
static uint64_t setting(const char *name, uint64_t value, uint64_t least, uint64_t most) {
  const char *text = getenv(name);
  if (text) {
    char *end;
    value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value < least || value > most) {
      dprintf(2, "ring0 recorder: %s must be a whole number from %llu to %llu, got %s\n", name,
              (unsigned long long)least, (unsigned long long)most, text);
      _exit(120);
    }
  }
  return value;
}

static uint64_t power_of_two(const char *name, uint64_t value) {
  value = setting(name, value, 1, 1 << 30);
  if (value & (value - 1)) fail("RING0_PAGE, RING0_LINE and RING0_SETS must be powers of two");
  return value;
}

static void *zeroed(uint64_t bytes) {
  void *memory = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail("out of memory");
  return memory;
}

#include "record_accesses.h"
#include "record_histogram.h"

static int in_order; /* 1: page accesses are recorded in order; 0: they are counted in a histogram */

/* One access, or a copy of `bytes` bytes, by the instruction that returns to `pc`. */
static void access_range(const volatile void *address, uint64_t bytes, uint64_t dirty, uint64_t pc) {
  if (!recording || busy || bytes == 0) return;
  busy = 1;
  if (in_order) record_accesses((uint64_t)(uintptr_t)address, bytes, dirty, pc);
  else record_histogram((uint64_t)(uintptr_t)address, bytes, dirty);
  busy = 0;
}

static void forget_in_child(void) {
  recording = 0;
}

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("RING0_TRACE");
  if (!path || output >= 0) return;
  output = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (output < 0) {
    if (errno != EEXIST) fail("cannot create the file that RING0_TRACE names");
    return;
  }
  uint64_t page_bytes = power_of_two("RING0_PAGE", 4096);
  page_shift = (unsigned)__builtin_ctzll(page_bytes);
  const char *kind = getenv("RING0_KIND");
  in_order = kind && strcmp(kind, "accesses") == 0;
  if (kind && !in_order && strcmp(kind, "histogram")) fail("RING0_KIND must be histogram or accesses");
  if (in_order) start_accesses(page_bytes);
  else start_histogram(page_bytes);
  pthread_atfork(0, 0, forget_in_child);
  recording = 1;
}

__attribute__((destructor)) static void finish(void) {
  busy = 1;
  take_lock();
  if (recording) {
    recording = 0;
    if (in_order) finish_accesses();
    else finish_histogram();
  }
  drop_lock();
}

/* The sanitizer's interface, as gcc calls it. Each call returns to the instruction that makes the access. */

#define CALLER ((uint64_t)(uintptr_t)__builtin_return_address(0))

void __tsan_init(void) {}
void __tsan_func_entry(void *caller) { (void)caller; }
void __tsan_func_exit(void) {}
void __tsan_read_range(void *p, unsigned long bytes) { access_range(p, bytes, 0, CALLER); }
void __tsan_write_range(void *p, unsigned long bytes) { access_range(p, bytes, 1, CALLER); }
void __tsan_vptr_read(void **p) { access_range(p, sizeof *p, 0, CALLER); }
void __tsan_vptr_update(void **p, void *value) { (void)value; access_range(p, sizeof *p, 1, CALLER); }

#define PLAIN(bytes)                                                                         \
  void __tsan_read##bytes(void *p) { access_range(p, bytes, 0, CALLER); }                    \
  void __tsan_write##bytes(void *p) { access_range(p, bytes, 1, CALLER); }                   \
  void __tsan_unaligned_read##bytes(void *p) { access_range(p, bytes, 0, CALLER); }          \
  void __tsan_unaligned_write##bytes(void *p) { access_range(p, bytes, 1, CALLER); }         \
  void __tsan_volatile_read##bytes(void *p) { access_range(p, bytes, 0, CALLER); }           \
  void __tsan_volatile_write##bytes(void *p) { access_range(p, bytes, 1, CALLER); }          \
  void __tsan_unaligned_volatile_read##bytes(void *p) { access_range(p, bytes, 0, CALLER); } \
  void __tsan_unaligned_volatile_write##bytes(void *p) { access_range(p, bytes, 1, CALLER); }
PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)

/* Atomic operations are done here. They are always sequentially consistent, which is correct for every order. */
#define FETCH(bits, type, op)                                                      \
  type __tsan_atomic##bits##_fetch_##op(volatile type *p, type value, int order) { \
    (void)order;                                                                   \
    access_range(p, sizeof *p, 1, CALLER);                                         \
    return __atomic_fetch_##op(p, value, __ATOMIC_SEQ_CST);                        \
  }
#define EXCHANGE_IF(bits, type, strength, weak)                                                                \
  int __tsan_atomic##bits##_compare_exchange_##strength(volatile type *p, type *wanted, type value, int order, \
                                                        int failed_order) {                                    \
    (void)order, (void)failed_order;                                                                           \
    access_range(p, sizeof *p, 1, CALLER);                                                                     \
    return __atomic_compare_exchange_n(p, wanted, value, weak, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);            \
  }
#define ATOMIC(bits, type)                                                                              \
  type __tsan_atomic##bits##_load(const volatile type *p, int order) {                                  \
    (void)order;                                                                                        \
    access_range(p, sizeof *p, 0, CALLER);                                                              \
    return __atomic_load_n(p, __ATOMIC_SEQ_CST);                                                        \
  }                                                                                                     \
  void __tsan_atomic##bits##_store(volatile type *p, type value, int order) {                           \
    (void)order;                                                                                        \
    access_range(p, sizeof *p, 1, CALLER);                                                              \
    __atomic_store_n(p, value, __ATOMIC_SEQ_CST);                                                       \
  }                                                                                                     \
  type __tsan_atomic##bits##_exchange(volatile type *p, type value, int order) {                        \
    (void)order;                                                                                        \
    access_range(p, sizeof *p, 1, CALLER);                                                              \
    return __atomic_exchange_n(p, value, __ATOMIC_SEQ_CST);                                             \
  }                                                                                                     \
  FETCH(bits, type, add)                                                                                \
  FETCH(bits, type, sub)                                                                                \
  FETCH(bits, type, and)                                                                                \
  FETCH(bits, type, or)                                                                                 \
  FETCH(bits, type, xor)                                                                                \
  FETCH(bits, type, nand)                                                                               \
  EXCHANGE_IF(bits, type, strong, 0)                                                                    \
  EXCHANGE_IF(bits, type, weak, 1)                                                                      \
  type __tsan_atomic##bits##_compare_exchange_val(volatile type *p, type wanted, type value, int order, \
                                                  int failed_order) {                                   \
    (void)order, (void)failed_order;                                                                    \
    access_range(p, sizeof *p, 1, CALLER);                                                              \
    __atomic_compare_exchange_n(p, &wanted, value, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);              \
    return wanted;                                                                                      \
  }
ATOMIC(8, uint8_t)
ATOMIC(16, uint16_t)
ATOMIC(32, uint32_t)
ATOMIC(64, uint64_t)
void __tsan_atomic_thread_fence(int order) { (void)order; __atomic_thread_fence(__ATOMIC_SEQ_CST); }
void __tsan_atomic_signal_fence(int order) { (void)order; __atomic_signal_fence(__ATOMIC_SEQ_CST); }

/* Accesses that the C library makes for the program: ring0-cc links the program's calls to these functions. */

void *__real_memcpy(void *, const void *, size_t);
void *__real_memmove(void *, const void *, size_t);
void *__real_memset(void *, int, size_t);
int __real_memcmp(const void *, const void *, size_t);
ssize_t __real_read(int, void *, size_t);
ssize_t __real_write(int, const void *, size_t);
size_t __real_fread(void *, size_t, size_t, FILE *);
size_t __real_fwrite(const void *, size_t, size_t, FILE *);

void *__wrap_memcpy(void *to, const void *from, size_t bytes) {
  access_range(from, bytes, 0, CALLER);
  access_range(to, bytes, 1, CALLER);
  return __real_memcpy(to, from, bytes);
}
void *__wrap_memmove(void *to, const void *from, size_t bytes) {
  access_range(from, bytes, 0, CALLER);
  access_range(to, bytes, 1, CALLER);
  return __real_memmove(to, from, bytes);
}
void *__wrap_memset(void *to, int value, size_t bytes) {
  access_range(to, bytes, 1, CALLER);
  return __real_memset(to, value, bytes);
}
int __wrap_memcmp(const void *a, const void *b, size_t bytes) {
  access_range(a, bytes, 0, CALLER);
  access_range(b, bytes, 0, CALLER);
  return __real_memcmp(a, b, bytes);
}
ssize_t __wrap_read(int file, void *to, size_t bytes) {
  ssize_t n = __real_read(file, to, bytes);
  if (n > 0) access_range(to, (uint64_t)n, 1, CALLER);
  return n;
}
ssize_t __wrap_write(int file, const void *from, size_t bytes) {
  ssize_t n = __real_write(file, from, bytes);
  if (n > 0) access_range(from, (uint64_t)n, 0, CALLER);
  return n;
}
size_t __wrap_fread(void *to, size_t size, size_t count, FILE *file) {
  size_t n = __real_fread(to, size, count, file);
  access_range(to, n * size, 1, CALLER);
  return n;
}
size_t __wrap_fwrite(const void *from, size_t size, size_t count, FILE *file) {
  size_t n = __real_fwrite(from, size, count, file);
  access_range(from, n * size, 0, CALLER);
  return n;
}
