/** A tree in which something is mounted is not copied without its files: snapshots, clones and reverts are refused, naming the mount. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import type { Domain } from 'tslxc';
import { ownTreeWorld, refused } from '../support/domain/own-tree-world';
import { runProgram } from '../support/process/run-command';

const { at, defineRoot, defineLayer, strayFolders } = ownTreeWorld();

interface Tree {
  readonly define: (name: string) => Promise<Domain>;
  /** What is copied, and where the copies are. */
  readonly tree: string;
  readonly kept: string;
}

const trees: readonly (readonly [string, Tree])[] = [
  ['a root', { define: defineRoot, tree: 'mounted', kept: 'mounted.snapshots' }],
  [
    'a layer',
    { define: defineLayer, tree: 'upper-mounted/upper', kept: 'upper-mounted/snapshots' },
  ],
];

async function mounted<T>(place: string, action: () => Promise<T>): Promise<T> {
  const elsewhere = at('elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(`${elsewhere}/file`, 'of another tree');
  expect((await runProgram(['mount', '--bind', elsewhere, place])).code).toBe(0);
  try {
    return await action();
  } finally {
    await runProgram(['umount', place]);
  }
}

test.each(trees)(
  '%s with a mount in it is kept by no snapshot, and the error names the mount',
  async (_what, { define, tree, kept }) => {
    const domain = await define('mounted');
    const place = at(tree, 'srv/mounted here');
    mkdirSync(place, { recursive: true });
    await mounted(place, async () => {
      const words = `${place} is mounted in '${at(tree)}': what is in it could not be copied`;
      const unsupported = refused('OPERATION_UNSUPPORTED', words);
      await expect(domain.snapshots.create({ name: 'first' })).rejects.toEqual(unsupported);
      await expect(domain.clone('mounted-too')).rejects.toEqual(unsupported);
      expect(await domain.snapshots.list()).toEqual([]);
      expect(readFileSync(`${place}/file`, 'utf8')).toBe('of another tree');
    });
    expect([existsSync(at(kept)), strayFolders()]).toEqual([false, []]);
    // Without the mount both are made, and have all of it.
    writeFileSync(`${place}/own`, '');
    await domain.snapshots.create({ name: 'first' });
    expect(readdirSync(at(kept, 'first/srv/mounted here'))).toEqual(['own']);
    await domain.clone('mounted-too');
  },
);
