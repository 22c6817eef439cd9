/** What a client is told of what it has asked for. */
import type { DomainEvent } from '../../../../../lib/driver/types';
import { ClientEvents } from '../../../../../lib/rpc/dispatch/events/client-events';
import { uuidBytes } from '../../../../../lib/rpc/dispatch/base/uuid';
import { domainEventTypes, notices } from '../../../../../lib/rpc/protocol/events';
import { XdrReader } from '../../../../../lib/rpc/xdr/reader';
import { XdrWriter } from '../../../../../lib/rpc/xdr/writer';
import type { Notification, Peer } from '../../../../../lib/rpc/server/peer';
import { User } from '../../../../../lib/rpc/users/users';

const uuid = '02169d49-0068-4612-b2de-901c4a14c5a3';
const other = '12169d49-0068-4612-b2de-901c4a14c5a3';
const domain = { name: 'web', uuid: uuidBytes(uuid), id: 7 };

interface Told {
  readonly number: number;
  readonly body: Buffer;
}

function listening(user = new User(0)): { events: ClientEvents; told: Told[] } {
  const told: Told[] = [];
  const notify = ({ procedure, body }: Notification): void => {
    const writer = new XdrWriter();
    body(writer);
    told.push({ number: procedure, body: writer.finish() });
  };
  const peer: Peer = {
    access: 'read-write',
    credentials: { pid: 1, uid: 0, gid: 0, started: '1' },
    callbacks: user.callbacks,
    notify,
    openStream: () => undefined,
    startKeepalive: () => undefined,
    closeSoon: () => undefined,
  };
  return { events: new ClientEvents(peer), told };
}

function happened(event: DomainEvent['event'], more: Partial<DomainEvent> = {}): DomainEvent {
  return { event, detail: 'booted', domain: 'web', uuid, time: 0, ...more } as DomainEvent;
}

const tell = (events: ClientEvents, event: DomainEvent): void => events.tellDomain(event, () => 7);

test.each<[string, DomainEvent, keyof typeof domainEventTypes, keyof typeof notices, unknown]>([
  [
    'a start',
    happened('started'),
    'lifecycle',
    'callbackLifecycle',
    { callback: 0, message: { domain, event: 2, detail: 0 } },
  ],
  [
    'an end',
    happened('stopped', { detail: 'failed' }),
    'lifecycle',
    'callbackLifecycle',
    { callback: 0, message: { domain, event: 5, detail: 5 } },
  ],
  [
    'a reboot',
    happened('reboot', { detail: 'rebooted' }),
    'reboot',
    'callbackReboot',
    { callback: 0, message: { domain } },
  ],
  [
    'metadata',
    happened('metadata-change', { detail: 'element', uri: 'http://a.b' }),
    'metadataChange',
    'callbackMetadataChange',
    { callback: 0, domain, type: 2, uri: 'http://a.b' },
  ],
  [
    'a device',
    happened('device-added', { detail: 'disk', device: 'vda' }),
    'deviceAdded',
    'callbackDeviceAdded',
    { callback: 0, domain, alias: 'vda' },
  ],
  [
    'a device that has gone',
    happened('device-removed', { detail: 'disk', device: 'vda' }),
    'deviceRemoved',
    'callbackDeviceRemoved',
    { callback: 0, message: { domain, alias: 'vda' } },
  ],
])('%s is told to who has asked for it', (...[, event, type, notice, message]) => {
  const { events, told } = listening();
  expect(events.addDomain(domainEventTypes[type], undefined)).toBe(0);
  tell(events, event);
  const { number, body } = notices[notice];
  expect(told.map((one) => one.number)).toEqual([number]);
  expect(body.read(new XdrReader(told[0]?.body ?? Buffer.alloc(0)))).toEqual(message);
});

test('nothing is told of what was not asked for, of other domains, and after it is not wanted any more', () => {
  const { events, told } = listening();
  const callback = events.addDomain(domainEventTypes.lifecycle, domain);
  tell(events, happened('reboot'));
  tell(events, happened('warning'));
  tell(events, happened('started', { uuid: other }));
  expect(told).toEqual([]);
  expect(events.wants('domain')).toBe(true);
  events.removeDomain(callback);
  tell(events, happened('started'));
  expect(told).toEqual([]);
  expect(events.wants('domain')).toBe(false);
  expect(() => events.removeDomain(callback)).toThrow('not registered');
});

