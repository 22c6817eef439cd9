/** Events are followed while some client wants them, by one follower for all. */
import { EventEmitter } from 'node:events';
import { ClientEvents } from '../../../../../lib/rpc/dispatch/events/client-events';
import { EventHub } from '../../../../../lib/rpc/dispatch/events/event-hub';
import type { WatchedConnection } from '../../../../../lib/rpc/dispatch/events/event-hub';
import type { Peer } from '../../../../../lib/rpc/server/peer';
import { User } from '../../../../../lib/rpc/users/users';

const silence = { debug: jest.fn(), info: jest.fn(), warn: jest.fn(), error: jest.fn() };

function client(): { events: ClientEvents; told: () => number } {
  let told = 0;
  const notify = (): void => {
    told += 1;
  };
  const { callbacks } = new User(0);
  const peer = { notify, callbacks } satisfies Pick<Peer, 'notify' | 'callbacks'>;
  return { events: new ClientEvents(peer), told: () => told };
}

interface Hubbed {
  readonly hub: EventHub;
  readonly emitter: EventEmitter;
  readonly opened: () => number;
}

/** A hub on a connection of which only the events are there. */
function hubbed(): Hubbed {
  const emitter = new EventEmitter();
  let opened = 0;
  const domains = { domainOf: () => ({ id: 5 }) };
  const connection = Object.assign(emitter, domains) satisfies WatchedConnection;
  const hub = new EventHub({
    connection: async () => {
      opened += 1;
      return Promise.resolve(connection);
    },
    logger: silence,
  });
  return { hub, emitter, opened: () => opened };
}

const started = { event: 'started', detail: 'booted', domain: 'web', uuid: '', time: 0 };

test('nothing is followed for clients that want nothing', async () => {
  const { hub, opened } = hubbed();
  hub.add(client().events);
  await hub.update();
  expect(opened()).toBe(0);
});

test('one follower is enough for all, however they come and go at once', async () => {
  const { hub, emitter, opened } = hubbed();
  const clients = Array.from({ length: 10 }, client);
  for (const { events } of clients) hub.add(events);
  await Promise.all(
    clients.map(({ events }) => {
      events.addDomain(0, undefined);
      return hub.update();
    }),
  );
  expect([opened(), emitter.listenerCount('domain')]).toEqual([1, 1]);
  emitter.emit('domain', started);
  expect(clients.map(({ told }) => told())).toEqual(clients.map(() => 1));
  await Promise.all(clients.map(({ events }) => hub.remove(events)));
  expect(emitter.listenerCount('domain')).toBe(0);
});

test('after events were lost it goes on with those that come', async () => {
  const { hub, emitter } = hubbed();
  const { events, told } = client();
  hub.add(events);
  events.addDomain(0, undefined);
  await hub.update();
  emitter.emit('error', new Error('events are gone'));
  expect(silence.error).toHaveBeenCalledTimes(1);
  expect(emitter.listenerCount('domain')).toBe(1);
  emitter.emit('domain', started);
  expect(told()).toBe(1);
});
