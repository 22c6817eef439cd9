/**
 * The control socket of a container: who gets at it, what a hostile client does to the monitor (T21), and that no socket of the
 * monitor has a name in the network that a container may share with the host (T22). What many clients cost is measured in
 * test/native/control.cc, and the frames themselves in test/native/frames.cc.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Domain } from 'tslxc';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { encodeFrame } from '../../lib/container/monitor/frames';
import type { Message } from '../../lib/container/monitor/messages';
import { domainXml } from '../support/domain/domain-xml';
import { runIn } from '../support/domain/exec';
import { eventually } from '../support/time/eventually';
import { runProgram } from '../support/process/run-command';
import { containerTest, rootAndConnection } from '../support/world/container-test';

const name = 'controlled';

const world = containerTest(
  async (keep) => {
    const { root, connection } = await rootAndConnection(keep);
    const init = { init: '/bin/sleep', initArguments: ['1000'] };
    const domain = await connection.createDomain(domainXml({ name, ...init }));
    keep(() => domain.destroy());
    const path = join(runPaths(statePaths(root.path), name).directory, 'control');
    return { connection, domain, path, monitor: domain.id ?? 0 };
  },
  { per: 'file', except: ['descriptors'] },
);

const descriptors = (): string[] => readdirSync(`/proc/${world.monitor}/fd`);

/** Names of Unix sockets of a process, as /proc/net/unix has them: abstract ones begin with `@`. */
function socketNames(pid: number): string[] {
  const inodes = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? '';
    } catch {
      return '';
    }
  });
  const lines = readFileSync('/proc/net/unix', 'latin1').split('\n').slice(1);
  return lines.flatMap((line) => {
    const [, , , , , , inode = '', path = ''] = line.split(/\s+/);
    return inodes.includes(inode) && path !== '' ? [path] : [];
  });
}

/** A client that the monitor has greeted. */
async function client(): Promise<Socket> {
  const socket = createConnection(world.path).on('error', () => undefined);
  await once(socket, 'data');
  return socket;
}

/** `closed` when the monitor lets the client go for these bytes, else what it says to them. */
async function answerTo(bytes: Uint8Array): Promise<Buffer | 'closed'> {
  const socket = await client();
  socket.write(bytes);
  const [answer] = (await Promise.race([
    once(socket, 'data'),
    once(socket, 'close').then(() => ['closed']),
  ])) as [Buffer | 'closed'];
  socket.destroy();
  return answer;
}

function framed(length: number, rest: Uint8Array = new Uint8Array()): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32LE(length);
  return Buffer.concat([header, rest]);
}

describe('the control socket (T21)', () => {
  // The monitor notices a moment later that the client of the test before has gone.
  beforeEach(() => eventually(() => expect(socketNames(world.monitor)).toHaveLength(1)));

  const connects = `
import errno, os, socket, sys
uid, path = int(sys.argv[1]), sys.argv[2]
os.setgroups([]); os.setgid(uid); os.setuid(uid)
client = socket.socket(socket.AF_UNIX)
try:
    client.connect(path)
    print("greeted" if client.recv(64)[4] == 64 else "silent")
except OSError as error:
    print(errno.errorcode[error.errno])
`;
  const connectAs = async (uid: number): Promise<string> =>
    (await runProgram(['python3', '-c', connects, String(uid), world.path])).stdout.trim();

  test('another user of the host is not let in', async () => {
    expect(await connectAs(65534)).toBe('EACCES');
  });

  test('control: root is', async () => {
    expect(await connectAs(0)).toBe('greeted');
  });

  const whole: readonly Message[] = [
    { message: 'attach', console: 0, replay: 0 },
    { message: 'resize', rows: 1, columns: 1 },
    { message: 'signal', number: 0 },
    { message: 'intend', end: 0, within: 0 },
  ];
  const cut = whole.flatMap((message): [string, Buffer][] => {
    const body = encodeFrame(message).subarray(4);
    const lengths = Array.from({ length: body.length - 1 }, (_, index) => index + 1);
    return lengths.map((length) => [
      `${message.message}, cut to ${length}`,
      framed(length, body.subarray(0, length)),
    ]);
  });
  const tooLong = encodeFrame({ message: 'signal', number: 0 }).subarray(4);

  test.each([
    ...cut,
    ['signal, with a byte more', framed(6, Buffer.concat([tooLong, Buffer.of(0)]))],
    ['a message of a monitor', encodeFrame({ message: 'done', error: 0 })],
    ['an unknown kind', framed(1, Buffer.of(200))],
    ...[0, 64 * 1024 + 1, 2 ** 16 + 2 ** 24, 2 ** 31, 2 ** 32 - 1].map(
      (length): [string, Buffer] => [`a length of ${length}`, framed(length, Buffer.of(49))],
    ),
  ])('lets a client go for %s', async (_, bytes) => {
    expect(await answerTo(bytes)).toBe('closed');
  });

  test('control: a whole message is answered, in one piece or byte by byte', async () => {
    const done = encodeFrame({ message: 'done', error: 0 });
    const bytes = encodeFrame({ message: 'signal', number: 0 });
    expect(await answerTo(bytes)).toEqual(done);
    const socket = await client();
    for (const byte of bytes) socket.write(Buffer.of(byte));
    expect(await once(socket, 'data')).toEqual([done]);
    socket.destroy();
  });

  test('a thousand that only connect leave room for others when they have gone, and nothing with the monitor', async () => {
    const before = descriptors();
    const sockets = Array.from({ length: 1000 }, () =>
      createConnection(world.path).on('error', () => undefined),
    );
    await eventually(() => expect(descriptors().length).toBeGreaterThanOrEqual(128));
    expect(descriptors().length).toBeLessThanOrEqual(before.length + 128);
    expect(await world.domain.state()).toMatchObject({ state: 'running' });
    for (const socket of sockets) socket.destroy();
    // Those that it has not accepted yet are in the descriptors of no process, and may leave no room for another.
    await eventually(async () => {
      expect(descriptors()).toEqual(before);
      await world.domain.sendSignal(0);
    });
  });

  const floods = `
import array, os, socket, sys
path = sys.argv[1]
fds = [os.open("/dev/null", os.O_RDONLY) for _ in range(200)]
if path == "pair":
    client, server = socket.socketpair()
else:
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    client.recv(64)
for _ in range(20):
    socket.send_fds(client, [b"\\5\\0\\0\\0\\63\\0\\0\\0\\0"], fds)
    if path == "pair":
        print(len(socket.recv_fds(server, 64, 253)[1]))
    else:
        client.recv(64)
print(len(os.listdir(f"/proc/{sys.argv[2]}/fd")))
`;
  const flood = (path: string): Promise<{ stdout: string }> =>
    runProgram(['python3', '-c', floods, path, String(world.monitor)]);

  test('takes no descriptor that a client sends', async () => {
    const before = descriptors();
    const { stdout } = await flood(world.path);
    expect(Number(stdout)).toBe(before.length + 1);
    await eventually(() => expect(descriptors()).toEqual(before));
  });

  test('control: who asks for what is sent gets it', async () => {
    expect((await flood('pair')).stdout).toMatch(/^(200\n){20}/);
  });
});

