/** Watches a folder for changes, by inotify(7); if the kernel has no watches left, by a timer. */
import { watch } from 'node:fs';
import { basename } from 'node:path';

/** Milliseconds between the calls without inotify. */
const interval = 1000;

export interface WatchedFolder {
  readonly folder: string;
  /** The file in it whose changes are reported. Default: all. */
  readonly file?: string;
}

/**
 * Calls `changed` after each change, until it is disposed of. Several changes may be reported by one call, and some calls are
 * without a change. Keeps this process alive.
 */
export function watchFolder({ folder, file }: WatchedFolder, changed: () => void): Disposable {
  let stop = (): void => undefined;
  const goByClock = (): void => {
    stop();
    const timer = setInterval(changed, interval);
    stop = () => clearInterval(timer);
  };
  try {
    const watcher = watch(folder);
    stop = () => watcher.close();
    watcher.on('error', goByClock);
    watcher.on('change', (_, name) => {
      // Its own name: the folder has been removed, and inotify reports nothing about a folder that is made in its place.
      if (name === basename(folder)) goByClock();
      if (file === undefined || name === file) changed();
    });
  } catch {
    goByClock();
  }
  return { [Symbol.dispose]: () => stop() };
}
