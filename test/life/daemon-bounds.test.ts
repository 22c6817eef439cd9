/** What the clients of one user who may only look can have of the daemon, by its real sockets; and that root has its own. */
import { connectProcedures } from '../../lib/rpc/protocol/connect';
import { domainProcedures } from '../../lib/rpc/protocol/domain';
import { eventProcedures } from '../../lib/rpc/protocol/events';
import type { ResultOf } from '../../lib/rpc/protocol/procedure';
import { tuningProcedures } from '../../lib/rpc/protocol/tuning';
import { uuidBytes } from '../../lib/rpc/dispatch/base/uuid';
import { boundsOfUser } from '../../lib/rpc/users/bounds';
import { libvirtSocket, rootAndDaemon } from '../support/clients/client-world';
import { RawClient } from '../support/clients/raw-client';
import { UserClients } from '../support/clients/user-clients';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const users = keep(new UserClients());
  return { ...(await rootAndDaemon(keep)), users };
});

const [reader, another] = [2000, 2001];

const connected = (uid: number): Promise<RawClient> =>
  uid === 0 ? RawClient.connect(libvirtSocket) : world.users.connect(`${libvirtSocket}-ro`, uid);

async function opened(uid: number): Promise<RawClient> {
  const client = await connected(uid);
  expect(await client.call(connectProcedures.ConnectOpen, { name: 'lxc:///', flags: 0 })).toEqual(
    {},
  );
  return client;
}

async function expectServed(...uids: readonly number[]): Promise<void> {
  for (const uid of uids) {
    using client = await opened(uid);
    expect(await client.call(domainProcedures.ConnectNumOfDomains, {})).toEqual({ count: 0 });
  }
}

test('a user has so many clients, the next one is told so, and root and others are served', async () => {
  const clients: RawClient[] = [];
  try {
    for (let count = 0; count < boundsOfUser.clients; count += 1)
      clients.push(await opened(reader));
    {
      using refused = await connected(reader);
      expect(await refused.call(connectProcedures.AuthList, {})).toMatchObject({
        code: 87,
        message: 'resource busy: user 2000 has 100 clients, the most of a user other than root',
      });
      await refused.closed();
    }
    await expectServed(0, another);
    clients.pop()?.[Symbol.dispose]();
    // The daemon has to learn of its end.
    await eventually(() => expectServed(reader));
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

test('a user has so many callbacks by all of its clients, and gets them back', async () => {
  const register = { event: 0, domain: undefined };
  const { ConnectDomainEventCallbackRegisterAny: procedure } = eventProcedures;
  const refusal = {
    code: 87,
    message: expect.stringContaining('user 2000 has 1024 callbacks') as string,
  };
  using second = await opened(reader);
  {
    using first = await opened(reader);
    for (let callback = 0; callback < boundsOfUser.callbacks; callback += 1) {
      expect(await first.call(procedure, register)).toEqual({ callback });
    }
    expect(await second.call(procedure, register)).toMatchObject(refusal);
    using other = await opened(another);
    expect(await other.call(procedure, register)).toEqual({ callback: 0 });
  }
  await eventually(async () =>
    expect(await second.call(procedure, register)).toEqual({ callback: 0 }),
  );
});

test('of frames that do not end the oldest is refused, and what has come in full is answered', async () => {
  // As long as one may be that only looks.
  const length = 262_144;
  const whole = Buffer.alloc(length - 28);
  const clients: RawClient[] = [];
  try {
    for (let count = 0; count < 18; count += 1) {
      const client = await opened(reader);
      clients.push(client);
      client.sendFrame(
        { procedure: connectProcedures.ConnectGetURI.number, serial: 9 },
        whole.subarray(4),
        length,
      );
    }
    const [oldest, next] = clients as [RawClient, RawClient];
    expect(await oldest.nextError()).toMatchObject({
      code: 87,
      message: expect.stringContaining(
        'user 2000 has 4456448 bytes of unfinished messages',
      ) as string,
    });
    await oldest.closed();
    next.send(Buffer.alloc(4));
    expect((await next.next()).header).toMatchObject({ serial: 9, status: 0 });
    await expectServed(0, another);
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

test('a domain that is named again and again has a record for each, up to a bound', async () => {
  const { name, uuid } = await world.connection.defineDomain(domainXml());
  const domain = { name, uuid: uuidBytes(uuid), id: -1 };
  const given = (count: number) => ({
    domains: Array.from({ length: count }, () => domain),
    groups: 0,
    flags: 0,
  });
  using client = await opened(reader);
  const { ConnectGetAllDomainStats: procedure } = tuningProcedures;
  const { records } = (await client.call(procedure, given(17))) as ResultOf<typeof procedure>;
  expect(records).toHaveLength(17);
  for (const record of records) expect(record).toEqual(records[0]);
  expect(records[0]?.domain.name).toBe(name);
  const refusal = {
    code: 8,
    message:
      'invalid argument: more than 16 domains are named that were named before in the same call',
  };
  expect(await client.call(procedure, given(18))).toMatchObject(refusal);
  expect(await client.call(procedure, given(6000))).toMatchObject(refusal);
});
