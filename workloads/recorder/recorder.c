/*
 * Records which pages a program's memory accesses go to.
 *
 * gcc -fsanitize=thread puts a call of __tsan_read4 and its like before every access; this file defines them and takes
 * the place of the sanitizer's library. Accesses pass a write-back cache model (set-associative, least recently used
 * line leaves); what misses it is counted by page and window and written as a raw trace, which `ring0-gym trace import
 * --format raw` packs. The rules are those of llc_filter.ts and trace_builder.ts, and a test holds the two together.
 *
 * Build programs with ring0-cc. Environment of the recorded program:
 *   RING0_TRACE   file to write, must not exist; without it nothing is recorded
 *   RING0_WINDOW  fills in a window                      (default 20000)
 *   RING0_PAGE    bytes of a page, a power of two        (default 4096)
 *   RING0_LINE    bytes of a cache line, a power of two  (default 64)
 *   RING0_SETS    sets of the cache, a power of two      (default 256)
 *   RING0_WAYS    lines in a set                         (default 16: 256 KiB in all)
 *
 * The first process that starts with RING0_TRACE set records, its forks do not. A run that ends without exit() (a
 * signal, _exit) leaves a raw trace without its last line, which the importer refuses.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define EMPTY UINT64_MAX

/* A page touched in the current window. */
struct entry {
  uint64_t page;
  uint32_t fills;
  uint32_t write_backs;
  uint32_t used;
};

static int output = -1;
static volatile int recording;
static atomic_flag lock = ATOMIC_FLAG_INIT;
static __thread int busy;

static unsigned line_shift, page_shift;
static uint64_t set_mask, ways, window_fills;
static uint64_t *cache; /* [sets][ways], most recently used first: line << 1 | dirty */
static struct entry *table; /* open addressing; never more than half full */
static uint64_t table_mask;
static uint32_t *touched; /* slots of `table` in order of first touch in this window */
static uint32_t touched_count;
static uint64_t fills, all_fills, windows;

static char buffer[1 << 16];
static size_t buffered;

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

static void end_window(void) {
  put_text("window\n");
  for (uint32_t i = 0; i < touched_count; i++) {
    struct entry *e = &table[touched[i]];
    put_number(e->page, 16, ' ');
    put_number(e->fills, 10, ' ');
    put_number(e->write_backs, 10, '\n');
    e->used = 0;
  }
  touched_count = 0;
  all_fills += fills;
  fills = 0;
  windows++;
}

static struct entry *entry_of(uint64_t line) {
  uint64_t page = line >> (page_shift - line_shift);
  uint64_t slot = (page * 0x9e3779b97f4a7c15u >> 20) & table_mask;
  while (table[slot].used && table[slot].page != page) slot = (slot + 1) & table_mask;
  struct entry *e = &table[slot];
  if (!e->used) {
    e->page = page;
    e->fills = e->write_backs = 0;
    e->used = 1;
    touched[touched_count++] = (uint32_t)slot;
  }
  return e;
}

static void access_line(uint64_t line, uint64_t dirty) {
  uint64_t *set = cache + (line & set_mask) * ways;
  uint64_t i = 0;
  while (i < ways && set[i] >> 1 != line) i++;
  if (i < ways) {
    uint64_t hit = set[i] | dirty;
    for (; i > 0; i--) set[i] = set[i - 1];
    set[0] = hit;
    return;
  }
  uint64_t victim = set[ways - 1];
  for (i = ways - 1; i > 0; i--) set[i] = set[i - 1];
  set[0] = line << 1 | dirty;
  if (victim != EMPTY && (victim & 1)) entry_of(victim >> 1)->write_backs++;
  entry_of(line)->fills++;
  if (++fills == window_fills) end_window();
}

static void access_range(const volatile void *address, uint64_t bytes, uint64_t dirty) {
  if (!recording || busy || bytes == 0) return;
  busy = 1;
  while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire)) {
  }
  uint64_t first = (uint64_t)(uintptr_t)address >> line_shift;
  uint64_t last = ((uint64_t)(uintptr_t)address + bytes - 1) >> line_shift;
  for (uint64_t line = first; recording && line <= last; line++) access_line(line, dirty);
  atomic_flag_clear_explicit(&lock, memory_order_release);
  busy = 0;
}

