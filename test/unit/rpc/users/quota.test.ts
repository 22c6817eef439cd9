/** What each user other than root may have, and that nothing is kept of a user without clients. */
import { boundsOfUser } from '../../../../lib/rpc/users/bounds';
import { Users } from '../../../../lib/rpc/users/users';

const reader = 2000;

test('a user has so many clients and callbacks, and what is beyond is refused by name', () => {
  const user = new Users().enter(reader);
  for (let count = 0; count < boundsOfUser.clients; count += 1) user.clients.take();
  expect(() => user.clients.take()).toThrow(
    'resource busy: user 2000 has 100 clients, the most of a user other than root',
  );
  expect(user.clients.refusal).toMatchObject({ code: 'RESOURCE_BUSY' });
  user.clients.giveBack();
  expect(user.clients.refusal).toBeUndefined();
  for (let count = 0; count < boundsOfUser.callbacks; count += 1) user.callbacks.take();
  expect(() => user.callbacks.take()).toThrow('user 2000 has 1024 callbacks');
});

test('root has no bounds', () => {
  const root = new Users().enter(0);
  for (let count = 0; count < 10_000; count += 1) {
    root.clients.take();
    root.callbacks.take();
    root.turns.begin();
  }
  expect(root.turns.isFree).toBe(true);
  expect([root.clients.refusal, root.callbacks.refusal]).toEqual([undefined, undefined]);
});

test('the clients of a user share what it has, those of two users do not, and the last one takes it away', () => {
  const users = new Users();
  const user = users.enter(reader);
  expect(users.enter(reader)).toBe(user);
  expect(users.enter(reader + 1)).not.toBe(user);
  for (let count = 0; count < boundsOfUser.clients; count += 1) user.clients.take();
  expect([reader, reader + 1, 7].map((uid) => users.isFull(uid))).toEqual([true, false, false]);
  users.leave(reader);
  expect(users.isFull(reader)).toBe(true);
  expect(users.enter(reader)).toBe(user);
  users.leave(reader);
  users.leave(reader);
  users.leave(reader + 1);
  users.leave(7);
  expect(users.isFull(reader)).toBe(false);
  expect(users.enter(reader)).not.toBe(user);
});
