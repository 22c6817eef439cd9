/** Starts the process that watches the health of a container, which outlives this one. */
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { DomainDefinition } from '../../domain/definition';
import { commandPath } from '../../host/package-paths';
import type { Session } from '../session/session';
import { lockEnvironment, tryTakeWatch } from './watcher-lock';

/** As the monitor's last act: nothing of this process's environment. */
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

type Watched = Pick<DomainDefinition, 'name' | 'extension'>;

/**
 * Does nothing for a container without a check or with a watcher, and on a read-only connection. One that can't be started is logged:
 * the container runs all the same.
 */
export function startWatcher(session: Session, { name, extension }: Watched): void {
  if (extension.health === undefined || session.access !== 'read-write') return;
  const failed = (error: unknown): void => {
    session.logger.error({ err: error, domain: name }, 'nothing watches the health of a container');
  };
  try {
    // Taken here and handed over, so that no second one is started while the first one begins.
    const lock = tryTakeWatch(session.paths, name);
    if (lock === undefined) return;
    try {
      execute(session, name, lock).on('error', failed).unref();
    } finally {
      closeSync(lock);
    }
  } catch (error) {
    failed(error);
  }
}

function execute({ paths }: Session, name: string, lock: number): ReturnType<typeof spawn> {
  return spawn(process.execPath, [commandPath, 'watch-health', '--', name], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', lock],
    cwd: '/',
    env: { PATH: path, TSLXC_ROOT: paths.root, ...lockEnvironment },
  });
}
