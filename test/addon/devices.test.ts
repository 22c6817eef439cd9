/** Device programs of v2 cgroups: what a rule allows can be opened, everything else is EPERM. */
import { native } from '../../lib/host/native';
import type { DeviceRule } from '../../lib/host/native';
import { CgroupTree, unified, moveTo } from './cgroup-tree';
import { Scratch, printed } from './scratch';

const scratch = new Scratch();
const trees: CgroupTree[] = [];

afterAll(async () => {
  await scratch.dispose();
  for (const tree of trees) tree.dispose();
});

function newTree(): CgroupTree {
  if (unified === undefined) throw new Error('this host has no v2 tree');
  const tree = new CgroupTree(unified);
  trees.push(tree);
  return tree;
}

const limit = (path: string, rules: readonly DeviceRule[]): Promise<void> =>
  native().applyCgroupSteps([{ step: 'devices', path, rules }]);

const attempts = `
read _
try() { if (eval "$2") 2> "$errors"; then echo "$1"; fi; }
exec 2>&1
try 'read zero' 'exec 3< /dev/zero'
try 'write zero' 'exec 3> /dev/zero'
try 'read null' 'exec 3< /dev/null'
try 'read full' 'exec 3< /dev/full'
try 'mknod char' 'mknod "$folder/char" c 1 5'
try 'mknod block' 'mknod "$folder/block" b 7 250'
echo done`;

/** What a process in the cgroup may do. */
async function allowed(path: string): Promise<string[]> {
  const folder = scratch.at(`nodes-${trees.length}-${Math.random()}`);
  const script = `folder='${folder}'; errors='${folder}/errors'; mkdir "$folder"; ${attempts}`;
  const child = scratch.start('sh', '-c', script);
  moveTo(path, child.pid);
  child.stdin?.write('\n');
  let text = '';
  while (!text.endsWith('done\n')) text += await printed(child);
  return text.trim().split('\n').slice(0, -1);
}

const everything = [
  'read zero',
  'write zero',
  'read null',
  'read full',
  'mknod char',
  'mknod block',
];

test('without a program everything is allowed', async () => {
  expect(await allowed(newTree().path)).toEqual(everything);
});

test('without a rule nothing is allowed', async () => {
  const { path } = newTree();
  await limit(path, []);
  expect(await allowed(path)).toEqual([]);
});

test('a rule allows its device, for its access', async () => {
  const { path } = newTree();
  await limit(path, [
    { type: 'c', major: 1, minor: 5, access: 'r' },
    { type: 'c', major: 1, minor: 3, access: 'rwm' },
  ]);
  expect(await allowed(path)).toEqual(['read zero', 'read null']);
});

test('-1 is any number, and type a any type', async () => {
  const { path } = newTree();
  await limit(path, [{ type: 'c', major: 1, minor: -1, access: 'r' }]);
  expect(await allowed(path)).toEqual(['read zero', 'read null', 'read full']);
  const other = newTree().path;
  await limit(other, [{ type: 'a', major: -1, minor: -1, access: 'm' }]);
  expect(await allowed(other)).toEqual(['mknod char', 'mknod block']);
  const block = newTree().path;
  await limit(block, [{ type: 'b', major: 7, minor: 250, access: 'rwm' }]);
  expect(await allowed(block)).toEqual(['mknod block']);
});

test('a rule that allows everything may be followed by others', async () => {
  const { path } = newTree();
  await limit(path, [
    { type: 'a', major: -1, minor: -1, access: 'rwm' },
    { type: 'c', major: 1, minor: 5, access: 'r' },
  ]);
  expect(await allowed(path)).toEqual(everything);
});

test('later rules replace earlier ones', async () => {
  const { path } = newTree();
  await limit(path, [{ type: 'c', major: 1, minor: 5, access: 'r' }]);
  await limit(path, [{ type: 'c', major: 1, minor: 7, access: 'r' }]);
  expect(await allowed(path)).toEqual(['read full']);
  await limit(path, [{ type: 'a', major: -1, minor: -1, access: 'rwm' }]);
  expect(await allowed(path)).toEqual(everything);
});

test('a cgroup below may restrict further, and no less', async () => {
  const tree = newTree();
  const below = tree.make('below');
  await limit(tree.path, [{ type: 'c', major: 1, minor: -1, access: 'r' }]);
  await limit(below, [{ type: 'c', major: 1, minor: 5, access: 'rw' }]);
  expect(await allowed(below)).toEqual(['read zero']);
});

test('hundreds of rules are one program', async () => {
  const { path } = newTree();
  const rules = Array.from(
    { length: 500 },
    (_, minor) => ({ type: 'c', major: 200, minor, access: 'rwm' }) as const,
  );
  await limit(path, [...rules, { type: 'c', major: 1, minor: 7, access: 'r' }]);
  expect(await allowed(path)).toEqual(['read full']);
});
