/** A root of its own for tslxc's state, so that a test meets no other's domains; gone at the end with all in it. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { statePaths } from '../../../lib/host/state/state-paths';
import { TslxcError, connect } from 'tslxc';
import { eventually } from '../time/eventually';
import { environmentOf, listProcesses, readProcess } from '../process/processes';
import { removeTree } from './remove-tree';

export interface TestRoot extends AsyncDisposable {
  /** For `connect(undefined, { root: path })`, `runCommand(…, { root: path })` and TSLXC_ROOT. */
  readonly path: string;
  /** Destroys the containers and networks that run under it, then removes it. */
  remove(): Promise<void>;
}

export async function makeTestRoot(): Promise<TestRoot> {
  const path = await mkdtemp('/var/tmp/tslxc-');
  const remove = async (): Promise<void> => {
    await destroyAll(path);
    // Of a domain that is none any more the last word may still be on its way into the log.
    if (existsSync(statePaths(path).logs))
      await eventually(() => expect(reapersOf(path)).toEqual([]));
    await removeTree(path);
  };
  return { path, remove, [Symbol.asyncDispose]: remove };
}

async function destroyAll(root: string): Promise<void> {
  const { domains, networks } = statePaths(root);
  if (isEmpty(domains) && isEmpty(networks)) return;
  const names = existsSync(domains) ? readdirSync(domains) : [];
  await using connection = await connect(undefined, { root });
  // Also what is about to start again: that is not running either.
  for (const domain of await connection.listDomains()) await domain.destroy().catch(unlessEnded);
  // A monitor without an owner has the last word, as `tslxc reap`, also when another has cleaned up.
  for (const name of names) await eventually(() => expect(lastWordsOf(name)).toEqual([]));
  if (isEmpty(networks)) return;
  for (const network of await connection.listNetworks({ state: 'active' })) {
    await network.destroy().catch(unlessEnded);
  }
}

/** What is left of its monitor. */
function lastWordsOf(name: string): string[] {
  return listProcesses().flatMap((pid) => {
    const { words } = readProcess(pid);
    const isMonitor = words.slice(0, 3).join(' ') === `tslxc-monitor --name ${name}`;
    const isReap = words.at(-2) === 'reap' && words.at(-1) === name;
    return isMonitor || isReap ? [`${pid} ${words.join(' ')}`] : [];
  });
}

/** The processes that clean up below this root, or check the health of what ran there. */
function reapersOf(root: string): number[] {
  return listProcesses().filter((pid) => {
    const { words } = readProcess(pid);
    const isOurs = words.includes('reap') || words.includes('watch-health');
    return isOurs && environmentOf(pid).includes(`TSLXC_ROOT=${root}`);
  });
}

function isEmpty(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0;
}

/** The container may have ended by itself, or been ended by another process. */
function unlessEnded(error: unknown): void {
  if (!TslxcError.is(error) || error.code !== 'OPERATION_INVALID') throw error;
}
