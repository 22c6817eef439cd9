/** virsh's words for memory, from the kernel's. Pure. */

/** What processes have in memory: their own pages, and those of files that they have mapped. */
export function residentSet(
  anonymous: number | undefined,
  mapped: number | undefined,
): number | undefined {
  return anonymous === undefined ? undefined : anonymous + (mapped ?? 0);
}

/** The kernel counts all faults, and of these the major ones. */
export function minorFaults(
  faults: number | undefined,
  majorFaults: number | undefined,
): number | undefined {
  return faults === undefined ? undefined : faults - (majorFaults ?? 0);
}
