/** The keeper of a program, and callers that are killed while it comes up. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmdirSync,
  writeSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { constants as system } from 'node:os';
import { text } from 'node:stream/consumers';
import { SyscallError } from '../../lib/errors';
import { monitorExecutable } from '../../lib/host/executable';
import { native } from '../../lib/host/native';
import { networkPaths, statePaths } from '../../lib/host/state/state-paths';
import { startKeeper } from '../../lib/network/dnsmasq/keeper';
import { eventually } from '../support/time/eventually';
import { makeTestRoot } from '../support/root/test-root';

/** Starts the keeper of a program; resolves with the descriptor of the channel to it. */
function keep(program: readonly string[], descriptors: readonly number[]): Promise<number> {
  return native().startMonitor({
    executable: monitorExecutable(),
    argv: [
      ...['tslxc-keeper', '--keep', '--name', 'lan', '--lock', 'keeper.lock', '--pid', 'pid'],
      ...['--daemon-pid', 'own-pid', '--descriptors', String(descriptors.length), '--'],
      ...program,
    ],
    cgroups: [],
    leafCgroup: -1,
    plan: new Uint8Array(),
    descriptors,
  });
}

test('a keeper and its program have the capabilities that dnsmasq needs, and no others', async () => {
  const root = await makeTestRoot();
  const folder = join(root.path, 'network');
  mkdirSync(folder);
  const [lock, told] = [join(folder, 'keeper.lock'), join(folder, 'told')];
  const directory = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  const log = openSync(join(folder, 'log'), 'a', 0o600);
  const script = `cat /proc/self/status > ${told}.new; mv ${told}.new ${told}; exec sleep 1000`;
  const channel = await keep(['/bin/sh', '-c', script], [directory, log]);
  await eventually(() => expect(existsSync(told)).toBe(true));
  const keeper = Number(readFileSync(lock, 'latin1'));
  // CHOWN, DAC_OVERRIDE, KILL, SETGID, SETUID, NET_BIND_SERVICE, NET_ADMIN, NET_RAW
  const needed = '00000000000034e3';
  for (const status of [`/proc/${keeper}/status`, told]) {
    const sets = readFileSync(status, 'latin1').match(/^Cap(?!Inh|Amb)\w+:\t\w+$/gm);
    expect(sets).toEqual([`CapPrm:\t${needed}`, `CapEff:\t${needed}`, `CapBnd:\t${needed}`]);
  }
  process.kill(keeper, 'SIGKILL');
  await eventually(() => expect(isLocked(lock)).toBe(false));
  native().closeDescriptor(channel);
  for (const fd of [directory, log]) closeSync(fd);
  await root.remove();
});

test('a program whose pid can not be written for a while is kept, and its pid is written then', async () => {
  const root = await makeTestRoot();
  const folder = join(root.path, 'network');
  // In the place of the file that becomes the pid file.
  const draft = join(folder, '.pid.new');
  mkdirSync(draft, { recursive: true });
  const directory = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  const log = openSync(join(folder, 'log'), 'a', 0o600);
  const script = `sleep 1000 & echo $! > ${join(folder, 'own-pid')}`;
  const channel = await keep(['/bin/sh', '-c', script], [directory, log]);
  const socket = new Socket({ fd: channel, readable: true, writable: false });
  expect(await text(socket)).toBe('started\n');
  expect(readFileSync(join(folder, 'log'), 'latin1')).toMatch(
    /^\S+ could not write its pid, and tries again\nopenat pid: Is a directory\n$/,
  );
  rmdirSync(draft);
  const pid = join(folder, 'pid');
  await eventually(() => expect(existsSync(pid)).toBe(true));
  const program = `/proc/${readFileSync(pid, 'latin1').trim()}/cmdline`;
  expect(readFileSync(program, 'latin1')).toBe('sleep\x001000\0');
  const lock = join(folder, 'keeper.lock');
  process.kill(Number(readFileSync(lock, 'latin1')), 'SIGTERM');
  await eventually(() => expect(isLocked(lock)).toBe(false));
  expect(existsSync(pid)).toBe(false);
  for (const fd of [directory, log]) closeSync(fd);
  await root.remove();
});

test('a keeper whose caller was killed before it had its lock starts nothing', async () => {
  const root = await makeTestRoot();
  const folder = join(root.path, 'network');
  mkdirSync(folder);
  const [gate, marker, lock] = ['gate', 'marker', 'keeper.lock'].map((name) => join(folder, name));
  const closed = closedGate(gate ?? '');
  const directory = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  const log = openSync(join(folder, 'log'), 'a', 0o600);
  // It writes to what it takes for the tasks of a cgroup, and waits until another process reads.
  const channel = await keep(['/usr/bin/touch', marker ?? ''], [directory, log, closed.writer]);
  native().closeDescriptor(channel);
  expect(existsSync(lock ?? '')).toBe(false);
  closed.open();
  // It makes the file, locks it, and writes its pid: before that it may be unlocked because it is not locked yet.
  await eventually(() => expect(readFileSync(lock ?? '', 'latin1')).toMatch(/^\d+\n$/));
  await eventually(() => expect(isLocked(lock ?? '')).toBe(false));
  expect(existsSync(marker ?? '')).toBe(false);
  for (const fd of [directory, log]) closeSync(fd);
  await root.remove();
});

test('a keeper that is killed before it is one has ended without an error message, which is what the error says', async () => {
  const root = await makeTestRoot();
  const paths = networkPaths(statePaths(root.path), 'lan');
  mkdirSync(paths.directory, { recursive: true });
  // What the addon says when stage 0 ends by a signal: too early for a test to send one.
  const error = new SyscallError({
    errno: system.errno.ECHILD,
    syscall: 'waitpid',
    path: 'stage 0',
  });
  const spawn = jest.spyOn(native(), 'startMonitor').mockRejectedValue(error);
  const step = 'start the program';
  await expect(
    startKeeper(paths, { argv: ['/bin/true'], name: 'lan', step }),
  ).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message:
      'operation failed: true: its keeper ended without an error message (start the program)',
    step,
  });
  spawn.mockRestore();
  await root.remove();
});

/** A pipe in which there is no room until `open`. */
function closedGate(path: string): { readonly writer: number; open(): void } {
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const filler = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const block = Buffer.alloc(4096);
  try {
    for (;;) writeSync(filler, block);
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('EAGAIN');
  }
  const writer = openSync(path, constants.O_WRONLY);
  const open = (): void => {
    readSync(reader, Buffer.alloc(2 * block.length));
    for (const fd of [filler, writer]) closeSync(fd);
    // Not the reader, until it has come: who writes would be told that no process reads.
    while (!readTo(reader, block)) execFileSync('sleep', ['0.01']);
    closeSync(reader);
  };
  return { writer, open };
}

/** Whether what is in the pipe ends with something else than what has filled it. */
function readTo(reader: number, block: Buffer): boolean {
  try {
    while (readSync(reader, block) > 0) if (block.some((byte) => byte !== 0)) return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
  return false;
}

function isLocked(path: string): boolean {
  const fd = openSync(path, constants.O_RDWR);
  try {
    return native().isByteLocked(fd, 0);
  } finally {
    closeSync(fd);
  }
}
