/** Images of other formats than raw: qemu-nbd shows each as a network block device of the kernel. */
import { closeSync, constants, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { constants as system } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describePlace, TslxcError } from '../../errors';
import { programPath, runProgram } from '../../host/program';
import { fileError, hasErrno } from '../../host/state/file-error';
import { deviceNumbersOf } from './host-devices';
import { imageStep as step, type ImageServer } from './image-server';

const server = { program: 'qemu-nbd', package: 'qemu-utils', step } as const;

/** How long qemu-nbd may take to start, and to write what is pending, in milliseconds. */
const patience = 10_000;

/** A file that exists while a process serves the device, and names that process. */
const serverOf = (device: string): string => `/sys/block/${device}/pid`;

export const nbdDevices: ImageServer = {
  require: async ({ source, place }) => {
    programPath(server);
    if (existsSync('/sys/block/nbd0')) return;
    const load = { program: 'modprobe', package: 'kmod', args: ['nbd'], step };
    const reason = await runProgram(load).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (existsSync('/sys/block/nbd0')) return;
    const details = { step, element: place.path, ...place.position };
    const detail = `this kernel has no network block devices (nbd), which the image ${source} needs`;
    throw new TslxcError('OPERATION_UNSUPPORTED', `${detail} (${describePlace(details)})`, {
      ...details,
      cause: reason,
    });
  },
  free: function* () {
    for (let number = 0; existsSync(`/sys/block/nbd${number}`); number += 1) {
      if (!existsSync(serverOf(`nbd${number}`))) yield `nbd${number}`;
    }
  },
  numbersOf: (device) => deviceNumbersOf(readFileSync(`/sys/block/${device}/dev`, 'latin1')),
  attach: async ({ device, source, access, format = 'raw', cgroups }) => {
    const readOnly = access === 'readOnly' ? ['--read-only'] : [];
    // As libvirt does: what the container has written is in the image, and not in memory.
    const how = [`--format=${format}`, '--cache=none', ...readOnly];
    await runProgram({ ...server, args: [...how, `--connect=/dev/${device}`, source] });
    // The first process of qemu-nbd ends when the device is connected, just before the second one serves it.
    await waitUntil(() => existsSync(serverOf(device)), `qemu-nbd does not serve /dev/${device}`);
    // The server has to outlive the caller, and whatever started the caller.
    const pid = readFileSync(serverOf(device), 'latin1').trim();
    for (const path of cgroups) writeFileSync(path, pid);
  },
  detach: async (device) => {
    if (!existsSync(serverOf(device))) return;
    await runProgram({ ...server, args: ['--disconnect', `/dev/${device}`] });
    const detail = `qemu-nbd has not let go of /dev/${device}`;
    await waitUntil(() => !existsSync(serverOf(device)), detail);
  },
};

/** @throws TslxcError OPERATION_FAILED when the file system on the device is in use for longer than `within` milliseconds. */
export async function untilUnmounted(device: string, within: number): Promise<void> {
  const detail =
    `the file system on /dev/${device} is still mounted, or a process of the host has a file of it open: it has to be ` +
    'unmounted before its image is let go of';
  await waitUntil(() => !isMounted(device), detail, within);
}

/** open(2): with O_EXCL a block device that is mounted is busy. */
function isMounted(device: string): boolean {
  if (!existsSync(serverOf(device))) return false;
  try {
    closeSync(openSync(`/dev/${device}`, constants.O_RDONLY | constants.O_EXCL));
    return false;
  } catch (error) {
    if (hasErrno(error, system.errno.EBUSY)) return true;
    throw fileError(error, step);
  }
}

async function waitUntil(
  isDone: () => boolean,
  otherwise: string,
  within = patience,
): Promise<void> {
  const until = performance.now() + within;
  while (!isDone()) {
    if (performance.now() > until) {
      throw new TslxcError('OPERATION_FAILED', `${otherwise} (${step})`, { step });
    }
    await sleep(20);
  }
}
