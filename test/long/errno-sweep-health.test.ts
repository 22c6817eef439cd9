/**
 * Every read of state of the watcher of health fails with every errno that says nothing of the state: no container is killed for it, no
 * check is called off, and the next check is right. How many were tried is printed: a third, or what TSLXC_TEST_SLICE says.
 */
import { connect } from 'tslxc';
import type { Domain, HealthInfo } from 'tslxc';
import { readRecord } from '../../lib/host/state/record-file';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { readsWhile, whileInjected } from '../support/errno/injection';
import type { Injection } from '../support/errno/injection';
import { sweep } from '../support/errno/points';
import type { Tried } from '../support/errno/points';
import { hasEnded } from '../support/process/processes';
import { onlyWatcherOf } from '../support/process/watchers';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';

const minutes = 60_000;
/** Milliseconds, for `eventually`: the pauses of a watcher whose checks fail are among them. */
const patience = 10_000;

const [watched, newcomer] = ['errno-watched', 'errno-newcomer'];

const world = containerTest(
  async (keep) => {
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    const define = (name: string): Promise<Domain> =>
      connection.defineDomain({
        name,
        memory: '100MiB',
        init: '/bin/sh',
        // Guarded, as everything that would end the host.
        args: ['-c', '[ $$ = 1 ] || exit; while :; do sleep 1; done'],
        privateNetwork: true,
        // The first check that fails kills it.
        health: { exec: ['true'], interval: 100, retries: 1, action: 'restart' },
      });
    const domain = await define(watched);
    await domain.start({ ownership: 'leave' });
    return { root, domain, other: await define(newcomer) };
  },
  { per: 'file' },
);

/** What is on record: reading it asks no process for anything. */
function recorded(name: string): HealthInfo | undefined {
  const { health } = runPaths(statePaths(world.root.path), name);
  return (readRecord(health) as { readonly health: HealthInfo } | undefined)?.health;
}

const checkedAt = (name: string): number => recorded(name)?.checkedAt ?? 0;

/** After so many checks, or so many calls that have failed, everything that a check reads has been read. */
const [checks, failures] = [3, 2];

async function untilChecked(name: string, times: number, enough = () => false): Promise<void> {
  let [last, seen] = [checkedAt(name), 0];
  await eventually(() => {
    const now = checkedAt(name);
    if (now !== last) seen += 1;
    last = now;
    if (seen < times && !enough()) throw new Error(`'${name}' was checked ${seen} times`);
  }, patience);
}

const onlyWatcher = (): Promise<number> => onlyWatcherOf(world.root.path, patience);

const isBelow = (path: string, places: readonly string[]): boolean =>
  places.some((place) => path === place || path.startsWith(`${place}/`));

/** What was wrong, once no call fails any more. */
async function faultsOf(name: string, init: number): Promise<string[]> {
  const faults: string[] = [];
  const isHealthy = async (): Promise<string[]> => {
    await untilChecked(name, 1);
    const { state } = recorded(name) ?? { state: 'nothing' };
    return state === 'healthy' ? [] : [`found ${state}`];
  };
  if (hasEnded(init)) faults.push(`killed: ${JSON.stringify(recorded(name))}`);
  faults.push(...(await isHealthy().catch(() => ['called off: it is checked no more'])));
  if (hasEnded(init) && faults.length === 0) faults.push('killed afterwards');
  return faults;
}

test(
  'each read of a check that fails is no failure of the container, and the checks go on',
  async () => {
    const { root, domain } = world;
    const { run, definitions } = statePaths(root.path);
    const init = await initOf(watched);
    const id = domain.id ?? 0;
    const places = [run, definitions, `/proc/${init}`, `/proc/${id}`];
    const isState = (path: string): boolean =>
      isBelow(path, places) || (path.startsWith('/sys/fs/cgroup/') && path.includes(`/${watched}`));
    await untilChecked(watched, 1);
    const watcher = await onlyWatcher();
    const { reads } = await readsWhile(watcher, isState, () => untilChecked(watched, checks));
    expect(reads.length).toBeGreaterThan(5);
    const tryOne = async (injection: Injection): Promise<Tried> => {
      const at = { init: await initOf(watched), id: domain.id ?? 0 };
      const path = injection.path
        ?.replace(`/proc/${init}`, `/proc/${at.init}`)
        .replace(`/proc/${id}`, `/proc/${at.id}`);
      const now = path === undefined ? injection : { ...injection, path };
      const { count } = await whileInjected(await onlyWatcher(), now, (failed) =>
        untilChecked(watched, checks, () => failed() >= failures || hasEnded(at.init)),
      );
      return { count, faults: await faultsOf(watched, at.init) };
    };
    expect(await sweep('a check', reads, tryOne)).toEqual([]);
  },
  240 * minutes,
);

test(
  'each read that fails when another container is started calls no check off',
  async () => {
    const { root, other } = world;
    const { run, definitions } = statePaths(root.path);
    const isState = (path: string): boolean =>
      isBelow(path, [run, definitions]) && !path.includes(watched);
    const begin = async (): Promise<void> => {
      await other.start({ ownership: 'leave' });
    };
    const { reads } = await readsWhile(await onlyWatcher(), isState, async () => {
      await begin();
      await untilChecked(newcomer, 1);
    });
    await other.destroy();
    expect(reads.length).toBeGreaterThan(5);
    const tryOne = async (injection: Injection): Promise<Tried> => {
      const { count } = await whileInjected(await onlyWatcher(), injection, async (failed) => {
        await begin();
        await untilChecked(newcomer, checks, () => failed() >= failures);
      });
      const faults = await faultsOf(newcomer, await initOf(newcomer));
      await other.destroy();
      return { count, faults };
    };
    expect(await sweep('the first check', reads, tryOne)).toEqual([]);
  },
  240 * minutes,
);
