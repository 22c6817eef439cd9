/** The file that the `<log>` of a console names: what the console puts out is in it as well, in bounds, and nothing else is harmed. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  constants as flags,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Domain } from 'tslxc';
import { domainXml } from '../../support/domain/domain-xml';
import { makeBusyboxRoot } from '../../support/root/busybox-root';
import { eventually } from '../../support/time/eventually';
import { containerTest, rootAndConnection } from '../../support/world/container-test';

const megabyte = 2 ** 20;
/** Of one file. */
const most = 2 * megabyte;

const world = containerTest(
  async (keep) => {
    const tree = keep(await makeBusyboxRoot(['stty', 'seq', 'true']));
    return { ...(await rootAndConnection(keep)), tree: tree.path };
  },
  { per: 'file' },
);

const plain = "<console type='pty'/>";

/** A domain whose init is a script, or other words, with these consoles. */
function defined(
  name: string,
  script: string | readonly [string, ...string[]],
  consoles: string,
): Promise<Domain> {
  const words = typeof script === 'string' ? (['/bin/sh', '-c', script] as const) : script;
  const [init, ...initArguments] = words;
  const filesystems = [{ source: world.tree, target: '/' }];
  const xml = domainXml({ name, init, initArguments, filesystems });
  return world.connection.defineDomain(xml.replace(plain, consoles));
}

const withLog = (file: string, append = ''): string =>
  `<console type='pty'><log file='${file}'${append}/></console>`;

/** A folder of the test's own, and a file in it that is not there. */
function placeOf(name: string): { readonly folder: string; readonly file: string } {
  const folder = join(world.root.path, name);
  mkdirSync(folder);
  return { folder, file: join(folder, 'console.log') };
}

async function runOnce(domain: Domain): Promise<void> {
  await domain.start();
  await domain.wait();
}

test.each([
  ['on', " append='on'", 2],
  ['off', " append='off'", 1],
  ['nothing', '', 1],
])(
  'with append as %s the output of each run, or of the last, is there to the last byte',
  async (...row) => {
    const [name, append, runs] = row;
    const { file } = placeOf(`appended-${name}`);
    const script = 'echo begin; printf "no end"';
    const domain = await defined(`appended-${name}`, script, withLog(file, append));
    for (let run = 0; run < 2; run += 1) await runOnce(domain);
    expect(readFileSync(file, 'latin1')).toBe('begin\r\nno end'.repeat(runs));
    const { mode, uid, gid } = statSync(file);
    expect([mode & 0o7777, uid, gid]).toEqual([0o600, 0, 0]);
    // What `tslxc logs` shows is what it is without it.
    const lines: string[] = [];
    for await (const line of domain.logs()) lines.push(line);
    expect(lines).toEqual(['begin', 'no endbegin', 'no end']);
    await domain.undefine();
  },
);

test('one that is begun anew is there before anything is put out, without what was there', async () => {
  const { folder, file } = placeOf('stale');
  for (const ending of ['', '.0', '.2', '.3']) writeFileSync(`${file}${ending}`, 'stale');
  chownSync(file, 1000, 1000);
  const domain = await defined('fresh', 'true', withLog(file));
  await runOnce(domain);
  // The last is none of those that full files become.
  expect(readdirSync(folder).sort()).toEqual(['console.log', 'console.log.3']);
  expect(readFileSync(file, 'latin1')).toBe('');
  expect([statSync(file).mode & 0o7777, statSync(file).uid]).toEqual([0o600, 0]);
});

test('a start that fails leaves the log of the last one as it is, and what full ones have become', async () => {
  const { folder, file } = placeOf('kept');
  const names = ['console.log', 'console.log.0', 'console.log.2'];
  for (const name of names) writeFileSync(join(folder, name), `${name} of before`);
  const domain = await defined('kept', ['/bin/none'], withLog(file));
  await expect(domain.start()).rejects.toThrow("cannot find init path '/bin/none'");
  expect(readdirSync(folder).sort()).toEqual(names);
  for (const name of names) {
    expect(readFileSync(join(folder, name), 'latin1')).toBe(`${name} of before`);
  }
});

