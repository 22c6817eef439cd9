/** The calls of the addon for the C library's allocator, which is the whole process's: mallopt(3), malloc_trim(3). Decides nothing. */

export interface MallocLimits {
  /** M_ARENA_MAX: once there are this many arenas, a thread that begins to allocate gets none of its own. */
  readonly arenas: number;
  /** M_TRIM_THRESHOLD, in bytes: free memory at the end of the heap is given back when there is more of it. Setting it also stops
   *  glibc from adjusting it, and from adjusting the size from which a block gets a mapping of its own, 128 KiB. */
  readonly trimThreshold: number;
}

export interface MemoryCalls {
  /** Sets the limits of glibc. EINVAL for a value that is not above zero, which glibc would take for something else, or ignore. */
  limitMalloc(limits: MallocLimits): void;
  /** Gives every free page back to the kernel, except `keep` bytes at the end of the heap; true if there was any. EINVAL for a
   *  negative number. */
  trimMalloc(keep: number): boolean;
}
