/** Has the health of a container watched by the watcher of its root, which outlives this process, and is started if none runs. */
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { DomainDefinition } from '../../domain/definition';
import { commandPath } from '../../host/package-paths';
import type { Session } from '../session/session';
import { request } from './requests';
import { isWatched, lockEnvironment, tryTakeWatch } from './watcher-lock';

/** The PATH that the monitor gives `tslxc reap`, too: nothing is taken from this process's environment. */
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

type Watched = Pick<DomainDefinition, 'name' | 'extension'>;

/**
 * For a container that runs. Does nothing for one without a check or with a watcher, and on a read-only connection. If no watcher
 * can be asked or started, that is logged: the container runs all the same.
 */
export function ensureHealthWatcher(session: Session, { name, extension }: Watched): void {
  if (extension.health === undefined || session.access !== 'read-write') return;
  const { paths } = session;
  const failed = (error: unknown): void => {
    session.logger.error({ err: error, domain: name }, 'nothing watches the health of a container');
  };
  try {
    if (isWatched(paths, name)) return;
    // In this order: a watcher that is about to end releases its lock, and then looks for requests once more.
    request(paths, name);
    // Taken here and passed on, so that no second watcher is started while the first one starts up.
    const lock = tryTakeWatch(paths);
    if (lock === undefined) return;
    try {
      execute(session, lock).on('error', failed).unref();
    } finally {
      closeSync(lock);
    }
  } catch (error) {
    failed(error);
  }
}

function execute({ paths }: Session, lock: number): ReturnType<typeof spawn> {
  return spawn(process.execPath, [commandPath, 'watch-health'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', lock],
    cwd: '/',
    env: { PATH: path, TSLXC_ROOT: paths.root, ...lockEnvironment },
  });
}
