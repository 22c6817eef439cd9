/** Suspends the host for a while: its real-time clock wakes it. */
import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TslxcError } from '../../errors';
import { fileError, naming } from '../state/file-error';
import { readAttribute } from './attribute';

/** To memory; to disk; or to both, so that the host also wakes after a loss of power. */
export type SuspendTarget = 'mem' | 'disk' | 'hybrid';

/** Where the kernel takes orders; tests have files of their own there. */
export interface SleepFolders {
  readonly power: string;
  readonly clock: string;
}

const kernelFolders: SleepFolders = { power: '/sys/power', clock: '/sys/class/rtc/rtc0' };

const words: Readonly<Record<SuspendTarget, string>> = {
  mem: 'Suspend-to-RAM',
  disk: 'Suspend-to-Disk',
  hybrid: 'Hybrid-Suspend',
};

const targets: readonly SuspendTarget[] = ['mem', 'disk', 'hybrid'];

const shortest = 60;
const step = 'suspend the host';

/** What the kernel can suspend this host to. */
export function suspendTargets({ power }: SleepFolders = kernelFolders): SuspendTarget[] {
  const states = wordsOf(join(power, 'state'));
  const modes = wordsOf(join(power, 'disk'));
  const can: Readonly<Record<SuspendTarget, boolean>> = {
    mem: states.includes('mem'),
    disk: states.includes('disk'),
    hybrid: states.includes('disk') && modes.includes('suspend'),
  };
  return targets.filter((target) => can[target]);
}

/**
 * Resolves when the host runs again.
 *
 * @throws TslxcError INVALID_ARG for less than 60 seconds; ARGUMENT_UNSUPPORTED when the host can't be suspended like
 * that; SyscallError when its clock can't wake it: it is then not suspended.
 */
export async function suspendHost(
  { target, seconds }: { readonly target: SuspendTarget; readonly seconds: number },
  folders: SleepFolders = kernelFolders,
): Promise<void> {
  if (!(seconds >= shortest)) {
    const detail = `Suspend duration is too short, must be at least ${String(shortest)} seconds`;
    throw new TslxcError('INVALID_ARG', detail);
  }
  if (!suspendTargets(folders).includes(target)) throw unsupported(target);
  const { power, clock } = folders;
  const state = target === 'mem' ? 'mem' : 'disk';
  const alarm = join(clock, 'wakealarm');
  // An alarm that is already set has to be cleared first.
  order(alarm, '0');
  order(alarm, `+${String(Math.floor(seconds))}`);
  const former = target === 'hybrid' ? chosen(join(power, 'disk')) : undefined;
  try {
    if (target === 'hybrid') order(join(power, 'disk'), 'suspend');
    await writeFile(join(power, 'state'), state).catch((error: unknown) => {
      throw fileError(naming(join(power, 'state'), error), step);
    });
  } catch (error) {
    order(alarm, '0');
    throw error;
  } finally {
    if (former !== undefined) order(join(power, 'disk'), former);
  }
}

function unsupported(target: SuspendTarget): TslxcError {
  return new TslxcError('ARGUMENT_UNSUPPORTED', words[target]);
}

function order(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw fileError(naming(path, error), step);
  }
}

function read(path: string): string {
  // Without the file, the kernel can't be suspended at all.
  return readAttribute(path) ?? '';
}

/** `freeze mem disk`, or with what is chosen in brackets. */
function wordsOf(path: string): string[] {
  return read(path).trim().replace(/[[\]]/g, '').split(/\s+/);
}

function chosen(path: string): string | undefined {
  return /\[(\w+)\]/.exec(read(path))?.[1];
}
