/** The daemon as a process: its sockets and who may use them, what it answers whatever is asked, and what outlives it. */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { absentNumbers, absentProcedure } from '../../lib/rpc/protocol/absent/absent';
import { connectProcedures } from '../../lib/rpc/protocol/connect';
import { domainProcedures } from '../../lib/rpc/protocol/domain';
import { programs } from '../../lib/rpc/protocol/numbers';
import { uuidBytes } from '../../lib/rpc/dispatch/base/uuid';
import { DaemonProcess } from '../support/clients/daemon-process';
import { RawClient } from '../support/clients/raw-client';
import { absentForReaders, servedToReaders } from '../support/clients/read-only-procedures';
import { remoteTables } from '../support/clients/remote-procedures';
import { domainXml } from '../support/domain/domain-xml';
import { commandOn } from '../support/process/command-on';
import { commandLine, runProgram, spawnCommand } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { containerTest, rootAndConnection } from '../support/world/container-test';

const world = containerTest(rootAndConnection);
const { refuses } = commandOn(() => world.root.path);

const libvirtSocket = '/run/libvirt/virtlxcd-sock';
const lastLibvirtSocket = '/run/libvirt/virtnetworkd-sock-ro';
const nobody = 65534;

function socketOf(name = 'tslxc-sock'): string {
  return join(world.root.path, 'run/tslxc', name);
}

/** Resolves when the last of its sockets is there. */
function start(
  argv: readonly string[],
  socket = socketOf('tslxc-sock-ro'),
): Promise<DaemonProcess> {
  return DaemonProcess.start({ root: world.root.path, argv, socket });
}

async function opened(path = socketOf(), flags = 0): Promise<RawClient> {
  const client = await RawClient.connect(path);
  expect(await client.call(connectProcedures.ConnectOpen, { name: 'lxc:///', flags })).toEqual({});
  return client;
}

/** A client that says nothing. */
async function connected(): Promise<Socket> {
  const socket = connect(socketOf());
  // It may be disconnected at once.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const uriOf = async (path: string): Promise<unknown> => {
  using client = await opened(path);
  // Before the client is gone.
  return await client.call(connectProcedures.ConnectGetURI, {});
};

test('it makes two sockets below its root, and removes them when it ends', async () => {
  await using daemon = await start(commandLine('daemon'));
  const modes = ['tslxc-sock', 'tslxc-sock-ro'].map(
    (name) => statSync(socketOf(name)).mode & 0o777,
  );
  expect(modes).toEqual([0o660, 0o666]);
  // Every user can reach the sockets, and nothing else.
  const folder = dirname(socketOf());
  expect(statSync(folder).mode & 0o777).toBe(0o711);
  await world.connection.defineDomain(domainXml());
  const open = readdirSync(folder).filter(
    (name) => (statSync(join(folder, name)).mode & 0o77) !== 0,
  );
  expect(open.sort()).toEqual(['tslxc-sock', 'tslxc-sock-ro']);
  expect(await uriOf(socketOf())).toEqual({ uri: 'lxc:///' });
  expect(existsSync(libvirtSocket)).toBe(false);
  expect(await daemon.end('SIGINT')).toBe(0);
  expect(existsSync(socketOf())).toBe(false);
  expect(daemon.said).toBe('');
});

test('SIGHUP makes it go on, in a new file of its log after a rotation', async () => {
  const log = join(world.root.path, 'daemon.log');
  const rotated = `${log}.1`;
  // With so few descriptors, each of the clients below is worth a line.
  const limited = ['/usr/bin/prlimit', '--nofile=128:128', ...commandLine('-l', log, 'daemon')];
  await using daemon = await start(limited);
  const warnings = (path: string): number =>
    readFileSync(path, 'utf8').match(/hardly any descriptor is left/g)?.length ?? 0;
  const isWarned = async (): Promise<void> => {
    const clients = await Promise.all(Array.from({ length: 120 }, () => connected()));
    await eventually(() => expect(warnings(log)).toBe(1));
    for (const client of clients) client.destroy();
  };
  await isWarned();
  renameSync(log, rotated);
  process.kill(daemon.pid, 'SIGHUP');
  await eventually(() => expect(existsSync(log)).toBe(true));
  // With room again, since the clients are gone.
  expect(await uriOf(socketOf())).toEqual({ uri: 'lxc:///' });
  await isWarned();
  expect(warnings(rotated)).toBe(1);
  expect(await daemon.end('SIGQUIT')).toBe(0);
  expect(existsSync(socketOf())).toBe(false);
});

