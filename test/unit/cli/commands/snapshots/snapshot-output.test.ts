/** What the verbs of snapshots print, as virsh does: lists and trees. */
import { childrenIn, descendantsIn, treeLines } from '../../../../../lib/cli/output/tree';
import { localTimeWithZone } from '../../../../../lib/cli/output/words/local-time';
import type { SnapshotInfo } from '../../../../../lib/index';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { withSnapshots } from '../../../../support/fake/connection/fake-snapshots';
import { run } from '../../run-main';

const all = [
  { name: 'base' },
  { name: 'one', parent: 'base' },
  { name: 'deep', parent: 'one' },
  { name: 'deep2', parent: 'one' },
  { name: 'two', parent: 'base' },
  { name: 'three', parent: 'two' },
  { name: 'other' },
];

test('each tree is drawn as virsh 11.3 draws it, with its spaces', () => {
  expect(treeLines(all)).toEqual([
    'base',
    '  |',
    '  +- one',
    '  |   |',
    '  |   +- deep',
    '  |   +- deep2',
    '  |     ',
    '  +- two',
    '      |',
    '      +- three',
    '        ',
    'other',
    '',
  ]);
});

test('from one on it is a tree of its own', () => {
  expect(treeLines(all, { name: 'two', parent: 'base' })).toEqual([
    'two',
    '  |',
    '  +- three',
    '    ',
  ]);
  expect(treeLines(all, { name: 'three', parent: 'two' })).toEqual(['three', '']);
});

test('what is filtered out leaves its children as roots', () => {
  const left = all.filter(({ name }) => name !== 'base' && name !== 'one');
  expect(treeLines(left).filter((line) => line.trim() !== '')).toEqual([
    'deep',
    'deep2',
    'two',
    '  |',
    '  +- three',
    'other',
  ]);
});

test('children are the next, and descendants are all below', () => {
  expect(childrenIn(all, 'base').map(({ name }) => name)).toEqual(['one', 'two']);
  expect(descendantsIn(all, 'base').map(({ name }) => name)).toEqual([
    ...['one', 'deep', 'deep2', 'two', 'three'],
  ]);
});

describe('snapshot-list', () => {
  const created = 1_700_000_000_000;
  const time = localTimeWithZone(created);
  const snapshots = all.map((one): SnapshotInfo => ({
    ...{ ...one, name: one.name === 'two' ? 'Two' : one.name },
    ...(one.parent === 'two' ? { parent: 'Two' } : {}),
    ...{ state: 'shutoff', created, isCurrent: one.name === 'deep', paths: [] },
  }));
  const listed = (words: string): ReturnType<typeof run> =>
    run(`-q snapshot-list web ${words}`, {
      connection: withSnapshots(new FakeConnection([{ name: 'web' }]), { web: snapshots }),
    });

  test.each([
    ['--name', 'base\ndeep\ndeep2\none\nother\nthree\nTwo\n'],
    ['--name --topological', 'base\none\ndeep\ndeep2\nTwo\nthree\nother\n'],
    ['--name --parent --from base', 'one\tbase\nTwo\tbase\n'],
    ['--name --parent --leaves', 'deep\tone\ndeep2\tone\nother\nthree\tTwo\n'],
    ['--name --from one --descendants', 'deep\ndeep2\n'],
    ['--name --current', ''],
    ['--from Two', ` three   ${time}   shutoff\n`],
    ['--parent --from Two', ` three   ${time}   shutoff   Two\n`],
    ['--tree --from Two', 'Two\n  |\n  +- three\n    \n'],
  ])('%s', async (words, stdout) => {
    expect(await listed(words)).toMatchObject({ status: 0, stdout, stderr: '' });
  });

  test.each([
    ['--tree --name', 'Options --tree and --name are mutually exclusive'],
    ['--tree --internal', 'Options --internal and --tree are mutually exclusive'],
    ['--from one --current', '--from and --current are mutually exclusive'],
    ['--descendants', '--descendants requires either --from or --current'],
    ['--from none', "Domain snapshot not found: no domain snapshot with matching name 'none'"],
  ])('%s is refused', async (words, message) => {
    expect(await listed(words)).toMatchObject({ status: 1, stderr: `error: ${message}\n` });
  });
});
