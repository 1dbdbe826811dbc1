/*
 * Histograms: accesses go through a write-back cache model (set-associative, LRU replacement). Its misses are counted
 * by page and window. llc_filter.ts and histogram_trace_builder.ts follow the same rules; a test compares them. Part of
 * recorder.c.
 */
#define EMPTY UINT64_MAX

/* A page touched in the current window. */
struct entry {
  uint64_t page;
  uint32_t fills;
  uint32_t write_backs;
  uint32_t used;
};

static unsigned line_shift;
static uint64_t set_mask, ways, window_fills;
static uint64_t *cache; /* [sets][ways], most recently used first: line << 1 | dirty */
static struct entry *table; /* open addressing; never more than half full */
static uint64_t table_mask;
static uint32_t *touched; /* slots of `table` in order of first touch in this window */
static uint32_t touched_count;
static uint64_t fills, all_fills, windows;

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

static void record_histogram(uint64_t address, uint64_t bytes, uint64_t dirty) {
  take_lock();
  uint64_t last = (address + bytes - 1) >> line_shift;
  for (uint64_t line = address >> line_shift; recording && line <= last; line++) access_line(line, dirty);
  drop_lock();
}

static void start_histogram(uint64_t page_bytes) {
  uint64_t line_bytes = power_of_two("RING0_LINE", 64);
  uint64_t sets = power_of_two("RING0_SETS", 256);
  ways = setting("RING0_WAYS", 16, 1, 1 << 30);
  window_fills = setting("RING0_WINDOW", 20000, 1, 1 << 30);
  if (page_bytes < line_bytes) fail("RING0_PAGE must not be below RING0_LINE");
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
}

static void finish_histogram(void) {
  if (fills > 0) end_window();
  put_text("end ");
  put_number(windows, 10, ' ');
  put_number(all_fills, 10, '\n');
  flush_buffer();
  close(output);
}