test('with --libvirt also those that libvirt’s clients look for, and only root may change anything', async () => {
  await using _daemon = await start(commandLine('daemon', '--libvirt'), lastLibvirtSocket);
  for (const name of ['virtlxcd-sock', 'virtnetworkd-sock']) {
    expect(await uriOf(`/run/libvirt/${name}`)).toEqual({ uri: 'lxc:///' });
    const words = [
      '/usr/bin/python3',
      '-c',
      'import socket,sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])',
    ];
    const other = (path: string): ReturnType<typeof runProgram> =>
      runProgram([...words, path], { uid: nobody });
    expect((await other(`/run/libvirt/${name}`)).stderr).toContain('PermissionError');
    expect(await other(`/run/libvirt/${name}-ro`)).toMatchObject({ code: 0 });
  }
});

/** Whatever libvirt lets no reader call. */
function forbidden(): readonly { readonly name: string; readonly number: number }[] {
  const served = remoteTables.flatMap((table) =>
    Object.entries(table).map(([name, { number }]) => ({ name, number })),
  );
  const absent = absentNumbers().map((number) => ({
    name: absentProcedure(number)?.name ?? '',
    number,
  }));
  const readable = [...servedToReaders, ...absentForReaders];
  return [...served, ...absent].filter(({ name }) => !readable.includes(name));
}

test.each([
  ['by the socket of those who may only look', 'tslxc-sock-ro', 0],
  ['by the other socket, for one that has said it will only look', 'tslxc-sock', 1],
])('%s, whatever changes something is refused by its name', async (_what, name, flags) => {
  await using _daemon = await start(commandLine('daemon'));
  using client = await opened(socketOf(name), flags);
  expect(forbidden().length).toBeGreaterThan(190);
  for (const { name: procedure, number } of forbidden()) {
    client.sendFrame({ procedure: number });
    expect(await client.nextError()).toMatchObject({
      code: 29,
      message: `operation forbidden: read only access prevents vir${procedure}`,
    });
  }
  expect(await client.call(domainProcedures.ConnectNumOfDomains, {})).toEqual({ count: 0 });
});

test('what libvirt’s drivers do not have is not supported, by its name', async () => {
  await using _daemon = await start(commandLine('daemon'));
  using client = await opened();
  for (const number of absentNumbers()) {
    client.sendFrame({ procedure: number });
    expect(await client.nextError()).toMatchObject({
      code: 3,
      message: `this function is not supported by the connection driver: vir${absentProcedure(number)?.name ?? ''}`,
    });
  }
});

test('whatever numbers it is given, each procedure that only looks answers, and the daemon goes on', async () => {
  await using daemon = await start(commandLine('daemon'));
  using client = await opened(socketOf('tslxc-sock-ro'));
  const looks = remoteTables.flatMap((table) =>
    Object.values(table).filter(({ access }) => access === 'read'),
  );
  let serial = 1000;
  for (const { number, arguments: codec } of looks) {
    // All numbers 0, -1, and the largest and the smallest of 32 bits; texts and lists are empty, or of a wrong length.
    for (const word of ['00000000', 'ffffffff', '7fffffff', '80000000']) {
      serial += 1;
      client.sendFrame({ procedure: number, serial }, Buffer.alloc(codec.least, word, 'hex'));
      const { header } = await client.next((one) => one.header.serial === serial);
      expect(header).toMatchObject({ procedure: number, type: 1 });
    }
  }
  expect(await client.call(connectProcedures.ConnectGetURI, {})).toEqual({ uri: 'lxc:///' });
  expect(await daemon.end()).toBe(0);
});

test('unknown programs, versions and procedures are errors of the protocol', async () => {
  await using _daemon = await start(commandLine('daemon'));
  using client = await opened();
  for (const fields of [
    { program: 0x12345678 },
    { version: 2 },
    { procedure: 454 },
    { procedure: -1 },
    { procedure: 107 },
    { program: programs.lxc.number, procedure: 9 },
  ]) {
    client.sendFrame(fields);
    expect(await client.nextError()).toMatchObject({ code: 39, domain: 7 });
  }
});

