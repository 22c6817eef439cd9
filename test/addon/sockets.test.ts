/** Local sockets: who is at the other end, and bytes and descriptors that come and go by them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { native } from '../../lib/host/native';
import { eventually } from '../support/time/eventually';
import { failureOf } from './failure';

/** Receives one descriptor by the socket 3, and reads the file that it is. */
const receiver = `
import array, os, socket
peer = socket.socket(fileno=3)
message, ancillary, flags, address = peer.recvmsg(1, socket.CMSG_SPACE(4))
(level, kind, data), = ancillary
descriptor = array.array('i', data)[0]
print(len(message), os.pread(descriptor, 100, 0).decode(), end='')
`;

describe('peerCredentials', () => {
  test('the process at the other end of a pair is the one that has made it', () => {
    const [one, other] = native().makePair('socket');
    try {
      const { pid } = process;
      expect(native().peerCredentials(one)).toEqual({ pid, uid: 0, gid: 0 });
    } finally {
      closeAll(one, other);
    }
  });

  test('what is no socket has no other end', () => {
    const [read, write] = native().makePair('pipe');
    try {
      expect(() => native().peerCredentials(read)).toThrow(
        expect.objectContaining({
          syscall: 'getsockopt',
          errno: constants.errno.ENOTSOCK,
        }) as Error,
      );
    } finally {
      closeAll(read, write);
    }
  });
});

describe('sendDescriptor', () => {
  test('another process gets a descriptor by one byte, and reads by it what it cannot name', async () => {
    const [ours, theirs] = native().makePair('socket');
    const child = spawn('python3', ['-c', receiver], {
      stdio: ['ignore', 'pipe', 'inherit', theirs],
    });
    native().closeDescriptor(theirs);
    let said = '';
    child.stdout?.on('data', (bytes: Buffer) => (said += bytes.toString()));
    const file = openSync('/tmp', 0o20200002, 0o600);
    writeSync(file, 'without a name');
    expect(native().sendDescriptor(ours, file)).toBe(true);
    closeSync(file);
    await once(child, 'close');
    native().closeDescriptor(ours);
    expect(said).toBe('1 without a name');
  });

  test('a socket that is full takes no descriptor, and does not hold up the caller', () => {
    const [one, other] = native().makePair('socket');
    try {
      let sent = 0;
      while (native().sendDescriptor(one, other)) sent += 1;
      expect(sent).toBeGreaterThan(0);
      expect(native().sendDescriptor(one, other)).toBe(false);
    } finally {
      closeAll(one, other);
    }
  });

  test('a socket whose other end is gone is an error', () => {
    const [one, other] = native().makePair('socket');
    native().closeDescriptor(other);
    try {
      expect(() => native().sendDescriptor(one, one)).toThrow(
        expect.objectContaining({ syscall: 'sendmsg', errno: constants.errno.EPIPE }) as Error,
      );
    } finally {
      closeAll(one);
    }
  });
});

describe('sendTo', () => {
  test('bytes are sent as far as there is room, and the caller is not held up', () => {
    const [one, other] = native().makePair('socket');
    try {
      expect(native().sendTo(one, Buffer.from('first'))).toBe(5);
      expect(native().receiveFrom(other, 0)?.bytes).toEqual(Buffer.from('first'));
      const large = Buffer.alloc(2 ** 22, 'x');
      let sent = 0;
      for (;;) {
        const more = native().sendTo(one, large.subarray(sent));
        if (more === 0) break;
        sent += more;
      }
      expect(sent).toBeGreaterThan(0);
      expect(sent).toBeLessThan(large.length);
      let received = 0;
      while (received < sent) received += native().receiveFrom(other, 0)?.bytes.length ?? 0;
      expect(received).toBe(sent);
      expect(native().sendTo(one, Buffer.from('again'))).toBe(5);
    } finally {
      closeAll(one, other);
    }
  });

  test('a socket whose other end is gone is an error', () => {
    const [one, other] = native().makePair('socket');
    native().closeDescriptor(other);
    try {
      expect(failureOf(() => native().sendTo(one, Buffer.from('x')))).toEqual({
        errno: 'EPIPE',
        syscall: 'send',
      });
    } finally {
      closeAll(one);
    }
  });
});

