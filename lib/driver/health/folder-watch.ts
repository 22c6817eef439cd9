/** Hears of changes in a folder, by inotify(7); where the kernel has no more of that to give, by the clock. */
import { watch } from 'node:fs';
import { basename } from 'node:path';

/** Without inotify, how often is looked, in milliseconds. */
const interval = 1000;

export interface WatchedFolder {
  readonly folder: string;
  /** Of which file in it the changes are of interest. Default: of all. */
  readonly file?: string;
}

/**
 * Calls `changed` after each change, several of which may have one call, and sometimes without any, until it is disposed of. Keeps
 * this process alive.
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
      // Its own name: the folder has been removed, and nothing more is heard of one that is made in its place.
      if (name === basename(folder)) goByClock();
      if (file === undefined || name === file) changed();
    });
  } catch {
    goByClock();
  }
  return { [Symbol.dispose]: () => stop() };
}