test('each callback is told, the older kind without a number', () => {
  const { events, told } = listening();
  events.addTyped(domainEventTypes.lifecycle);
  events.addDomain(domainEventTypes.lifecycle, undefined);
  tell(events, happened('started'));
  expect(told.map(({ number }) => number)).toEqual([
    notices.lifecycle.number,
    notices.callbackLifecycle.number,
  ]);
});

test('events of networks go to who has asked for them', () => {
  const { events, told } = listening();
  events.addNetwork(0, undefined);
  events.addNetwork(1, undefined);
  events.tellNetwork({ event: 'stopped', network: 'lan', uuid, time: 0 });
  expect(told).toHaveLength(1);
  expect(
    notices.networkLifecycle.body.read(new XdrReader(told[0]?.body ?? Buffer.alloc(0))),
  ).toEqual({
    callback: 0,
    network: { name: 'lan', uuid: uuidBytes(uuid) },
    event: 3,
    detail: 0,
  });
});

test('a change of what is said of a network goes to who has asked for such changes', () => {
  const { events, told } = listening();
  events.addNetwork(0, undefined);
  events.addNetwork(1, undefined);
  const about = { event: 'metadata-change', network: 'lan', uuid, time: 0 } as const;
  events.tellNetwork({ ...about, detail: 'title' });
  events.tellNetwork({ ...about, detail: 'element', uri: 'urn:x' });
  const { number, body } = notices.networkMetadataChange;
  expect(told.map((one) => one.number)).toEqual([number, number]);
  const network = { name: 'lan', uuid: uuidBytes(uuid) };
  expect(told.map((one) => body.read(new XdrReader(one.body)))).toEqual([
    { callback: 1, network, type: 1, uri: undefined },
    { callback: 1, network, type: 2, uri: 'urn:x' },
  ]);
});

test('a client has so many callbacks, and no more', () => {
  const { events } = listening();
  for (let count = 0; count < 1024; count += 1) events.addDomain(0, undefined);
  expect(() => events.addDomain(0, undefined)).toThrow('more than 1024 callbacks');
});

test('all clients of a user have so many together, and get back what they no longer have', () => {
  const user = new User(2000);
  const [first, second] = [listening(user).events, listening(user).events];
  for (let count = 0; count < 600; count += 1) first.addDomain(0, undefined);
  for (let count = 0; count < 424; count += 1) second.addNetwork(0, undefined);
  const refusal = 'user 2000 has 1024 callbacks, the most of a user other than root';
  for (const events of [first, second]) {
    expect(() => events.addDomain(0, undefined)).toThrow(refusal);
    expect(() => events.addTyped(0)).toThrow(refusal);
  }
  // That of another user is asked for as before.
  expect(listening(new User(2001)).events.addDomain(0, undefined)).toBe(0);
  first.removeDomain(0);
  second.removeNetwork(0);
  expect(() => second.removeNetwork(0)).toThrow('not registered');
  second.addTyped(0);
  second.removeTyped(0);
  second.addDomain(0, undefined);
  second.addDomain(0, undefined);
  expect(() => first.addDomain(0, undefined)).toThrow(refusal);
  first.close();
  expect(user.callbacks.taken).toBe(425);
  // A call that was under way when the client went.
  expect(() => first.addDomain(0, undefined)).toThrow('the client is gone');
  second.close();
  second.close();
  expect(user.callbacks.taken).toBe(0);
});

test('an id is asked for once, however many callbacks there are, and not for none', () => {
  const { events, told } = listening();
  let asked = 0;
  const idOf = (): number => {
    asked += 1;
    return 7;
  };
  events.tellDomain(happened('started'), idOf);
  expect(asked).toBe(0);
  for (let count = 0; count < 100; count += 1) events.addDomain(0, undefined);
  events.tellDomain(happened('started'), idOf);
  expect([told.length, asked]).toEqual([100, 1]);
});