describe('receiveFrom', () => {
  test('bytes come with the descriptors that were sent with them, which are the receiver’s', () => {
    const [one, other] = native().makePair('socket');
    const path = join(mkdtempSync(join(tmpdir(), 'tslxc-socket-')), 'file');
    const file = openSync(path, 'w');
    try {
      expect(native().receiveFrom(one, 3)).toBeUndefined();
      writeSync(other, 'before');
      for (let count = 0; count < 2; count += 1) native().sendDescriptor(other, file);
      // What comes at once ends with the first byte that brings one.
      const first = native().receiveFrom(one, 3);
      expect(first?.bytes).toEqual(Buffer.from('before\0'));
      const second = native().receiveFrom(one, 3);
      expect(second?.bytes).toEqual(Buffer.from('\0'));
      const got = [...(first?.descriptors ?? []), ...(second?.descriptors ?? [])];
      expect(got.map((fd) => readlinkSync(`/proc/self/fd/${fd}`))).toEqual([path, path]);
      expect(got.map(isClosedOnExec)).toEqual([true, true]);
      closeAll(...got, other);
      expect(native().receiveFrom(one, 3)).toEqual({ bytes: Buffer.alloc(0), descriptors: [] });
    } finally {
      closeSync(file);
      closeAll(one);
      rmSync(dirname(path), { recursive: true });
    }
  });

  test('more than may be are refused, and closed', () => {
    const [one, other] = native().makePair('socket');
    const path = join(mkdtempSync(join(tmpdir(), 'tslxc-socket-')), 'file');
    const file = openSync(path, 'w');
    try {
      native().sendDescriptor(other, file);
      expect(failureOf(() => native().receiveFrom(one, 0))).toEqual({
        errno: 'EMSGSIZE',
        syscall: 'recvmsg',
      });
      expect(openAt(path)).toEqual([file]);
    } finally {
      closeSync(file);
      closeAll(one, other);
      rmSync(dirname(path), { recursive: true });
    }
  });

  test('of what is no socket nothing can be received', () => {
    const [read, write] = native().makePair('pipe');
    try {
      expect(failureOf(() => native().receiveFrom(read, 0))).toEqual({
        errno: 'ENOTSOCK',
        syscall: 'recvmsg',
      });
    } finally {
      closeAll(read, write);
    }
  });
});

describe('closeElsewhere', () => {
  test('each is closed, though one is not open', async () => {
    const [one, other] = native().makePair('socket');
    // What a file system says of its own file can't be had here.
    native().closeElsewhere([1_000_000, one]);
    await eventually(() =>
      expect(failureOf(() => native().sendDescriptor(other, other))).toEqual({
        errno: 'EPIPE',
        syscall: 'sendmsg',
      }),
    );
    closeAll(other);
  });

  test('where one can not be a descriptor none is closed', () => {
    const [one, other] = native().makePair('socket');
    expect(() => native().closeElsewhere([one, -2])).toThrow('descriptors');
    expect(native().peerCredentials(one)).toMatchObject({ pid: process.pid });
    closeAll(one, other);
  });
});

