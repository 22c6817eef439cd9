/** Copies of trees with hard links: however deep they lie, and however many they are. */
import {
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { native } from '../../lib/host/native';
import { Scratch, pathOnly } from './scratch';

const scratch = new Scratch();
const deep: string[] = [];

// rm() of node:fs takes no path that is that long.
afterAll(async () => {
  for (const top of deep) {
    await native().removeTree(scratch.open(dirname(top)), { name: basename(top) }, -1);
  }
  await scratch.dispose();
});

/** Two that may hold such paths. */
function twoFolders(): [string, string] {
  const both: [string, string] = [scratch.at(`${deep.length}`), scratch.at(`${deep.length + 1}`)];
  for (const path of both) mkdirSync(path);
  deep.push(...both);
  return both;
}

/** A folder below `top` at more than the 4,096 bytes of a path, through a descriptor. */
function deepFolder(top: string): string {
  const folders = Array.from({ length: 9 }, () => 'd'.repeat(200)).join('/');
  return [1, 2, 3].reduce((above) => {
    mkdirSync(`${above}/${folders}`, { recursive: true });
    return `/proc/self/fd/${scratch.open(`${above}/${folders}`, pathOnly)}`;
  }, top);
}

/** In bytes, of this process. */
function mostMemory(): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}

const copy = (from: string, to: string): Promise<void> =>
  native().copyTree(scratch.open(from), { into: scratch.open(to) }, -1);

const owned = (path: string): string => {
  const { mode, uid, gid, mtimeMs, nlink } = lstatSync(path);
  return [mode.toString(8), uid, gid, mtimeMs, nlink].join(' ');
};

test('hard links below a path that no call takes are links in the copy, and nothing else is in it', async () => {
  const [from, to] = twoFolders();
  const low = deepFolder(from);
  writeFileSync(`${low}/first`, 'text');
  linkSync(`${low}/first`, `${low}/second`);
  chownSync(from, 7, 8);
  utimesSync(from, 1_300_000_000, 1_300_000_000);
  await copy(from, to);
  const copied = deepFolder(to);
  const same = ['first', 'second'].map((name) => statSync(`${copied}/${name}`).ino);
  expect(new Set(same).size).toBe(1);
  expect(statSync(`${copied}/first`).nlink).toBe(2);
  expect(readdirSync(to)).toEqual(readdirSync(from));
  expect(owned(to)).toBe(owned(from));
});

test('hard links take no memory, however many and deep they are', async () => {
  const [from, to] = twoFolders();
  const low = deepFolder(from);
  const count = 5000;
  for (let file = 0; file < count; file += 1) {
    writeFileSync(`${low}/${file}`, '');
    linkSync(`${low}/${file}`, `${low}/again-${file}`);
  }
  // Of the most that this process has used, the kernel forgets what was before.
  writeFileSync('/proc/self/clear_refs', '5');
  const before = mostMemory();
  await copy(from, to);
  // Their paths alone take five times as much.
  expect(mostMemory() - before).toBeLessThan(count * 1024);
  expect(readdirSync(deepFolder(to)).length).toBe(2 * count);
});