/**
 * Sends requests, and reads no answer, until the monitor takes no more of them or has taken the most that is tried; between two tries
 * that fail, another client is answered, so the monitor has been at work. Then reads all answers.
 */
const deaf = `
import socket, sys
path, request, other, most = sys.argv[1], bytes.fromhex(sys.argv[2]), bytes.fromhex(sys.argv[3]), int(sys.argv[4])
def greeted():
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    client.recv(64)
    return client
client, second = greeted(), greeted()
client.setblocking(False)
sent, waits = 0, 0
while sent < most and waits < 50:
    at = sent % len(request)
    try:
        sent += client.send((request * 6554)[at:])
        waits = 0
    except BlockingIOError:
        waits += 1
        second.sendall(other)
        second.recv(64)
print(sent)
client.setblocking(True)
client.settimeout(20)
answers = 0
wanted = sent // len(request)
while answers < wanted * len(other):
    got = client.recv(1 << 20)
    if not got: break
    answers += len(got)
print(answers // len(other) - wanted)
`;

test('who reads no answers is not read from for long, and has them all when it reads (T21)', async () => {
  const [request, other] = [
    encodeFrame({ message: 'intend', end: 255, within: 0 }),
    encodeFrame({ message: 'signal', number: 0 }),
  ].map((bytes) => Buffer.from(bytes).toString('hex'));
  const most = 16 * 1024 * 1024;
  const words = ['/usr/bin/python3', '-c', deaf, world.path, request ?? '', other ?? ''];
  const { stdout, stderr } = await runProgram([...words, String(most)]);
  expect(stderr).toBe('');
  const [sent = most, missing] = stdout.split('\n').map(Number);
  // What the sockets hold, on this host, and the monitor's 16 KiB.
  expect(sent).toBeLessThan(most / 2);
  expect(missing).toBe(0);
});

describe('abstract sockets (T22)', () => {
  const listens = `
import signal, socket, sys
server = socket.socket(socket.AF_UNIX)
server.bind("\\0" + sys.argv[1])
server.listen()
print("listening", flush=True)
signal.pause()
`;

  const reaches = `
import socket, sys
client = socket.socket(socket.AF_UNIX)
try:
    client.connect("\\0" + sys.argv[1])
    print("reached")
except OSError as error:
    print(error.strerror)
`;

  test('the monitor has none: its one named socket is a file', async () => {
    // Those of clients that have gone have its name.
    await eventually(() => {
      expect(socketNames(world.monitor)).toEqual([
        expect.stringMatching(/^\/proc\/self\/fd\/\d+\/control$/),
      ]);
    });
  });

  /** What a program of the container says that connects to a socket of the host. */
  async function connectedFrom(domain: Domain): Promise<string> {
    const abstract = `tslxc-test-${process.pid}`;
    const server = spawn('python3', ['-c', listens, abstract]);
    try {
      await once(server.stdout, 'data');
      expect(socketNames(server.pid ?? 0)).toContain(`@${abstract}`);
      return (await runIn(domain, ['python3', '-c', reaches, abstract])).stdout;
    } finally {
      server.kill();
      await once(server, 'exit');
    }
  }

  test('control: one of the host is reached from a container that shares its network, and is seen', async () => {
    expect(await connectedFrom(world.domain)).toBe('reached\n');
  });

  test('one of the host is out of reach of a container with <privnet/>', async () => {
    const init = { init: '/bin/sleep', initArguments: ['1000'] };
    const elements = '<features><privnet/></features>';
    const xml = domainXml({ name: 'private-net', ...init, elements });
    const domain = await world.connection.createDomain(xml);
    try {
      expect(await connectedFrom(domain)).toBe('Connection refused\n');
    } finally {
      await domain.destroy();
    }
  });
});
