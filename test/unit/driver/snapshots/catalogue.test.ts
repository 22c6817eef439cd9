/** What is on record of snapshots: what is read is what was written, and which of them descend from which. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { statePaths } from '../../../../lib/host/state/state-paths';
import {
  allCatalogues,
  cataloguePath,
  cataloguesIn,
  endChange,
  hasCatalogue,
  readCatalogue,
  snapshotNamed,
  writeCatalogue,
  type Catalogue,
  type Change,
} from '../../../../lib/driver/snapshots/catalogue';
import { treesFailpoints, reach } from '../../../../lib/driver/snapshots/failpoint';
import { descendantsOf } from '../../../../lib/driver/snapshots/remove';

const root = mkdtempSync(join(tmpdir(), 'tslxc-catalogue-'));
const paths = statePaths(root);
const identity = { name: 'web', uuid: '5c3f9a6e-2b1d-4c8f-9a70-1d2e3f4a5b6c' };

const snapshot = {
  name: 'before',
  state: 'shutoff',
  created: 1_700_000_000_000,
  xml: '<domain/>',
  trees: [{ target: '/', kind: 'directory', path: '/srv/web', kept: '/srv/web.snapshots/before' }],
} as const;

const change: Change = {
  ...{ stage: 'making', kind: 'snapshot', mark: 'a-mark' },
  ...{ staged: ['/srv/web.snapshots/.a-mark'], held: [], moves: [], discards: [] },
};

afterAll(() => rmSync(root, { recursive: true }));

test('a domain without a record has no snapshots, and none is made by a look', () => {
  expect(readCatalogue(paths, identity)).toEqual({ ...identity, snapshots: [] });
  expect(hasCatalogue(paths, identity)).toBe(false);
  expect(allCatalogues(paths)).toEqual([]);
});

test('what is read is what was written, under the name that the domain has by now', async () => {
  const catalogue: Catalogue = { ...identity, current: 'before', snapshots: [snapshot], change };
  await writeCatalogue(paths, catalogue);
  expect(readCatalogue(paths, identity)).toEqual(catalogue);
  expect(readCatalogue(paths, { ...identity, name: 'shop' })).toEqual({
    ...catalogue,
    name: 'shop',
  });
  expect(allCatalogues(paths)).toEqual([catalogue]);
  await endChange(paths, catalogue);
  expect(readCatalogue(paths, identity).change).toBeUndefined();
  expect(snapshotNamed(catalogue, 'before')).toBe(snapshot);
  expect(() => snapshotNamed(catalogue, 'after')).toThrow(
    expect.objectContaining({ code: 'NO_DOMAIN_SNAPSHOT' }) as Error,
  );
});

test('a clone that is being made is found without a look at the snapshots of others', async () => {
  const other = { name: 'copy', uuid: '0b1c2d3e-4f5a-4b6c-8d7e-9fa0b1c2d3e4' };
  const cloning: Catalogue = { ...other, snapshots: [], change: { ...change, kind: 'clone' } };
  await writeCatalogue(paths, { ...identity, snapshots: [snapshot] });
  await writeCatalogue(paths, cloning);
  expect(cataloguesIn(paths, 'clones')).toEqual([cloning]);
  expect([hasCatalogue(paths, other), readCatalogue(paths, other)]).toEqual([true, cloning]);
  expect(allCatalogues(paths)).toHaveLength(2);
  await endChange(paths, cloning);
  expect([hasCatalogue(paths, other), hasCatalogue(paths, identity)]).toEqual([false, true]);
});

test('without snapshots and without a change there is no file', async () => {
  await writeCatalogue(paths, { ...identity, snapshots: [] });
  expect(existsSync(cataloguePath(paths, identity.uuid))).toBe(false);
});

test('what something else has written is refused, and not overwritten by a look at all', () => {
  const path = cataloguePath(paths, identity.uuid);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '{');
  expect(() => readCatalogue(paths, identity)).toThrow(`${path} is damaged`);
  expect(allCatalogues(paths)).toEqual([]);
  rmSync(path);
});

test('who descends from whom', () => {
  const tree = [
    { name: 'a' },
    { name: 'b', parent: 'a' },
    { name: 'c', parent: 'b' },
    { name: 'd', parent: 'a' },
    { name: 'e' },
  ];
  const of = (name: string): string[] => [...descendantsOf(tree, name)].sort();
  expect(of('a')).toEqual(['b', 'c', 'd']);
  expect(of('b')).toEqual(['c']);
  expect(of('e')).toEqual([]);
});

describe('failpoints', () => {
  afterEach(() => {
    delete process.env['TSLXC_TREES_FAILPOINT'];
  });

  test('each can fail, and an unknown one is an error', () => {
    for (const point of treesFailpoints) {
      process.env['TSLXC_TREES_FAILPOINT'] = `${point}=fail`;
      expect(() => reach(point)).toThrow(`failpoint ${point}`);
    }
    process.env['TSLXC_TREES_FAILPOINT'] = 'trees:nowhere=fail';
    expect(() => reach('trees:after-copy')).toThrow(RangeError);
  });
});
