/** What the kernel says to be mounted in a running container: without a look at the container's files. */
import { readFileSync } from 'node:fs';
import { isInitOf } from '../init/init-process';
import type { MountRecord } from '../record/live-undo';
import type { RunningRecord } from '../record/run-state';

/**
 * The file system whose mount point is `target` itself, with no link on the way: the last that was mounted there. Undefined
 * when there is none. Its root has any inode.
 */
export function mountedAt(running: RunningRecord, target: string): MountRecord | undefined {
  const lines = readMounts(running).split('\n');
  const found = lines.findLast((line) => pathIn(line.split(' ')[4] ?? '') === target);
  const [major, minor] = (found?.split(' ')[2] ?? '').split(':').map(Number);
  if (major === undefined || minor === undefined) return undefined;
  return { target, device: String(deviceNumber(major, minor)), inode: '0' };
}

function readMounts(running: RunningRecord): string {
  try {
    const text = readFileSync(`/proc/${running.init}/mountinfo`, 'utf8');
    // The number could be another process's by now.
    return isInitOf(running) ? text : '';
  } catch {
    return '';
  }
}

/** Spaces and the like are octal there. */
function pathIn(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** makedev(3). */
function deviceNumber(major: number, minor: number): bigint {
  const [high, low] = [BigInt(major), BigInt(minor)];
  return (
    ((high & 0xfffff000n) << 32n) |
    ((high & 0xfffn) << 8n) |
    ((low & 0xffffff00n) << 12n) |
    (low & 0xffn)
  );
}
