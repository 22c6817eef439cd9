/** mkroot: what it says while it works, at the end, and when it can't. */
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../run-main';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'mkroot-')));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('it tells what it does, and what the definition needs', async () => {
  const root = join(folder, "it's");
  const { status, stdout, stderr, connects } = await run(['mkroot', root]);
  expect({ status, stderr, connects }).toEqual({ status: 0, stderr: '', connects: [] });
  expect(stdout).toMatch(/^copying \/[a-z/]*busybox, and linking its commands\n/);
  expect(stdout.split('\n').slice(1)).toEqual([
    `Root file system '${root}' made. What a domain needs to start in it:`,
    'Its <init> is /bin/sh, and its <devices> have:',
    "<filesystem type='mount'>",
    `  <source dir='${folder}/it&apos;s'/>`,
    "  <target dir='/'/>",
    '</filesystem>',
    '',
    '',
  ]);
  expect(existsSync(join(root, 'bin/sh'))).toBe(true);
});

test('-q says nothing', async () => {
  const ran = await run(['-q', 'mkroot', '--busybox', join(folder, 'root')]);
  expect(ran).toMatchObject({ status: 0, stdout: '', stderr: '' });
});

test('a directory whose name begins with a dash, from the working directory', async () => {
  const before = process.cwd();
  process.chdir(folder);
  try {
    expect((await run(['mkroot', '-r'])).status).toBe(0);
    expect((await run(['mkroot', '--', '--root'])).status).toBe(0);
  } finally {
    process.chdir(before);
  }
  expect(readdirSync(folder).sort()).toEqual(['--root', '-r']);
});

test.each<[string, string]>([
  ['', "command 'mkroot' requires <directory> option"],
  ['x --debian', 'expected syntax: --debian <string>'],
  ['x --busybox --debian sid', 'Options --busybox and --debian are mutually exclusive'],
  ['x y', "unexpected data 'y'"],
  ['x --bogus', "command 'mkroot' doesn't support option --bogus"],
])('mkroot %s', async (words, message) => {
  const ran = await run(`mkroot ${words}`.trim());
  expect(ran).toMatchObject({ status: 1, stdout: expect.any(String) as string });
  expect(ran.stderr).toBe(`error: ${message}\n`);
});

test('a refusal is two lines', async () => {
  const missing = join(folder, 'no', 'root');
  expect(await run(['mkroot', missing])).toMatchObject({
    status: 1,
    stdout: '\n',
    stderr:
      `error: Failed to make the root file system '${missing}'\n` +
      `error: invalid argument: '${missing}' can't be made: there is no directory ${join(folder, 'no')}\n`,
  });
  const ran = await run(['mkroot', join(folder, 'root'), '--debian=--help']);
  expect(ran.stderr).toMatch(/\nerror: invalid argument: "--help" is not a Debian suite: .*\n$/);
});

test('a signal ends it with its status, nothing made and no listener left', async () => {
  const signals = new EventEmitter();
  const running = run(['mkroot', join(folder, 'root')], { signals });
  setImmediate(() => signals.emit('SIGTERM', 'SIGTERM'));
  const ran = await running;
  expect(ran.status).toBe(143);
  expect(ran.stderr).toMatch(/^interrupted: nothing was left in place of '.*'\n$/);
  expect(readdirSync(folder)).toEqual([]);
  expect(signals.eventNames()).toEqual([]);
});
