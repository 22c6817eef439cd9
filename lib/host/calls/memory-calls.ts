/** The calls of the addon for the C library's allocator, which is the whole process's: mallopt(3), malloc_trim(3). Decides nothing. */

export interface MallocLimits {
  /** M_ARENA_MAX: a thread that begins to allocate gets no arena of its own when there are as many. */
  readonly arenas: number;
  /** M_TRIM_THRESHOLD, in bytes: what is free at the end of the heap is given back when it is more. It does not change by itself any more,
   *  nor does the size from which on a block is a mapping of its own, 128 KiB. */
  readonly trimThreshold: number;
}

export interface MemoryCalls {
  /** Of glibc. EINVAL for what is not above zero, which glibc takes for something else, or for nothing. */
  limitMalloc(limits: MallocLimits): void;
  /** Gives back to the kernel each page that is free, but for `keep` bytes at the end of the heap: whether there was any. EINVAL for a
   *  negative number. */
  trimMalloc(keep: number): boolean;
}