test('what a hard link in its place leads to is not written to when it is begun anew', async () => {
  const { folder, file } = placeOf('linked');
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'as it was');
  linkSync(victim, file);
  const domain = await defined('linked', 'printf "put out"', withLog(file));
  await runOnce(domain);
  expect(readFileSync(file, 'latin1')).toBe('put out');
  expect(readFileSync(victim, 'latin1')).toBe('as it was');
});

test('each console has its own', async () => {
  const { file } = placeOf('second');
  const script = 'echo to the first; echo to the second > /dev/tty2';
  const domain = await defined('second', script, plain + withLog(file));
  await runOnce(domain);
  expect(readFileSync(file, 'latin1')).toBe('to the second\r\n');
});

/** Whether it is the end of what `seq 1 last` prints, from the beginning of a line on. */
function isEndOf(text: string, last: number): boolean {
  const numbers = text.slice(text.indexOf('\n') + 1).split('\n');
  const first = Number(numbers[0]);
  const expected = Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
  return numbers.join('\n') === `${expected.join('\n')}\n`;
}

test('a full one is put aside, of which there are three, and nothing in between is missing', async () => {
  const { folder, file } = placeOf('rotated');
  // More than nine megabytes.
  const last = 1_300_000;
  const domain = await defined('rotated', `stty -opost; seq 1 ${last}`, withLog(file));
  await runOnce(domain);
  const names = ['console.log.2', 'console.log.1', 'console.log.0', 'console.log'];
  expect(readdirSync(folder).sort()).toEqual([...names].sort());
  const texts = names.map((name) => readFileSync(join(folder, name), 'latin1'));
  expect(texts.slice(0, 3).map(({ length }) => length)).toEqual([most, most, most]);
  expect(texts[3]?.length).toBeLessThanOrEqual(most);
  expect(isEndOf(texts.join(''), last)).toBe(true);
  expect(statSync(file).mode & 0o7777).toBe(0o600);
});

test('in a folder of another user a full one loses its older half', async () => {
  const { folder, file } = placeOf('foreign');
  chownSync(folder, 1000, 1000);
  const last = 400_000;
  const domain = await defined('foreign', `stty -opost; seq 1 ${last}`, withLog(file));
  await runOnce(domain);
  expect(readdirSync(folder)).toEqual(['console.log']);
  const text = readFileSync(file, 'latin1');
  expect(text.length).toBeLessThanOrEqual(most);
  expect(text.length).toBeGreaterThan(megabyte);
  expect(isEndOf(text, last)).toBe(true);
});

const log = 'domain/devices/console/log';

test.each([
  ['a link', /ELOOP/],
  ['a pipe', /EINVAL/],
  ['a directory', /EISDIR/],
  // Where the folder may have no devices, it can't be opened.
  ['a device', /EINVAL|EACCES/],
])('%s in its place is left alone, and the start refused', async (kind, errno) => {
  const { folder, file } = placeOf(`planted ${kind}`);
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'as it was');
  if (kind === 'a link') symlinkSync(victim, file);
  if (kind === 'a pipe') spawnSync('mkfifo', [file]);
  if (kind === 'a directory') mkdirSync(file);
  if (kind === 'a device') spawnSync('mknod', [file, 'c', '1', '3']);
  const planted = lstatSync(file).ino;
  const domain = await defined('planted', 'true', withLog(file));
  await expect(domain.start()).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
    message: expect.stringMatching(errno) as string,
    path: file,
    element: log,
    line: expect.any(Number) as number,
  });
  expect(await domain.state()).toMatchObject({ state: 'shutoff' });
  expect(lstatSync(file).ino).toBe(planted);
  expect(readFileSync(victim, 'latin1')).toBe('as it was');
  await domain.undefine();
});

test.each([
  ['the former file', ''],
  ['what a full one has become', '.1'],
])('where %s can’t be removed the start is refused, and it stays', async (_, ending) => {
  const { folder, file } = placeOf(`fixed${ending}`);
  const fixed = `${file}${ending}`;
  writeFileSync(fixed, 'as it was');
  const domain = await defined('fixed', 'echo put out', withLog(file));
  execFileSync('chattr', ['+a', fixed]);
  try {
    await expect(domain.start()).rejects.toMatchObject({
      code: 'SYSTEM_ERROR',
      message: expect.stringContaining('EPERM') as string,
      path: fixed,
      element: log,
      line: expect.any(Number) as number,
    });
  } finally {
    execFileSync('chattr', ['-a', fixed]);
  }
  expect(await domain.state()).toMatchObject({ state: 'shutoff' });
  expect(readdirSync(folder)).toEqual([`console.log${ending}`]);
  expect(readFileSync(fixed, 'latin1')).toBe('as it was');
  await domain.undefine();
});