test('nothing but the way in is answered before a connection is opened, and it is opened once', async () => {
  await using _daemon = await start(commandLine('daemon'));
  using client = await RawClient.connect(socketOf());
  const { AuthList, ConnectGetURI, ConnectOpen } = connectProcedures;
  expect(await client.call(AuthList, {})).toEqual({ types: [0] });
  const closed = { code: 1, message: expect.stringContaining('not open') as string };
  expect(await client.call(ConnectGetURI, {})).toMatchObject(closed);
  expect(await client.call(domainProcedures.ConnectNumOfDomains, {})).toMatchObject(closed);
  expect(await client.call(ConnectOpen, { name: 'qemu:///system', flags: 0 })).toMatchObject({
    code: 5,
  });
  expect(await client.call(ConnectOpen, { name: undefined, flags: 0 })).toEqual({});
  expect(await client.call(ConnectOpen, { name: 'lxc:///', flags: 0 })).toMatchObject({ code: 1 });
});

test('a call as go-libvirt sends it, and one with bytes behind its arguments, is understood', async () => {
  await using _daemon = await start(commandLine('daemon'));
  using client = await RawClient.connect(socketOf());
  const { ConnectOpen, ConnectGetURI } = connectProcedures;
  // The 1 of a name that is there in the wrong byte order, and a padding that is not zero.
  const open = Buffer.from('01000000000000076c78633a2f2f2fff00000000', 'hex');
  client.sendFrame({ procedure: ConnectOpen.number, serial: 1 }, open.subarray(0, 4));
  expect(await client.nextError()).toMatchObject({ code: 39, domain: 7 });
  client.sendFrame({ procedure: ConnectOpen.number, serial: 2 }, open);
  expect((await client.next()).header).toMatchObject({ serial: 2, status: 0 });
  client.sendFrame({ procedure: ConnectGetURI.number, serial: 3 }, Buffer.from('left over'));
  expect((await client.next()).header).toMatchObject({ serial: 3, status: 0 });
});

test('one that is there already is not disturbed', async () => {
  await using _daemon = await start(commandLine('daemon'));
  expect(await refuses('daemon')).toBe(
    'error: Failed to start the daemon\n' +
      'error: Requested operation is not valid: another tslxc daemon listens at ' +
      `${socketOf()}\n`,
  );
  expect(await uriOf(socketOf())).toEqual({ uri: 'lxc:///' });
});

test('a level that is none is refused', async () => {
  expect(await refuses('daemon --hardening none')).toContain('hardening');
});

test.each(['virtnetworkd-sock', 'libvirt-sock'])(
  'a daemon of libvirt at %s is not disturbed, and nothing is made beside it',
  async (name) => {
    mkdirSync('/run/libvirt', { recursive: true });
    const libvirt = createServer().listen(`/run/libvirt/${name}`);
    try {
      await once(libvirt, 'listening');
      expect(await refuses('daemon --libvirt')).toContain(
        `a daemon of libvirt listens at /run/libvirt/${name}`,
      );
      expect([libvirtSocket, socketOf()].map((path) => existsSync(path))).toEqual([false, false]);
    } finally {
      libvirt.close();
    }
  },
);

test('what a libvirtd that has ended has left is no reason, and stays', async () => {
  const path = '/run/libvirt/libvirt-sock';
  mkdirSync('/run/libvirt', { recursive: true });
  const bind = 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])';
  expect(await runProgram(['python3', '-c', bind, path])).toMatchObject({ code: 0 });
  try {
    await using daemon = await start(commandLine('daemon', '--libvirt'), lastLibvirtSocket);
    expect(await uriOf(libvirtSocket)).toEqual({ uri: 'lxc:///' });
    expect(await daemon.end()).toBe(0);
    expect(statSync(path).isSocket()).toBe(true);
  } finally {
    rmSync(path);
  }
});

test('what is no socket is left alone, and what a killed daemon has left is not', async () => {
  mkdirSync(join(world.root.path, 'run/tslxc'), { recursive: true });
  writeFileSync(socketOf(), '');
  expect(await refuses('daemon')).toContain(`${socketOf()} exists, and is not a socket`);
  rmSync(socketOf());
  await using daemon = await start(commandLine('daemon'));
  expect(await daemon.end('SIGKILL')).toBe('SIGKILL');
  expect(existsSync(socketOf())).toBe(true);
  await using _next = await start(commandLine('daemon'));
  expect(await uriOf(socketOf())).toEqual({ uri: 'lxc:///' });
});

