/** Images of other formats than raw: qemu-nbd shows each as a network block device of the kernel. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describePlace, TslxcError } from '../../errors';
import { programPath, runProgram } from '../../host/program';
import { deviceNumbersOf } from './host-devices';
import { imageStep as step, type ImageServer } from './image-server';

const server = { program: 'qemu-nbd', package: 'qemu-utils', step } as const;

/** How long qemu-nbd may take to begin, and to write what it still has, in milliseconds. */
const patience = 10_000;

/** There while a process serves the device: it names that process. */
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
    // Its first process ends when the device is connected, and just before the other one serves it.
    await waitUntil(() => existsSync(serverOf(device)), `qemu-nbd does not serve /dev/${device}`);
    // It has to outlive the caller and what that was started by.
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

async function waitUntil(isDone: () => boolean, otherwise: string): Promise<void> {
  const until = performance.now() + patience;
  while (!isDone()) {
    if (performance.now() > until) {
      throw new TslxcError('OPERATION_FAILED', `${otherwise} (${step})`, { step });
    }
    await sleep(20);
  }
}
