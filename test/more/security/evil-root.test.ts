/**
 * Root file systems of a hostile author: whatever lies where a start expects a directory or a file, the start mounts the
 * thing inside or refuses by name, soon, and the host is as before. Recipe T5 of the threat catalogue.
 */
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import { containerTest, nothing } from '../../support/world/container-test';
import { someOf } from '../../support/time/repeats';
import { makeTestRoot } from '../../support/root/test-root';
import { UnsafePackage } from '../../support/probe/unsafe-package';
import { Canary } from '../../security/canary';
import { EvilRoots, namesOf, touchedPaths } from './evil-root';
import type { Attack, Outcome } from './evil-root';
import { linksOut, tricks } from './tricks';
import type { Trick } from './tricks';

const longest = 5000;
/** Starts that are under way at once. */
const width = 4;

// The library of the control keeps its monitor's executable open.
containerTest(nothing, { per: 'file', watch: ['/etc', '/var/lib'], except: ['descriptors'] });

function attacks(paths: readonly string[], all: Readonly<Record<string, Trick>>): Attack[] {
  return paths.flatMap((path, row) =>
    Object.values(all).map((trick, column) => ({ name: `evil-${row}-${column}`, path, trick })),
  );
}

async function run(
  connection: Connection,
  roots: EvilRoots,
  list: readonly Attack[],
): Promise<Outcome[]> {
  const waiting = [...list];
  const outcomes: Outcome[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      outcomes.push(await roots.attack(connection, next));
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return outcomes;
}

/** Where a start makes what is missing, and so leaves a trace where it is led to. */
const folders = ['/volumes', '/volumes/directory', '/volumes/directory/deep'];

describe('a hostile root file system (T5)', () => {
  test.each(touchedPaths)('at %s gets no start to touch the host', async (path) => {
    await using canary = new Canary();
    await using roots = new EvilRoots(canary);
    await using root = await makeTestRoot();
    await using connection = await connect(undefined, { root: root.path });
    const tried = someOf(attacks([path], tricks), touchedPaths.indexOf(path));
    const outcomes = await run(connection, roots, tried);
    expect(outcomes).toHaveLength(tried.length);
    expect(tried.length).toBeGreaterThan(0);
    expect(canary.changes()).toEqual({});
    expect(outcomes.filter(({ milliseconds }) => milliseconds > longest)).toEqual([]);
    expect(outcomes.filter(({ mountinfo = '' }) => mountinfo.includes('tslxc-canary'))).toEqual([]);
    const unclear = outcomes.filter(
      ({ refusal }) =>
        refusal !== undefined && !namesOf(path).some((name) => refusal.includes(name)),
    );
    expect(unclear).toEqual([]);
  });

  test('control: paths that are resolved as on the host reach the canary', async () => {
    using unsafe = await UnsafePackage.make('naive paths');
    const naive = await unsafe.connect();
    await using canary = new Canary();
    await using roots = new EvilRoots(canary);
    await using root = await makeTestRoot();
    await using connection = await naive(undefined, { root: root.path });
    const list = attacks(folders, linksOut);
    await run(connection, roots, list);
    const hits = list.filter(({ name }) => name in canary.changes());
    expect([...new Set(hits.map(({ path }) => path))]).toEqual(folders);
  });
});