describe('watchReadable', () => {
  test('it tells of what there is to read while it is on, and of the other end that is gone', async () => {
    const [one, other] = native().makePair('socket');
    const seen: string[] = [];
    const watch = native().watchReadable(one, () => {
      const bytes = native().receiveFrom(one, 0)?.bytes;
      seen.push(bytes?.toString() ?? 'nothing');
      if (bytes?.length === 0) native().changeWatch(watch, 'ended');
    });
    try {
      writeSync(other, 'first');
      await turns();
      expect(seen).toEqual([]);
      native().changeWatch(watch, 'on');
      await eventually(() => expect(seen).toEqual(['first']));
      native().changeWatch(watch, 'off');
      writeSync(other, 'second');
      await turns();
      expect(seen).toEqual(['first']);
      native().changeWatch(watch, 'on');
      await eventually(() => expect(seen).toEqual(['first', 'second']));
      closeAll(other);
      await eventually(() => expect(seen).toEqual(['first', 'second', '']));
      await turns();
      expect(seen).toHaveLength(3);
    } finally {
      native().changeWatch(watch, 'ended');
      closeAll(one);
    }
  });

  test('all that was sent is there to be read when the other end has left an answer unread', async () => {
    const [one, other] = native().makePair('socket');
    let count = 0;
    let isGone = false;
    const watch = native().watchReadable(one, () => {
      try {
        const bytes = native().receiveFrom(one, 0)?.bytes;
        count += bytes?.length ?? 0;
        isGone = bytes?.length === 0;
      } catch {
        isGone = true;
      }
      if (isGone) native().changeWatch(watch, 'ended');
    });
    try {
      writeSync(one, 'an answer that nobody reads');
      const sent = 3 * 65_536;
      const child = spawn('head', ['-c', String(sent), '/dev/zero'], {
        stdio: ['ignore', other, 'ignore'],
      });
      // It writes while it is read, and is gone with its end when it has.
      native().changeWatch(watch, 'on');
      closeAll(other);
      await once(child, 'exit');
      await eventually(() => expect(isGone).toBe(true));
      expect(count).toBe(sent);
    } finally {
      native().changeWatch(watch, 'ended');
      closeAll(one);
    }
  });

  test('what is always readable, and what is not open, can’t be watched', () => {
    const file = openSync('/proc/self/status', 'r');
    closeSync(file);
    expect(failureOf(() => native().watchReadable(file, () => undefined))).toEqual({
      errno: 'EBADF',
      syscall: 'fcntl',
    });
    const ordinary = openSync(__filename, 'r');
    try {
      expect(failureOf(() => native().watchReadable(ordinary, () => undefined))).toEqual({
        errno: 'EPERM',
        syscall: 'epoll_ctl',
      });
    } finally {
      closeSync(ordinary);
    }
  });
});

describe('changeWatch', () => {
  test('one that is ended closes its own descriptor, and tells no more', async () => {
    const [one, other] = native().makePair('socket');
    let calls = 0;
    const watch = native().watchReadable(one, () => (calls += 1));
    native().changeWatch(watch, 'on');
    native().changeWatch(watch, 'ended');
    native().changeWatch(watch, 'ended');
    writeSync(other, 'nobody hears it');
    closeAll(one);
    // No process has the other end any more.
    expect(() => writeSync(other, 'x')).toThrow(
      expect.objectContaining({ code: 'EPIPE' }) as Error,
    );
    closeAll(other);
    await turns();
    expect(calls).toBe(0);
  });

  test('one that has ended does not begin again', () => {
    const [one, other] = native().makePair('socket');
    const watch = native().watchReadable(one, () => undefined);
    native().changeWatch(watch, 'ended');
    expect(failureOf(() => native().changeWatch(watch, 'on'))).toEqual({
      errno: 'EBADF',
      syscall: 'epoll_ctl',
    });
    expect(() => native().changeWatch({} as typeof watch, 'on')).toThrow('watch must be a watch');
    closeAll(one, other);
  });
});

function closeAll(...descriptors: readonly number[]): void {
  for (const descriptor of descriptors) native().closeDescriptor(descriptor);
}

/** The event loop goes round a few times. */
async function turns(): Promise<void> {
  for (let count = 0; count < 5; count += 1) await turn();
}

function isClosedOnExec(fd: number): boolean {
  const text = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
  const [, flags = ''] = /^flags:\s+(\d+)$/m.exec(text) ?? [];
  return (parseInt(flags, 8) & 0o2000000) !== 0;
}

/** The descriptors of this process that lead to a file. */
function openAt(path: string): number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === path;
      } catch {
        return false;
      }
    });
}
