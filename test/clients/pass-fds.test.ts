/** Descriptors that clients hand over for init, and what becomes of those that come to nothing: the daemon keeps none. */
import {
  closeSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { native } from '../../lib/host/native';
import { connectProcedures } from '../../lib/rpc/protocol/connect';
import { domainProcedures } from '../../lib/rpc/protocol/domain';
import { messageTypes, programs } from '../../lib/rpc/protocol/numbers';
import { socketDescriptor } from '../../lib/rpc/server/descriptors/descriptors';
import { encodeMessage } from '../../lib/rpc/server/message';
import { XdrWriter } from '../../lib/rpc/xdr/writer';
import type { Codec } from '../../lib/rpc/xdr/codec';
import {
  clientEnvironment,
  libvirtSocket,
  python,
  rootAndDaemon,
  virshText,
} from '../support/clients/client-world';
import { RawClient } from '../support/clients/raw-client';
import { askConsole } from '../support/console/console-answer';
import { domainXml } from '../support/domain/domain-xml';
import { StuckFile } from '../support/fake/stuck-file';
import { runProgram } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const world = containerTest(rootAndDaemon);

/** A file with a line, for init to read. */
function fileOf(name: string): string {
  const path = join(realpathSync(world.root.path), name);
  writeFileSync(path, `content of ${name}\n`);
  return path;
}

/** Init says what it reads by the two descriptors that it has been given, and how many it is told of. */
const xml = domainXml({
  initArguments: ['-c', 'read a <&3; read b <&4; echo "$a/$b/$LISTEN_FDS"; exec sleep 1000'],
});
const said = /content of one\/content of two\/2\r\n/;

/** How many descriptors the daemon has of a file. */
function held(path: string): number {
  const folder = `/proc/${world.daemon.pid}/fd`;
  return readdirSync(folder).filter((fd) => linkAt(join(folder, fd)) === path).length;
}

/** Undefined for one that has been closed meanwhile. */
function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

async function heardOfInit(): Promise<void> {
  const domain = await world.connection.lookupDomainByName('helloworld');
  await askConsole(domain, '', said);
}

test.each(['start', 'create'])('virsh %s --pass-fds: init has them from 3 on', async (verb) => {
  const [ONE, TWO] = [fileOf('one'), fileOf('two')];
  const file = join(world.root.path, 'domain.xml');
  writeFileSync(file, xml);
  if (verb === 'start') await world.connection.defineDomain(xml);
  const words = [verb, verb === 'start' ? 'helloworld' : file, '--pass-fds', '7,8'];
  const argv = ['sh', '-c', 'exec virsh "$@" 7<"$ONE" 8<"$TWO"', 'sh', ...words];
  const env = { ...clientEnvironment, ONE, TWO };
  expect(await runProgram(argv, { env })).toMatchObject({ code: 0, stderr: '' });
  await heardOfInit();
  await eventually(() => expect([held(ONE), held(TWO)]).toEqual([0, 0]));
});

test.each([
  ['createWithFiles', "connection.lookupByName('helloworld').createWithFiles(numbers, 0)"],
  ['createXMLWithFiles', `connection.createXMLWithFiles(${JSON.stringify(xml)}, numbers, 0)`],
])('libvirt-python hands them over by %s', async (name, call) => {
  if (name === 'createWithFiles') await world.connection.defineDomain(xml);
  const paths = JSON.stringify([fileOf('one'), fileOf('two')]);
  const script = `
import libvirt
connection = libvirt.open('lxc:///')
files = [open(path) for path in ${paths}]
numbers = [one.fileno() for one in files]
${call}
`;
  expect(await python(script)).toMatchObject({ code: 0, stderr: '' });
  await heardOfInit();
});

async function opened(path = libvirtSocket): Promise<RawClient> {
  const client = await RawClient.connect(path);
  await client.call(connectProcedures.ConnectOpen, { name: 'lxc:///', flags: 0 });
  return client;
}

interface Bringing {
  readonly procedure: number;
  /** What the call is given, as bytes. */
  readonly body: Uint8Array;
  /** How many descriptors it says that it brings. */
  readonly count: number;
  /** How many come; default: as many. */
  readonly sent?: number;
}

/** Sends a call, and then a descriptor of a file as often as is said. */
async function send(client: RawClient, path: string, call: Bringing): Promise<void> {
  const writer = new XdrWriter();
  writer.uint(call.count);
  const body = Buffer.concat([writer.finish(), call.body]);
  const { procedure, count, sent = count } = call;
  client.sendFrame({ procedure, type: messageTypes.callWithDescriptors }, body);
  await sendDescriptors(client, path, sent);
}

async function sendDescriptors(client: RawClient, path: string, count: number): Promise<void> {
  await eventually(() => expect(client.socket.writableLength).toBe(0));
  const file = openSync(path, 'r');
  for (let sent = 0; sent < count; sent += 1) {
    native().sendDescriptor(socketDescriptor(client.socket), file);
  }
  closeSync(file);
}

function bytesOf<Value>(codec: Codec<Value>, value: Value): Uint8Array {
  const writer = new XdrWriter();
  codec.write(writer, value);
  return writer.finish();
}

const nobody = { name: 'none', uuid: Buffer.alloc(16, 7), id: -1 };
const { DomainCreate, DomainCreateWithFiles, DomainCreateXMLWithFiles } = domainProcedures;
const withFiles = (domain: typeof nobody, flags: number): Uint8Array =>
  bytesOf(DomainCreateWithFiles.arguments, { domain, flags });

/** Calls that fail, with the code of the error. */
const failing: readonly (readonly [what: string, code: number, call: Bringing])[] = [
  [
    'a domain that is not there',
    42,
    { procedure: DomainCreateWithFiles.number, body: withFiles(nobody, 0), count: 2 },
  ],
  [
    'a flag that is unknown',
    8,
    { procedure: DomainCreateWithFiles.number, body: withFiles(nobody, 64), count: 32 },
  ],
  [
    'what is no XML',
    35,
    {
      procedure: DomainCreateXMLWithFiles.number,
      body: bytesOf(DomainCreateXMLWithFiles.arguments, { xml: '<domain', flags: 0 }),
      count: 1,
    },
  ],
  [
    'a procedure that takes none',
    42,
    {
      procedure: DomainCreate.number,
      body: bytesOf(DomainCreate.arguments, { domain: nobody }),
      count: 1,
    },
  ],
  ['a procedure that is not there', 3, { procedure: 443, body: Buffer.alloc(0), count: 2 }],
  ['what is no call', 39, { procedure: DomainCreate.number, body: Buffer.alloc(2), count: 3 }],
];

test.each(failing)('%s leaves none open, and the client goes on', async (_, code, call) => {
  const path = fileOf('one');
  using client = await opened();
  await send(client, path, call);
  expect((await client.nextError()).code).toBe(code);
  await eventually(() => expect(held(path)).toBe(0));
  expect(await client.call(connectProcedures.ConnectGetURI, {})).toEqual({ uri: 'lxc:///' });
});

test('those of a call that never comes whole are closed with its client', async () => {
  const path = fileOf('one');
  const client = await opened();
  const body = withFiles(nobody, 0);
  await send(client, path, { procedure: DomainCreateWithFiles.number, body, count: 3, sent: 2 });
  // The daemon waits for the third.
  await eventually(() => expect(held(path)).toBe(2));
  client[Symbol.dispose]();
  await eventually(() => expect(held(path)).toBe(0));
});

test.each([
  ['that no call brings', libvirtSocket, { count: 0, sent: 1 }],
  ['more than libvirt’s 32', libvirtSocket, { count: 33, sent: 0 }],
  ['of who may only look', `${libvirtSocket}-ro`, { count: 1, sent: 1 }],
])('a descriptor %s ends the connection', async (_, socket, counts) => {
  const path = fileOf('one');
  using client = await opened(socket);
  const body = withFiles(nobody, 0);
  await send(client, path, { procedure: DomainCreateWithFiles.number, body, ...counts });
  await client.closed();
  await eventually(() => expect(held(path)).toBe(0));
  // No other client has lost anything.
  using other = await opened();
  expect(await other.call(connectProcedures.ConnectGetURI, {})).toEqual({ uri: 'lxc:///' });
});

/** Calls that come to nothing, and say that they bring so many descriptors each. */
function failingCalls(count: number, each: number): Buffer[] {
  const { number: program, version } = programs.remote;
  const { number: procedure, arguments: codec } = DomainCreateWithFiles;
  const type = messageTypes.callWithDescriptors;
  const header = { program, version, procedure, type, serial: 1, status: 0 };
  const call = encodeMessage(header, (writer) => {
    writer.uint(each);
    codec.write(writer, { domain: nobody, flags: 0 });
  });
  return Array.from({ length: count }, () => call);
}

/** Has them sent with descriptors of the file, until each is refused. */
async function handOver(
  { stuck, client }: { readonly stuck: StuckFile; readonly client: RawClient },
  { count, each }: { readonly count: number; readonly each: number },
): Promise<void> {
  const messages = failingCalls(count, each);
  stuck.handOver(socketDescriptor(client.socket), { messages, each });
  for (let answer = 0; answer < count; answer += 1) {
    expect((await client.nextError()).code).toBe(42);
  }
  // And the process that has handed them over.
  await stuck.untilClosing(count * each + 1);
}

test('those whose file holds up the process that closes it hold up no client', async () => {
  await using stuck = await StuckFile.mount();
  using client = await opened();
  // More than there are threads in libuv's pool.
  await handOver({ stuck, client }, { count: 5, each: 1 });
  using other = await opened();
  expect(await other.call(connectProcedures.ConnectGetURI, {})).toEqual({ uri: 'lxc:///' });
  // With a process that the daemon starts.
  await world.connection.defineDomain(domainXml());
  expect(await virshText('start', 'helloworld')).not.toContain('status');
  expect(await virshText('destroy', 'helloworld')).not.toContain('status');
  expect(await client.call(connectProcedures.ConnectGetURI, {})).toEqual({ uri: 'lxc:///' });
});

test('as long as too many are kept so, none are taken', async () => {
  const path = fileOf('one');
  await using stuck = await StuckFile.mount();
  using client = await opened();
  await handOver({ stuck, client }, { count: 9, each: 32 });
  using other = await opened();
  const body = withFiles(nobody, 0);
  const call = { procedure: DomainCreateWithFiles.number, body, count: 1 };
  await send(other, path, call);
  await expect(other.nextError()).rejects.toThrow('the connection is closed');
  expect(held(path)).toBe(0);
  expect(await client.call(connectProcedures.ConnectGetURI, {})).toEqual({ uri: 'lxc:///' });
  await stuck.release();
  // Each close ends in its own time. None of these is among the open ones meanwhile.
  await eventually(async () => {
    using last = await opened();
    await send(last, path, call);
    expect((await last.nextError()).code).toBe(42);
  });
  expect(held(stuck.path)).toBe(0);
});
