/** Processes by pidfd, and the datagram of sd_notify(3). */
import { openSync } from 'node:fs';
import { native } from '../../lib/host/native';
import { failureOf, rejectionOf } from './failure';
import { Scratch, badDescriptor, ended, printed } from './scratch';

const scratch = new Scratch();
const noProcess = 4_194_304; // the kernel's own limit of pids

afterAll(() => scratch.dispose());

function startSleep(): { child: ReturnType<Scratch['start']>; pidfd: number } {
  const child = scratch.start('sleep', '60');
  return { child, pidfd: scratch.keep(native().openPidfd(child.pid)) };
}

describe('openPidfd', () => {
  test('a descriptor refers to one process', () => {
    const { pidfd } = startSleep();
    expect(() => native().signalPidfd(pidfd, 0)).not.toThrow();
  });

  test('a pid that no process has is ESRCH', () => {
    expect(failureOf(() => native().openPidfd(noProcess))).toEqual({
      errno: 'ESRCH',
      syscall: 'pidfd_open',
      path: String(noProcess),
    });
  });
});

describe('signalPidfd', () => {
  test('a signal reaches the process', async () => {
    const { child, pidfd } = startSleep();
    const exit = new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)));
    native().signalPidfd(pidfd, 15);
    expect(await exit).toBe('SIGTERM');
  });

  test('a process that is gone is ESRCH', async () => {
    const { child, pidfd } = startSleep();
    await ended(child);
    expect(failureOf(() => native().signalPidfd(pidfd, 9))).toEqual({
      errno: 'ESRCH',
      syscall: 'pidfd_send_signal',
    });
  });

  test('what is no descriptor is EBADF', () => {
    expect(failureOf(() => native().signalPidfd(badDescriptor, 9))).toEqual({
      errno: 'EBADF',
      syscall: 'pidfd_send_signal',
    });
  });
});

describe('waitPidfd', () => {
  test('it resolves when the process ends, and with false when the time does', async () => {
    const { child, pidfd } = startSleep();
    expect(await native().waitPidfd(pidfd, 0)).toBe(false);
    const start = Date.now();
    expect(await native().waitPidfd(pidfd, 40)).toBe(false);
    expect(Date.now() - start).toBeGreaterThanOrEqual(39);
    const end = native().waitPidfd(pidfd, 10_000);
    await ended(child);
    expect(await end).toBe(true);
    expect(await native().waitPidfd(pidfd, -1)).toBe(true);
  });

  test('many waiters leave the pool free', async () => {
    const { child, pidfd } = startSleep();
    const waiters = Array.from({ length: 16 }, () => native().waitPidfd(pidfd, 10_000));
    await native().killCgroups([], 0);
    await ended(child);
    expect(await Promise.all(waiters)).toEqual(Array.from({ length: 16 }, () => true));
  });

  test('what is no descriptor is EBADF', async () => {
    expect(await rejectionOf(native().waitPidfd(badDescriptor, 0))).toEqual({
      errno: 'EBADF',
      syscall: 'fcntl',
    });
  });
});

const receive = `
import socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1].replace('@', '\\0', 1))
print('bound', flush=True)
print(receiver.recv(100).decode(), flush=True)
`;

describe('sendDatagram', () => {
  test.each(['path', 'abstract'])('one datagram reaches a socket by %s', async (kind) => {
    const name = kind === 'path' ? scratch.at('notify') : `@tslxc-test-${process.pid}`;
    const receiver = scratch.start('python3', '-c', receive, name);
    expect(await printed(receiver)).toBe('bound\n');
    native().sendDatagram(name, 'READY=1\nSTATUS=läuft');
    expect(await printed(receiver)).toBe('READY=1\nSTATUS=läuft\n');
  });

  test('a missing socket is ENOENT', () => {
    const path = scratch.at('nobody');
    expect(failureOf(() => native().sendDatagram(path, 'READY=1'))).toEqual({
      errno: 'ENOENT',
      syscall: 'sendto',
      path,
    });
  });

  test('a path that is no socket is ECONNREFUSED', () => {
    const path = scratch.at('file');
    scratch.keep(openSync(path, 'w'));
    expect(failureOf(() => native().sendDatagram(path, 'READY=1'))).toEqual({
      errno: 'ECONNREFUSED',
      syscall: 'sendto',
      path,
    });
  });

  test('a name that does not fit is refused, never cut', () => {
    const path = `/${'x'.repeat(107)}`;
    expect(failureOf(() => native().sendDatagram(path, 'READY=1'))).toEqual({
      errno: 'ENAMETOOLONG',
      syscall: 'sendto',
      path,
    });
  });
});
