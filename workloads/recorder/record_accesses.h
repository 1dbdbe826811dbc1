/*
 * Page accesses in order. An access to one of the last distinct pages of its thread is not recorded, only counted as
 * work. One exception: the first write to a page that was only read since it was recorded is recorded. page_filter.ts
 * follows the same rule; a test compares the two. Part of recorder.c.
 */
#define MAX_DEPTH 64
#define WORK_BYTES 64 /* a copy counts as one access per this many bytes, rounded up. Source: choice, a cache line */

/* The recent accesses of one thread. */
struct thread {
  uint64_t stack[MAX_DEPTH]; /* most recently used first: page << 1 | written since it was recorded */
  uint64_t used;
  uint64_t work; /* memory accesses since the last recorded one */
  uint64_t number;
  int numbered;
};

static __thread struct thread self;
static uint64_t depth, skip, keep;
static uint64_t met, kept, threads;
static char *maps; /* space for /proc/self/maps */
#define MAPS_BYTES (1 << 22)

/* The mappings that can be read or written. */
static void put_mappings(void) {
  size_t length = 0;
  int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (file < 0) fail("cannot open /proc/self/maps");
  for (;;) {
    ssize_t n = read(file, maps + length, MAPS_BYTES - 1 - length);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 || length == MAPS_BYTES - 1) fail("cannot read /proc/self/maps");
    if (n == 0) break;
    length += (size_t)n;
  }
  close(file);
  maps[length] = 0;
  uint64_t end = 0;
  for (char *line = maps; *line;) {
    char *at;
    uint64_t from = strtoull(line, &at, 16) >> page_shift;
    uint64_t to = (strtoull(at + 1, &at, 16) + (1u << page_shift) - 1) >> page_shift;
    if (from < end) from = end;
    if ((at[1] == 'r' || at[2] == 'w') && to > from) {
      put_text("vma ");
      put_number(from, 16, ' ');
      put_number(to - from, 10, '\n');
      end = to;
    }
    char *next = strchr(line, '\n');
    if (!next) break;
    line = next + 1;
  }
}

static void finish_accesses(void) {
  put_mappings();
  put_text("end ");
  put_number(kept, 10, '\n');
  flush_buffer();
  close(output);
}

static void put_access(uint64_t page, uint64_t write, uint64_t pc) {
  take_lock();
  if (recording) {
    if (!self.numbered) {
      self.numbered = 1;
      self.number = threads++;
    }
    if (met++ >= skip) {
      put_number(page, 16, ' ');
      put_number(pc, 16, ' ');
      put_number(self.number, 10, ' ');
      put_number(self.work, 10, ' ');
      put_number(write, 10, '\n');
      if (++kept == keep) {
        recording = 0;
        finish_accesses();
      }
    }
  }
  drop_lock();
}

static void access_page(uint64_t page, uint64_t write, uint64_t pc, uint64_t work) {
  uint64_t *stack = self.stack;
  uint64_t i = 0;
  while (i < self.used && stack[i] >> 1 != page) i++;
  int recorded = i == self.used || (write && !(stack[i] & 1));
  uint64_t written = write || (i < self.used && (stack[i] & 1));
  if (i == self.used) {
    if (self.used < depth) self.used++;
    else i--;
  }
  for (; i > 0; i--) stack[i] = stack[i - 1];
  stack[0] = page << 1 | written;
  if (recorded) {
    put_access(page, write, pc);
    self.work = work - 1;
  } else {
    self.work += work;
  }
}

static void record_accesses(uint64_t address, uint64_t bytes, uint64_t write, uint64_t pc) {
  uint64_t end = address + bytes;
  while (address < end) {
    uint64_t page = address >> page_shift;
    uint64_t next = (page + 1) << page_shift;
    if (next > end) next = end;
    access_page(page, write, pc, (next - address + WORK_BYTES - 1) / WORK_BYTES);
    address = next;
  }
}

static void start_accesses(uint64_t page_bytes) {
  depth = setting("RING0_DEPTH", 16, 1, MAX_DEPTH);
  skip = setting("RING0_SKIP", 0, 0, 1 << 30);
  keep = setting("RING0_KEEP", 1 << 30, 1, 1 << 30);
  maps = zeroed(MAPS_BYTES);
  put_text("ring0-raw-accesses 1\npage_bytes ");
  put_number(page_bytes, 10, '\n');
  put_text("stack_depth ");
  put_number(depth, 10, '\n');
  put_text("skipped ");
  put_number(skip, 10, '\n');
}