static uint64_t setting(const char *name, uint64_t value, int power_of_two) {
  const char *text = getenv(name);
  if (text) {
    char *end;
    value = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || value == 0 || value > 1u << 30) fail("a RING0_ setting is not a whole number from 1 to 2^30");
  }
  if (power_of_two && (value & (value - 1))) fail("RING0_PAGE, RING0_LINE and RING0_SETS must be powers of two");
  return value;
}

static void *zeroed(uint64_t bytes) {
  void *memory = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail("out of memory");
  return memory;
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
  uint64_t page_bytes = setting("RING0_PAGE", 4096, 1);
  uint64_t line_bytes = setting("RING0_LINE", 64, 1);
  uint64_t sets = setting("RING0_SETS", 256, 1);
  ways = setting("RING0_WAYS", 16, 0);
  window_fills = setting("RING0_WINDOW", 20000, 0);
  if (page_bytes < line_bytes) fail("RING0_PAGE must not be below RING0_LINE");
  page_shift = (unsigned)__builtin_ctzll(page_bytes);
  line_shift = (unsigned)__builtin_ctzll(line_bytes);
  set_mask = sets - 1;
  cache = zeroed(sets * ways * sizeof *cache);
  for (uint64_t i = 0; i < sets * ways; i++) cache[i] = EMPTY;
  /* A fill touches at most two pages: its own and the victim's. */
  uint64_t slots = 1024;
  while (slots < 4 * window_fills) slots *= 2;
  table_mask = slots - 1;
  table = zeroed(slots * sizeof *table);
  touched = zeroed(slots * sizeof *touched);
  put_text("ring0-raw 1\npage_bytes ");
  put_number(page_bytes, 10, '\n');
  put_text("filter ");
  put_number(line_bytes, 10, ' ');
  put_number(sets, 10, ' ');
  put_number(ways, 10, '\n');
  put_text("window_accesses ");
  put_number(window_fills, 10, '\n');
  pthread_atfork(0, 0, forget_in_child);
  recording = 1;
}

__attribute__((destructor)) static void finish(void) {
  if (!recording) return;
  busy = 1;
  while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire)) {
  }
  recording = 0;
  if (fills > 0) end_window();
  put_text("end ");
  put_number(windows, 10, ' ');
  put_number(all_fills, 10, '\n');
  flush_buffer();
  close(output);
  atomic_flag_clear_explicit(&lock, memory_order_release);
}

/* The sanitizer's interface, as gcc calls it. */

void __tsan_init(void) {}
void __tsan_func_entry(void *caller) { (void)caller; }
void __tsan_func_exit(void) {}
void __tsan_read_range(void *p, unsigned long bytes) { access_range(p, bytes, 0); }
void __tsan_write_range(void *p, unsigned long bytes) { access_range(p, bytes, 1); }
void __tsan_vptr_read(void **p) { access_range(p, sizeof *p, 0); }
void __tsan_vptr_update(void **p, void *value) { (void)value; access_range(p, sizeof *p, 1); }

#define PLAIN(bytes)                                                                  \
  void __tsan_read##bytes(void *p) { access_range(p, bytes, 0); }                     \
  void __tsan_write##bytes(void *p) { access_range(p, bytes, 1); }                    \
  void __tsan_unaligned_read##bytes(void *p) { access_range(p, bytes, 0); }           \
  void __tsan_unaligned_write##bytes(void *p) { access_range(p, bytes, 1); }          \
  void __tsan_volatile_read##bytes(void *p) { access_range(p, bytes, 0); }            \
  void __tsan_volatile_write##bytes(void *p) { access_range(p, bytes, 1); }           \
  void __tsan_unaligned_volatile_read##bytes(void *p) { access_range(p, bytes, 0); }  \
  void __tsan_unaligned_volatile_write##bytes(void *p) { access_range(p, bytes, 1); }
PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)

/* Atomics are done here, always sequentially consistent: correct for every order the program asks for. */
#define FETCH(bits, type, op)                                                             \
  type __tsan_atomic##bits##_fetch_##op(volatile type *p, type value, int order) {        \
    (void)order;                                                                          \
    access_range(p, sizeof *p, 1);                                                        \
    return __atomic_fetch_##op(p, value, __ATOMIC_SEQ_CST);                               \
  }
#define EXCHANGE_IF(bits, type, strength, weak)                                                              \
  int __tsan_atomic##bits##_compare_exchange_##strength(volatile type *p, type *wanted, type value, int order, \
                                                        int failed_order) {                                  \
    (void)order, (void)failed_order;                                                                         \
    access_range(p, sizeof *p, 1);                                                                           \
    return __atomic_compare_exchange_n(p, wanted, value, weak, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);          \
  }
