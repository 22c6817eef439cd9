/**
 * The monitor's executable as a descriptor that no container can write through. It is opened in a detached
 * read-only overlay of its folder: /proc/PID/exe then leads to a file without a writable mount, and all
 * monitors share the pages of one file. If the kernel refuses the overlay, a sealed copy in memory is used.
 */
import { openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { requireBuilt, monitorPath } from './package-paths';
import { native } from './native';
import { O_PATH } from './state/open-flags';

// mount_setattr(2)
const MOUNT_ATTR_RDONLY = 0x1;
const MOUNT_ATTR_NOSUID = 0x2;
const MOUNT_ATTR_NODEV = 0x4;

let opened: number | undefined;

/** O_PATH descriptor of the monitor, opened once in a process and kept open. Throws NATIVE_NOT_BUILT if there is none. */
export function monitorExecutable(): number {
  opened ??= openMonitor();
  return opened;
}

function openMonitor(): number {
  requireBuilt();
  try {
    return openInOverlay();
  } catch {
    return native().sealedCopy(monitorPath);
  }
}

/** Without an upper layer, overlayfs needs two lower layers; the second can be any. */
function openInOverlay(): number {
  const layers = [dirname(monitorPath), __dirname];
  const overlay = native().makeFilesystem(
    'overlay',
    [`lowerdir=${layers.map(escapeLayer).join(':')}`],
    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
  );
  try {
    return openSync(`/proc/self/fd/${overlay}/${basename(monitorPath)}`, O_PATH);
  } finally {
    native().closeDescriptor(overlay);
  }
}

/** Escapes colons, which separate layers, and backslashes (overlayfs.rst). */
function escapeLayer(path: string): string {
  return path.replace(/[\\:]/g, '\\$&');
}
