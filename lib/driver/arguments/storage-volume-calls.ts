/** What the methods of a StorageVolume take. */
import { flag, numberOf, object, oneOf, optional } from '../../shape/shape';
import { wipeAlgorithms, type Resizing, type WipeAlgorithm } from '../../storage/volume/change';
import type { Extent } from '../../storage/volume/transfer';

const bytes = numberOf('bytes');

const extent = optional(object<Extent>({ offset: optional(bytes), length: optional(bytes) }));

export const storageVolumeCalls = {
  resize: [
    ['capacity', bytes],
    ['options', optional(object<Resizing>({ shrink: optional(flag), allocate: optional(flag) }))],
  ],
  wipe: [['algorithm', optional(oneOf<WipeAlgorithm>(...wipeAlgorithms))]],
  download: [['extent', extent]],
  upload: [['extent', extent]],
} as const;
