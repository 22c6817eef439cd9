/**
 * Finds monitors and keepers whose records are gone, so that no domain and no network knows of them any more. Only a lock
 * file that has been deleted while its holder lives shows that. A process that no record names may belong to a root that
 * can't be seen from here, may still wait for its plan, or may bring a command into a container. Only reads.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { fileError, saysEnded } from '../../host/state/file-error';
import { networkPaths, runPaths, statePaths } from '../../host/state/state-paths';
import { warn } from './check';
import type { HostCheck } from './check';

interface Kind {
  readonly program: string;
  /** The first argument. Attendants, fitters and restarts have the name of a monitor, and another first argument. */
  readonly argument: string;
  /** The name of the lock file that it holds. */
  readonly lock: string;
  readonly owner: 'domain' | 'network';
}

const anyRoot = statePaths('/');

const kinds: readonly Kind[] = [
  {
    program: 'tslxc-monitor',
    argument: '--name',
    lock: basename(runPaths(anyRoot, '-').monitorLock),
    owner: 'domain',
  },
  {
    program: 'tslxc-keeper',
    argument: '--keep',
    lock: basename(networkPaths(anyRoot, '-').keeperLock),
    owner: 'network',
  },
];

export function checkProcesses(): HostCheck[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(checkProcess);
}

/** A process that ends while it is looked at is no leftover. */
function checkProcess(pid: string): HostCheck[] {
  try {
    const [program, ...words] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const kind = kinds.find((one) => one.program === program && one.argument === words[0]);
    if (kind === undefined || !isLeft(pid, kind)) return [];
    const line = [program, ...words].join(' ').trim();
    const found = `${pid} (${line}) belongs to no ${kind.owner}: its ${kind.lock} was deleted`;
    return [warn('leftover.process', found, `kill -9 ${pid}`)];
  } catch (error) {
    if (saysEnded(error)) return [];
    const { message } = fileError(error, 'look for leftovers');
    const found = `it is unknown whether process ${pid} is left over: ${message}`;
    return [warn('leftover.unknown', found, 'leave it; mend that, then tslxc doctor again')];
  }
}

function isLeft(pid: string, { lock, owner }: Kind): boolean {
  const deleted = `/${lock} (deleted)`;
  const isDeleted = readdirSync(`/proc/${pid}/fd`).some((fd) =>
    targetOf(pid, fd).endsWith(deleted),
  );
  // A monitor without a child is about to exit: its container has ended, and another process has cleaned up.
  return isDeleted && (owner === 'network' || hasChild(pid));
}

/** Empty for a descriptor that has just been closed. */
function targetOf(pid: string, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch (error) {
    if (saysEnded(error)) return '';
    throw error;
  }
}

function hasChild(pid: string): boolean {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1') !== '';
}
