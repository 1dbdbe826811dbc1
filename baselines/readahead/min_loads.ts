/** Result of Belady's MIN. */
export interface MinLoads {
  /** Loads of pages that had been used before. No replacement and no reading ahead can avoid them. */
  loads: number;
  /** Distinct pages, which is the number of first uses. First uses are not loads. */
  distinct: number;
}

/**
 * Fewest loads of a reference stream in `frames` frames. Belady's MIN gives them: the page whose next use is the latest
 * makes room. They are also the fewest for every prefix of the stream, because looking beyond a prefix only settles
 * ties. A page that is used must be in a frame. It cannot be bypassed.
 *
 * O(n log n): a heap holds the next uses of the pages in frames, the latest on top. The old entry of a page is never
 * removed when the page is used. It is then below all others, so it reaches the top only when nothing else is left.
 *
 * @param stream `[accesses]` page numbers below `pages`
 * @param loaded `[accesses]` zeros; set to 1 where MIN loads
 */
export function minLoads(stream: Uint32Array, pages: number, frames: number, loaded?: Uint8Array): MinLoads {
  const length = stream.length;
  const next = nextUses(stream, pages);
  const heap = new Int32Array(length + 1);
  /** 0 never used, 1 in a frame, 2 evicted. */
  const state = new Uint8Array(pages);
  let size = 0;
  let used = 0;
  /** Number of pages in frames that are never used again. */
  let dead = 0;
  let loads = 0;
  let distinct = 0;
  for (let i = 0; i < length; i++) {
    const page = stream[i];
    if (state[page] !== 1) {
      if (state[page] === 0) {
        distinct++;
      } else {
        loads++;
        if (loaded !== undefined) loaded[i] = 1;
      }
      if (used < frames) {
        used++;
      } else if (dead > 0) {
        dead--;
      } else {
        state[stream[heap[0]]] = 2;
        size = pop(heap, size);
      }
      state[page] = 1;
    }
    if (next[i] < length) size = push(heap, size, next[i]);
    else dead++;
  }
  return { loads, distinct };
}

/** `[accesses]` position of the next use of the page of each access, or the length of the stream if there is none. */
function nextUses(stream: Uint32Array, pages: number): Int32Array {
  const next = new Int32Array(stream.length);
  const seen = new Int32Array(pages).fill(stream.length);
  for (let i = stream.length - 1; i >= 0; i--) {
    next[i] = seen[stream[i]];
    seen[stream[i]] = i;
  }
  return next;
}

/** Adds a key to a heap with the largest on top. Returns the new size. */
function push(heap: Int32Array, size: number, key: number): number {
  let at = size;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent] >= key) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = key;
  return size + 1;
}

/** Removes the largest key. Returns the new size. */
function pop(heap: Int32Array, size: number): number {
  const last = size - 1;
  const key = heap[last];
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= last) break;
    if (child + 1 < last && heap[child + 1] > heap[child]) child++;
    if (heap[child] <= key) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = key;
  return last;
}
