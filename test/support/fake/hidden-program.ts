/** Runs code of the built package on a machine that lacks a program: in a mount namespace that doesn't show it. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../process/run-command';

const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** What `body` returns, as JSON brings it back; `load(NAME)` in it is a module of dist/, `dist` being its folder. */
export function withoutProgram(program: string, body: string): unknown {
  const files = folders.filter((folder) => readdirSync(folder).includes(program));
  expect(files).not.toEqual([]);
  // An executable that can't be found is one that isn't there: a mount over its folder leaves the others out too.
  const hide = [...new Set(files)].map((folder) => `mount -t tmpfs none ${folder}`).join(' && ');
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
