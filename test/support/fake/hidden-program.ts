/** Runs code of the built package on a machine that lacks a program: in a mount namespace that doesn't show it. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../process/run-command';

const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * An executable that can't be found is one that isn't there: a mount over its folder leaves the others out too. Where the
 * shell lies that does this, they stay.
 */
function hidingIn(folder: string, program: string): string {
  if (!readdirSync(folder).includes('sh')) return `mount -t tmpfs none ${folder}`;
  const layers = `lowerdir=${folder},upperdir=/mnt/upper,workdir=/mnt/work`;
  return [
    'mount -t tmpfs none /mnt',
    'mkdir /mnt/upper /mnt/work',
    `mount -t overlay -o ${layers} none ${folder}`,
    `rm -f ${folder}/${program}`,
  ].join(' && ');
}

/** What `body` returns, as JSON brings it back; `load(NAME)` in it is a module of dist/, `dist` being its folder. */
export function withoutProgram(program: string, body: string): unknown {
  const files = folders.filter((folder) => readdirSync(folder).includes(program));
  expect(files).not.toEqual([]);
  const hide = [...new Set(files)].map((folder) => hidingIn(folder, program)).join(' && ');
  const code = `const load = (name) => require(${JSON.stringify(join(packageRoot, 'dist'))} + '/' + name);
    (async () => { ${body} })().then((value) => console.log(JSON.stringify(value)));`;
  const argv = [
    '--mount',
    '--',
    'sh',
    '-c',
    `${hide} && exec "$@"`,
    'sh',
    process.execPath,
    '-e',
    code,
  ];
  return JSON.parse(execFileSync('unshare', argv, { encoding: 'utf8' })) as unknown;
}
