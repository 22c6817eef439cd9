/** Local sockets: who is at the other end, and descriptors that are sent by them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { native } from '../../lib/host/native';

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

function closeAll(...descriptors: readonly number[]): void {
  for (const descriptor of descriptors) native().closeDescriptor(descriptor);
}