/** The start of a domain is refused the log that another one has. */
async function expectRefused(domain: Domain, file: string, words: string): Promise<void> {
  await expect(domain.start()).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
    message: expect.stringContaining(words) as string,
    errno: constants.errno.EBUSY,
    path: file,
    element: log,
    line: expect.any(Number) as number,
    column: expect.any(Number) as number,
  });
  expect(await domain.state()).toMatchObject({ state: 'shutoff' });
}

test.each([
  ['on', " append='on'"],
  ['off', ''],
])('with append as %s one that a running domain has is refused to another', async (...row) => {
  const [name, append] = row;
  const { folder, file } = placeOf(`taken-${name}`);
  const ours = await defined(`first-${name}`, 'echo ours; exec cat', withLog(file));
  const theirs = await defined(`second-${name}`, 'echo theirs', withLog(file, append));
  await ours.start();
  await eventually(() => expect(readFileSync(file, 'latin1')).toBe('ours\r\n'));
  const { ino } = statSync(file);
  await expectRefused(theirs, file, `is that of domain 'first-${name}', which runs: EBUSY`);
  expect(readdirSync(folder)).toEqual(['console.log']);
  expect(statSync(file).ino).toBe(ino);
  expect(readFileSync(file, 'latin1')).toBe('ours\r\n');
  await ours.destroy();
  await runOnce(theirs);
  expect(readFileSync(file, 'latin1')).toMatch(/theirs\r\n$/);
});

test.each([
  ['on', " append='on'"],
  ['off', ''],
])('with append as %s the next start has it while readers are waited for', async (...row) => {
  const [name, append] = row;
  const { file } = placeOf(`again-${name}`);
  const domain = await defined(`again-${name}`, 'read line; echo END', withLog(file, append));
  await domain.start();
  const terminal = domain.consolePath() ?? '';
  // It reads nothing: the monitor stays for two seconds.
  const unread = openSync(terminal, flags.O_RDWR | flags.O_NOCTTY);
  try {
    writeSync(unread, '\r');
    await domain.wait();
    await domain.start();
    expect(await domain.state()).toMatchObject({ state: 'running' });
  } finally {
    closeSync(unread);
  }
  await domain.destroy();
});

test('the file after one that was put aside is refused to another, too', async () => {
  const { folder, file } = placeOf('taken-later');
  const script = 'stty -opost; seq 1 400000; exec cat';
  const ours = await defined('first-later', script, withLog(file));
  const theirs = await defined('second-later', 'true', withLog(file));
  await ours.start();
  await eventually(() => expect(readFileSync(file, 'latin1')).toMatch(/\n400000\n$/));
  expect(readdirSync(folder).sort()).toEqual(['console.log', 'console.log.0']);
  await expectRefused(theirs, file, "is that of domain 'first-later', which runs");
  await ours.destroy();
});

test('one that a program has locked is refused, as long as it has', async () => {
  const { file } = placeOf('locked');
  writeFileSync(file, '');
  const holder = spawn('flock', ['--exclusive', file, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const domain = await defined('locked', 'echo mine', withLog(file));
  const words = `the log ${file} is in use by another running domain or program: EBUSY`;
  await expectRefused(domain, file, words);
  const ended = once(holder, 'exit');
  holder.stdin.end();
  await ended;
  await runOnce(domain);
  expect(readFileSync(file, 'latin1')).toBe('mine\r\n');
});

test('a folder that is not there, or is none, is told of with the place of the element', async () => {
  const { folder, file } = placeOf('missing');
  const missing = await defined('missing', 'true', withLog(join(folder, 'none/console.log')));
  await expect(missing.start()).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
    message: expect.stringContaining('ENOENT') as string,
    path: join(folder, 'none'),
    element: log,
  });
  writeFileSync(file, '');
  const none = await defined('none', 'true', withLog(join(file, 'console.log')));
  await expect(none.start()).rejects.toMatchObject({ element: log });
  expect(existsSync(join(folder, 'none'))).toBe(false);
});
