/** A client that may only read is refused whatever it calls beyond that, by the dispatch itself, before an argument is looked at. */
import { DaemonConversation } from '../../../../lib/rpc/dispatch/conversation';
import { definitionHandlers } from '../../../../lib/rpc/dispatch/domain/definitions';
import { EventHub } from '../../../../lib/rpc/dispatch/events/event-hub';
import { ServedPrograms } from '../../../../lib/rpc/dispatch/programs';
import { absentNumbers, absentProcedure } from '../../../../lib/rpc/protocol/absent/absent';
import { connectProcedures } from '../../../../lib/rpc/protocol/connect';
import { programs } from '../../../../lib/rpc/protocol/numbers';
import type { Peer } from '../../../../lib/rpc/server/peer';
import { XdrReader } from '../../../../lib/rpc/xdr/reader';
import { XdrWriter } from '../../../../lib/rpc/xdr/writer';
import { absentForReaders, servedToReaders } from '../../../support/clients/read-only-procedures';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { recordingLogger } from '../../../support/fake/host/recording-logger';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';
import { errorOf } from '../../driver/refusal';
import { callOn, fakePeer, unused } from './fake-call';

removeScratchAfterEach();

/** The flag of ConnectOpen by which a client says that it will only read. */
const readOnly = 1;
const domain = { name: 'web', uuid: Buffer.alloc(16), id: -1 };

const hub = new EventHub({ connection: unused, logger: recordingLogger([]) });
const served = new ServedPrograms(hub);

interface Caller {
  readonly answer: (number: number, body?: Buffer, program?: number) => Promise<unknown>;
}

/** Root's client, of a socket with this access, after it has opened a connection with these flags. */
async function opened(access: Peer['access'], flags: number): Promise<Caller> {
  const host = new FakeHost(scratchDirectory());
  // Even a read-write connection of the library must not help.
  const shared = () => Promise.resolve(host.connect());
  const peer = { ...fakePeer(0), access };
  const client = new DaemonConversation(peer, {
    connections: { shared, own: unused },
    hub,
    served,
  });
  const answer: Caller['answer'] = async (
    procedure,
    body = Buffer.alloc(0),
    program = programs.remote.number,
  ) => {
    const header = { program, version: 1, procedure, type: 0, serial: 1, status: 0 };
    return client.answer(header, new XdrReader(body), []);
  };
  const writer = new XdrWriter();
  connectProcedures.ConnectOpen.arguments.write(writer, { name: 'lxc:///', flags });
  await answer(connectProcedures.ConnectOpen.number, writer.finish());
  return { answer };
}

/** Each procedure of the protocol that a reader may not call, by what it is called. */
const forbidden = [
  ...Array.from({ length: 453 }, (_, index) => ({
    program: programs.remote.number,
    number: index + 1,
  })),
  { program: programs.lxc.number, number: 1 },
].flatMap(({ program, number }) => {
  const found = served.find({ program, version: 1, procedure: number });
  const name =
    found?.name ?? (program === programs.remote.number ? absentProcedure(number)?.name : undefined);
  if (name === undefined || [...servedToReaders, ...absentForReaders].includes(name)) return [];
  return [{ name, program, number }];
});

test('what a reader may not call is most of the protocol', () => {
  const here = forbidden.filter(({ number }) => absentProcedure(number) === undefined);
  expect(here.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['DomainDestroyFlags', 'ConnectDomainXMLFromNative', 'DomainCreate']),
  );
  expect(forbidden.length - here.length).toBe(absentNumbers().length - absentForReaders.length);
});

test.each([
  ['the read-only socket', 'read-only', 0],
  ['the read-only socket, opened as a reader', 'read-only', readOnly],
  ['the read-write socket, opened as a reader', 'read-write', readOnly],
] as const)('by %s whatever may not be called is refused by its name', async (...row) => {
  const client = await opened(row[1], row[2]);
  const answers = await Promise.all(
    forbidden.map(({ number, program }) =>
      errorOf(() => client.answer(number, undefined, program)),
    ),
  );
  const told = answers.map((error) => {
    const { code, message } = error as { code: string; message: string };
    return `${code} ${message}`;
  });
  expect(told).toEqual(
    forbidden.map(
      ({ name }) => `OPERATION_DENIED operation forbidden: read only access prevents vir${name}`,
    ),
  );
});

test('control: opened to write on the read-write socket, none of it is refused for access', async () => {
  const client = await opened('read-write', 0);
  for (const { number, program } of forbidden) {
    // A frame without arguments goes no further than their decoder, where there are any.
    if (served.find({ program, version: 1, procedure: number })?.procedure.arguments.least === 0) {
      continue;
    }
    const error = await errorOf(() => client.answer(number, undefined, program));
    expect(error).not.toMatchObject({ code: 'OPERATION_DENIED' });
  }
});

test('XML with what is secret in it is for those who may write', async () => {
  const call = callOn(new FakeHost(scratchDirectory()).connect());
  const reader = { ...call, client: { ...call.client, access: 'read-only' as const } };
  const ask = () => definitionHandlers.DomainGetXMLDesc(reader, { domain, flags: 1 });
  expect(await errorOf(ask)).toMatchObject({
    code: 'OPERATION_DENIED',
    message: 'operation forbidden: virDomainGetXMLDesc with secure flag',
  });
});

test('control: the flag is no obstacle for those who may write, nor is its absence for readers', async () => {
  const connection = new FakeHost(scratchDirectory()).connect();
  const call = callOn(connection);
  const reader = { ...call, client: { ...call.client, access: 'read-only' as const } };
  for (const [one, flags] of [
    [call, 1],
    [reader, 0],
  ] as const) {
    await expect(definitionHandlers.DomainGetXMLDesc(one, { domain, flags })).rejects.toMatchObject(
      { code: 'NO_DOMAIN' },
    );
  }
});
