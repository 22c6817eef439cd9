/** The table of a busybox root, and the script in it. */
import { execFileSync } from 'node:child_process';
import { dirname, join, normalize } from 'node:path';
import { appletGroups, applets, busyboxTree } from '../../../lib/rootfs/busybox-tree';
import { udhcpcScript } from '../../../lib/rootfs/udhcpc-script';
import { seedApplets } from '../../support/root/busybox-root';

const paths = busyboxTree.map(({ path }) => path);

test('every entry is named once, and stands after its folder', () => {
  expect(new Set(paths).size).toBe(paths.length);
  for (const [index, path] of paths.entries()) {
    expect(normalize(path)).toBe(path);
    expect(path).toMatch(/^[^/.]/);
    if (!path.includes('/')) continue;
    const folder = busyboxTree.findIndex((entry) => entry.path === dirname(path));
    expect(busyboxTree[folder]?.kind).toBe('folder');
    expect(folder).toBeLessThan(index);
  }
});

test('no link leads out of the root, and those of the tree to what is there', () => {
  for (const entry of busyboxTree) {
    if (entry.kind !== 'link') continue;
    expect(entry.target).not.toMatch(/^\//);
    const goal = join(dirname(entry.path), entry.target);
    expect([...paths, 'bin/busybox']).toContain(goal);
  }
});

test('all commands of libvirt’s example are linked, and what its network section types', () => {
  for (const applet of [...seedApplets, 'ifconfig', 'route', 'ping', 'udhcpc']) {
    expect(applets).toContain(applet);
  }
});

test('every group of commands has a reason', () => {
  for (const { why, applets: group } of appletGroups) {
    expect(why).not.toBe('');
    expect(group.length).toBeGreaterThan(0);
  }
});

test('temporary folders are for every user, root’s home is not', () => {
  const modes = busyboxTree.map((entry) => [entry.path, entry.kind === 'folder' && entry.mode]);
  expect(Object.fromEntries(modes)).toMatchObject({
    tmp: 0o1777,
    'var/tmp': 0o1777,
    root: 0o700,
    etc: 0o755,
  });
});

test('the script of udhcpc is a shell script, and uses no command that the root lacks', () => {
  expect(udhcpcScript).toMatch(/^#!\/bin\/sh\n/);
  execFileSync('/bin/sh', ['-n'], { input: udhcpcScript });
  const builtIn = ['set', 'while', 'for', 'if', 'case', 'exit', 'do', 'done', 'fi', 'esac'];
  const firstWords = udhcpcScript
    .split('\n')
    .map((line) => /^\t+(?:if |while |! )*([a-z[]+) /.exec(line)?.[1] ?? '')
    .filter((word) => word !== '' && !builtIn.includes(word));
  expect([...new Set(firstWords)].sort()).toEqual(['[', 'echo', 'ip', 'printf']);
  for (const word of [...firstWords, 'grep', 'sh']) expect(applets).toContain(word);
});
