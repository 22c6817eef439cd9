/** Bytes and operations on block devices, from blkio of cgroup v1 or io of v2. Pure but for the names of devices. */
import { present } from '../../present';
import { blkioNumbers, nestedNumbers } from './parse';
import type { Files } from './parse';
import type { IoStatistics } from './types';

/** The name of a `major:minor`, as in /sys/block; undefined for a device that is gone. */
export type DeviceName = (device: string) => string | undefined;

/**
 * Files with `_recursive` count what is below, too (Linux 5.2 and later). A kernel that starts to count with the first
 * limit (6.10 and later) shows no device before that, which does not mean that there was no I/O.
 */
export function ioFromV1(blkio: Files, nameOf: DeviceName): readonly IoStatistics[] | undefined {
  const read = (name: string): ReturnType<typeof blkioNumbers> =>
    blkioNumbers(blkio(`${name}_recursive`) ?? blkio(name));
  const bytes = read('blkio.throttle.io_service_bytes');
  const operations = read('blkio.throttle.io_serviced');
  if (bytes.size === 0) return undefined;
  return [...bytes].map(([device, { read: readBytes, written: writtenBytes }]) => {
    const { read: reads, written: writes } = operations.get(device) ?? { read: 0, written: 0 };
    return present({ device, name: nameOf(device), readBytes, writtenBytes, reads, writes });
  });
}

export function ioFromV2(unified: Files, nameOf: DeviceName): readonly IoStatistics[] | undefined {
  const text = unified('io.stat');
  if (text === undefined) return undefined;
  return [...nestedNumbers(text)].map(([device, numbers]) =>
    present({
      device,
      name: nameOf(device),
      readBytes: numbers.get('rbytes') ?? 0,
      writtenBytes: numbers.get('wbytes') ?? 0,
      reads: numbers.get('rios') ?? 0,
      writes: numbers.get('wios') ?? 0,
    }),
  );
}