#define ATOMIC(bits, type)                                                                             \
  type __tsan_atomic##bits##_load(const volatile type *p, int order) {                                 \
    (void)order;                                                                                       \
    access_range(p, sizeof *p, 0);                                                                     \
    return __atomic_load_n(p, __ATOMIC_SEQ_CST);                                                       \
  }                                                                                                    \
  void __tsan_atomic##bits##_store(volatile type *p, type value, int order) {                          \
    (void)order;                                                                                       \
    access_range(p, sizeof *p, 1);                                                                     \
    __atomic_store_n(p, value, __ATOMIC_SEQ_CST);                                                      \
  }                                                                                                    \
  type __tsan_atomic##bits##_exchange(volatile type *p, type value, int order) {                       \
    (void)order;                                                                                       \
    access_range(p, sizeof *p, 1);                                                                     \
    return __atomic_exchange_n(p, value, __ATOMIC_SEQ_CST);                                            \
  }                                                                                                    \
  FETCH(bits, type, add)                                                                               \
  FETCH(bits, type, sub)                                                                               \
  FETCH(bits, type, and)                                                                               \
  FETCH(bits, type, or)                                                                                \
  FETCH(bits, type, xor)                                                                               \
  FETCH(bits, type, nand)                                                                              \
  EXCHANGE_IF(bits, type, strong, 0)                                                                   \
  EXCHANGE_IF(bits, type, weak, 1)                                                                     \
  type __tsan_atomic##bits##_compare_exchange_val(volatile type *p, type wanted, type value, int order, \
                                                  int failed_order) {                                  \
    (void)order, (void)failed_order;                                                                   \
    access_range(p, sizeof *p, 1);                                                                     \
    __atomic_compare_exchange_n(p, &wanted, value, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);             \
    return wanted;                                                                                     \
  }
ATOMIC(8, uint8_t)
ATOMIC(16, uint16_t)
ATOMIC(32, uint32_t)
ATOMIC(64, uint64_t)
void __tsan_atomic_thread_fence(int order) { (void)order; __atomic_thread_fence(__ATOMIC_SEQ_CST); }
void __tsan_atomic_signal_fence(int order) { (void)order; __atomic_signal_fence(__ATOMIC_SEQ_CST); }

/* What the C library does on the program's behalf: ring0-cc links the program's calls to these. */

void *__real_memcpy(void *, const void *, size_t);
void *__real_memmove(void *, const void *, size_t);
void *__real_memset(void *, int, size_t);
int __real_memcmp(const void *, const void *, size_t);
ssize_t __real_read(int, void *, size_t);
ssize_t __real_write(int, const void *, size_t);
size_t __real_fread(void *, size_t, size_t, FILE *);
size_t __real_fwrite(const void *, size_t, size_t, FILE *);

void *__wrap_memcpy(void *to, const void *from, size_t bytes) {
  access_range(from, bytes, 0);
  access_range(to, bytes, 1);
  return __real_memcpy(to, from, bytes);
}
void *__wrap_memmove(void *to, const void *from, size_t bytes) {
  access_range(from, bytes, 0);
  access_range(to, bytes, 1);
  return __real_memmove(to, from, bytes);
}
void *__wrap_memset(void *to, int value, size_t bytes) {
  access_range(to, bytes, 1);
  return __real_memset(to, value, bytes);
}
int __wrap_memcmp(const void *a, const void *b, size_t bytes) {
  access_range(a, bytes, 0);
  access_range(b, bytes, 0);
  return __real_memcmp(a, b, bytes);
}
ssize_t __wrap_read(int file, void *to, size_t bytes) {
  ssize_t n = __real_read(file, to, bytes);
  if (n > 0) access_range(to, (uint64_t)n, 1);
  return n;
}
ssize_t __wrap_write(int file, const void *from, size_t bytes) {
  ssize_t n = __real_write(file, from, bytes);
  if (n > 0) access_range(from, (uint64_t)n, 0);
  return n;
}
size_t __wrap_fread(void *to, size_t size, size_t count, FILE *file) {
  size_t n = __real_fread(to, size, count, file);
  access_range(to, n * size, 1);
  return n;
}
size_t __wrap_fwrite(const void *from, size_t size, size_t count, FILE *file) {
  size_t n = __real_fwrite(from, size, count, file);
  access_range(from, n * size, 0);
  return n;
}
