/** What the clients of one user other than root share, whichever of them it comes by. */
import { setImmediate as nextIteration } from 'node:timers/promises';
import { keepaliveProcedures, messageTypes, programs } from '../../../../lib/rpc/protocol/numbers';
import { longestWithoutWrite, tooManyNotices } from '../../../../lib/rpc/server/client';
import type { Answer } from '../../../../lib/rpc/server/peer';
import { boundsOfUser } from '../../../../lib/rpc/users/bounds';
import { User } from '../../../../lib/rpc/users/users';
import { echo, serve, stream, wait, word } from '../../../support/clients/served-client';
import type { Served } from '../../../support/clients/served-client';
import { eventually } from '../../../support/time/eventually';

const reader = 2000;

function serveOne(user: User, uid = reader): Promise<Served> {
  return serve('read-only', { isStranger: false, uid, user });
}

test('of all calls of a user so many are under way, those of root are not held up, and each is answered', async () => {
  const user = new User(reader);
  const clients = await Promise.all(Array.from({ length: 6 }, () => serveOne(user)));
  for (const { client } of clients) {
    for (let serial = 1; serial <= 10; serial += 1)
      client.sendFrame({ procedure: wait, serial }, word(1));
  }
  const underWay = (): number => clients.reduce((sum, { waiting }) => sum + waiting.length, 0);
  await eventually(() => expect(underWay()).toBe(boundsOfUser.calls));
  for (let look = 0; look < 20; look += 1) await nextIteration();
  expect(underWay()).toBe(boundsOfUser.calls);
  await using root = await serve('read-write');
  root.client.sendFrame({ procedure: echo }, word(7));
  expect((await root.client.next()).body).toEqual(word(7));
  const answer = async ({ client, waiting }: Served): Promise<void> => {
    for (let serial = 1; serial <= 10; serial += 1) {
      await eventually(() => expect(waiting.length).toBeGreaterThanOrEqual(serial));
      waiting[serial - 1]?.();
      await client.next();
    }
  };
  await Promise.all(clients.map(answer));
  expect(underWay()).toBe(60);
});

test('a client that is gone leaves its calls’ places to the others of its user', async () => {
  const user = new User(reader);
  const leaving = await Promise.all(Array.from({ length: 4 }, () => serveOne(user)));
  for (const { client } of leaving) {
    for (let serial = 1; serial <= 5; serial += 1)
      client.sendFrame({ procedure: wait, serial }, word(1));
  }
  await eventually(() => expect(user.turns.isFree).toBe(false));
  await using staying = await serveOne(user);
  staying.client.sendFrame({ procedure: echo }, word(7));
  for (const one of leaving) await one[Symbol.asyncDispose]();
  expect((await staying.client.next()).body).toEqual(word(7));
});

/** Takes all turns of the user; what is returned gives them back. */
function takeTurns(user: User): () => void {
  const begun = Array.from({ length: boundsOfUser.calls }, () => user.turns.begin());
  return () => {
    for (const _ of begun) user.turns.end();
  };
}

/** Timers as the test moves them; sockets and turns of the event loop go on. */
function moveTime(): void {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'performance', 'queueMicrotask'] });
}

afterEach(() => void jest.useRealTimers());

const keepalive = {
  program: programs.keepalive.number,
  version: programs.keepalive.version,
  type: messageTypes.message,
  serial: 0,
};

test('a call that waits for others holds up no packet of a stream, and they take no place', async () => {
  const user = new User(reader);
  await using served = await serveOne(user);
  const { client, other } = served;
  const packet = { procedure: stream, type: messageTypes.stream, serial: 5, status: 2 };
  other._write = () => undefined;
  client.sendFrame({ procedure: stream, serial: 5 });
  await client.next();
  client.sendFrame(packet, Buffer.from('unread'));
  await eventually(() => expect(other.writableLength).toBe(6));
  const giveBack = takeTurns(user);
  await nextIteration();
  expect(user.turns.isFree).toBe(false);
  client.sendFrame({ procedure: echo, serial: 6 }, word(6));
  for (let count = 0; count < 3; count += 1) client.sendFrame(packet, Buffer.from('unread'));
  await eventually(() => expect(other.writableLength).toBe(24));
  expect(served.calls()).toBe(1);
  giveBack();
  expect((await client.next()).header.serial).toBe(6);
});