test('a time without clients ends it, and a client holds it', async () => {
  await using daemon = await start(commandLine('daemon', '--timeout', '1'));
  {
    using client = await opened();
    const began = performance.now();
    while (performance.now() - began < 1500) {
      expect(await client.call(connectProcedures.ConnectGetURI, {})).toEqual({ uri: 'lxc:///' });
    }
  }
  expect(await daemon.exit()).toBe(0);
  expect(await refuses('daemon --timeout 0')).toContain("Numeric value '0' for <timeout>");
});

test('sockets that systemd hands over are what it listens at, and stay when it ends', async () => {
  const own = ['/run/own-sock', '/run/own-sock-ro'];
  const script = join(__dirname, '../support/clients/handed-over.py');
  const argv = ['python3', script, ...own, '--', ...commandLine('daemon')];
  await using daemon = await start(argv, own[0]);
  expect(existsSync(socketOf())).toBe(false);
  expect(await uriOf('/run/own-sock')).toEqual({ uri: 'lxc:///' });
  using client = await opened('/run/own-sock-ro');
  client.sendFrame({ procedure: domainProcedures.DomainCreate.number });
  expect(await client.nextError()).toMatchObject({ code: 29 });
  expect(await daemon.end()).toBe(0);
  expect(existsSync('/run/own-sock')).toBe(true);
});

test('a container outlives the daemon that has started it, and the next one finds it', async () => {
  const daemon = await start(commandLine('daemon'));
  {
    using client = await opened();
    const { domain } = (await client.call(domainProcedures.DomainCreateXML, {
      xml: domainXml(),
      flags: 0,
    })) as { domain: { id: number } };
    expect(domain.id).toBeGreaterThan(0);
    expect(await daemon.end('SIGKILL')).toBe('SIGKILL');
    const [found] = await world.connection.listDomains({ state: 'active' });
    expect(found?.id).toBe(domain.id);
  }
  await using _next = await start(commandLine('daemon'));
  using client = await opened();
  expect(await client.call(domainProcedures.ConnectNumOfDomains, {})).toEqual({ count: 1 });
});

test('a container of --autodestroy ends with its client, and no other does', async () => {
  await using _daemon = await start(commandLine('daemon'));
  const stored = await world.connection.defineDomain(domainXml({ name: 'stays' }));
  const bonded = await world.connection.defineDomain(domainXml({ name: 'goes' }));
  {
    using client = await opened();
    for (const [{ name, uuid }, flags] of [
      [stored, 0],
      [bonded, 2],
    ] as const) {
      const domain = { name, uuid: uuidBytes(uuid), id: -1 };
      await client.call(domainProcedures.DomainCreateWithFlags, { domain, flags });
    }
    expect(await world.connection.listDomains({ state: 'active' })).toHaveLength(2);
  }
  await eventually(async () => {
    expect(await bonded.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
  });
  expect(await stored.state()).toMatchObject({ state: 'running' });
});

/** Connects to a socket, asks how one authenticates, and prints how many bytes of an answer come. */
const asker = `
import socket, struct, sys
one = socket.socket(socket.AF_UNIX)
one.connect(sys.argv[1])
try:
    one.sendall(struct.pack('>7I', 28, ${programs.remote.number}, 1, ${connectProcedures.AuthList.number}, 0, 1, 0))
    print(len(one.recv(4)))
except ConnectionError:
    print(0)
`;

test('root in a container is not heard, though it sees the socket', async () => {
  await using _daemon = await start(commandLine('daemon', '--libvirt'), lastLibvirtSocket);
  const ask = ['/usr/bin/python3', '-c', asker, libvirtSocket];
  expect(await runProgram(ask)).toMatchObject({ code: 0, stdout: '4\n' });
  const domain = await world.connection.defineDomain(domainXml());
  await domain.start();
  for (const path of [libvirtSocket, `${libvirtSocket}-ro`]) {
    const { stdout } = await domain.exec(['/usr/bin/python3', '-c', asker, path]);
    expect([path, stdout]).toEqual([path, '0\n']);
  }
});

test('root alone may start it', async () => {
  const { code, stderr } = await spawnCommand(['daemon'], { root: world.root.path, uid: nobody });
  expect([code, stderr]).toEqual([1, expect.stringContaining('needs root') as string]);
});
