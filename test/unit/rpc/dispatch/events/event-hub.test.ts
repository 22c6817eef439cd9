/** Events are followed while some client wants them, by one follower for all. */
import { EventEmitter } from 'node:events';
import { ClientEvents } from '../../../../../lib/rpc/dispatch/events/client-events';
import { EventHub } from '../../../../../lib/rpc/dispatch/events/event-hub';
import type { WatchedConnection } from '../../../../../lib/rpc/dispatch/events/event-hub';
import { User } from '../../../../../lib/rpc/users/users';

const silence = { debug: jest.fn(), info: jest.fn(), warn: jest.fn(), error: jest.fn() };

interface FakeClient {
  readonly events: ClientEvents;
  readonly told: () => number;
  readonly closed: jest.Mock;
}

function client(): FakeClient {
  let told = 0;
  const closed = jest.fn();
  const notify = (): void => {
    told += 1;
  };
  const { callbacks } = new User(0);
  const events = new ClientEvents({ notify, callbacks, closeSoon: closed });
  return { events, told: () => told, closed };
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

test('clients that wait for events are disconnected when events were lost, and no others', async () => {
  const { hub, emitter } = hubbed();
  const [ofDomains, ofNetworks, waitsForNone] = [client(), client(), client()];
  for (const { events } of [ofDomains, ofNetworks, waitsForNone]) hub.add(events);
  ofDomains.events.addDomain(0, undefined);
  ofNetworks.events.addNetwork(0, undefined);
  await hub.update();
  emitter.emit('error', new Error('events are gone'));
  expect(silence.error).toHaveBeenCalledTimes(1);
  const times = [ofDomains, ofNetworks, waitsForNone].map(({ closed }) => closed.mock.calls.length);
  expect(times).toEqual([1, 1, 0]);
});

test('after events were lost, whoever comes is told of those that follow', async () => {
  const { hub, emitter } = hubbed();
  const before = client();
  hub.add(before.events);
  before.events.addDomain(0, undefined);
  await hub.update();
  emitter.emit('error', new Error('events are gone'));
  const { events, told } = client();
  hub.add(events);
  events.addDomain(0, undefined);
  await hub.update();
  expect(emitter.listenerCount('domain')).toBe(1);
  emitter.emit('domain', started);
  expect(told()).toBe(1);
});