test('a client with a call that waits for others is pinged, is heard, and has its own pings answered', async () => {
  moveTime();
  const user = new User(reader);
  await using served = await serveOne(user);
  const { client, peer } = served;
  peer.startKeepalive();
  const giveBack = takeTurns(user);
  client.sendFrame({ procedure: echo, serial: 6 }, word(6));
  for (let count = 0; count < 8; count += 1) {
    client.sendFrame({ ...keepalive, procedure: keepaliveProcedures.ping });
    expect((await client.next()).header.procedure).toBe(keepaliveProcedures.pong);
    // The first tick hears, the second one pings.
    jest.advanceTimersByTime(10_000);
    expect((await client.next()).header.procedure).toBe(keepaliveProcedures.ping);
  }
  giveBack();
  expect((await client.next()).header.serial).toBe(6);
});

test.each([
  ['that have a place', 5, 0],
  ['that wait for those of others', 0, 5],
])('a client with five calls %s is not given up for what it is not read from', async (...given) => {
  const [, waits, echoes] = given;
  moveTime();
  const user = new User(reader);
  await using served = await serveOne(user);
  const { client, peer, waiting } = served;
  peer.startKeepalive();
  const giveBack = echoes === 0 ? () => undefined : takeTurns(user);
  for (let serial = 1; serial <= waits; serial += 1)
    client.sendFrame({ procedure: wait, serial }, word(1));
  for (let serial = 1; serial <= echoes; serial += 1)
    client.sendFrame({ procedure: echo, serial }, word(1));
  const body = Buffer.alloc(1000);
  client.sendFrame({ procedure: echo, serial: 6 }, body.subarray(600), 28 + body.length);
  await eventually(() => expect(user.unfinished.bytes).toBe(428));
  client.send(body.subarray(0, 600));
  for (let minute = 0; minute < 10; minute += 1) {
    jest.advanceTimersByTime(60_000);
    await nextIteration();
  }
  giveBack();
  await eventually(() => expect(waiting).toHaveLength(waits));
  for (const wake of waiting) wake();
  for (let count = 0; count < 6; count += 1) expect((await client.next()).header.status).toBe(0);
});

test('long calls are not kept while they cannot begin, and come afterwards', async () => {
  const user = new User(reader);
  await using served = await serve('read-write', { isStranger: false, uid: reader, user });
  const { client } = served;
  const giveBack = takeTurns(user);
  client.sendFrame({ procedure: echo }, Buffer.alloc(2 ** 23));
  await eventually(() => expect(user.unfinished.bytes).toBeGreaterThan(longestWithoutWrite));
  for (let look = 0; look < 100; look += 1) await nextIteration();
  expect(user.unfinished.bytes).toBeLessThan(2 ** 20);
  giveBack();
  expect((await client.next()).header.status).toBe(0);
});

test('one that does not read its events is given up after some hundred kilobytes', async () => {
  await using served = await serveOne(new User(reader));
  const { client, peer } = served;
  client.socket.pause();
  const body: Answer['body'] = (writer) => writer.text('x'.repeat(2 ** 16));
  // What the kernel takes, and what may wait beside that.
  for (let count = 0; count < 16; count += 1) {
    peer.notify({ program: 1, version: 1, procedure: 1, body });
  }
  await eventually(() => expect(served.gone()).toBe(true));
});

test('what the kernel has taken of many events at once is not counted as unread', async () => {
  await using served = await serveOne(new User(reader));
  const { client, peer } = served;
  const body: Answer['body'] = (writer) => writer.text('x'.repeat(2 ** 15));
  // More than may be unread, and less than that beside what the kernel takes.
  const count = tooManyNotices / 2 ** 15 + 1;
  for (let sent = 0; sent < count; sent += 1) {
    peer.notify({ program: 1, version: 1, procedure: 1, body });
  }
  for (let sent = 0; sent < count; sent += 1) {
    expect((await client.next()).header.procedure).toBe(1);
  }
});
