/** What every container from an image has for POSIX shared memory (shm_overview(7)). Pure. */
import type { RamMount } from '../domain/builder/spec';

/** As large as docker's. PostgreSQL, among others, does not start without it. */
export const sharedMemory: RamMount = { type: 'ram', target: '/dev/shm', size: '64MiB' };
