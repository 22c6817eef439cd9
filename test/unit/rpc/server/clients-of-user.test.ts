/** What the clients of one user other than root share, whichever of them it comes by. */
import { setImmediate as nextIteration } from 'node:timers/promises';
import type { Answer } from '../../../../lib/rpc/server/peer';
import { boundsOfUser } from '../../../../lib/rpc/users/bounds';
import { User } from '../../../../lib/rpc/users/users';
import { echo, serve, stream, wait, word } from '../../../support/clients/served-client';
import type { Served } from '../../../support/clients/served-client';
import { eventually } from '../../../support/time/eventually';

const someone = 2000;

function serveOne(user: User, uid = someone): Promise<Served> {
  return serve('read-only', { isStranger: false, uid, user });
}

test('of all calls of a user so many are under way, those of root are not held up, and each is answered', async () => {
  const user = new User(someone);
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
  const user = new User(someone);
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

test('packets of streams are no calls, and take no place', async () => {
  const user = new User(someone);
  await using served = await serveOne(user);
  const { client, other } = served;
  other._write = () => undefined;
  client.sendFrame({ procedure: stream, serial: 5 });
  await client.next();
  for (let count = 0; count < 5; count += 1) {
    client.sendFrame({ procedure: stream, type: 3, serial: 5, status: 2 }, Buffer.from('unread'));
  }
  await eventually(() => expect(other.writableLength).toBe(30));
  const begun = Array.from({ length: boundsOfUser.calls }, () => user.turns.begin());
  await nextIteration();
  expect(user.turns.isFree).toBe(false);
  for (const _ of begun) user.turns.end();
});

test('one that does not read its events is given up after some hundred kilobytes', async () => {
  await using served = await serveOne(new User(someone));
  const { client, peer } = served;
  client.socket.pause();
  const body: Answer['body'] = (writer) => writer.text('x'.repeat(2 ** 16));
  // What the kernel takes, and what may wait beside that.
  for (let count = 0; count < 16; count += 1) {
    peer.notify({ program: 1, version: 1, procedure: 1, body });
  }
  await eventually(() => expect(served.gone()).toBe(true));
});
