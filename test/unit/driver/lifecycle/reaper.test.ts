/** lib/driver/lifecycle/reaper.ts: who cleans up, and what comes after an end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { domainXml } from '../../../support/domain/domain-xml';
import { eventually } from '../../../support/time/eventually';
import { exitRecord, FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
});

const restarting = (element: string) =>
  domainXml({ name: 'web', elements: `<${element}>restart</${element}>` });
const reboot = exitRecord({ how: 'killed', signal: 1 });

test('the owner cleans up by itself when a container ends', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(domainXml({ name: 'web' }));
  await domain.start();
  host.end('web', exitRecord({ code: 7 }));
  await eventually(() => expect(host.state('web').phase).toBe('off'));
  await eventually(() =>
    expect(host.lastEvent()).toMatchObject({
      event: 'stopped',
      detail: 'shutdown',
      exit: { code: 7 },
    }),
  );
});

test('who left a container cleans up when it next looks', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(domainXml({ name: 'web' }));
  await domain.start({ ownership: 'leave' });
  host.end('web');
  expect(host.state('web').phase).toBe('ended');
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'shutdown' });
  expect(host.state('web').phase).toBe('off');
});

test('reap cleans all that have ended, and says how many', async () => {
  const connection = host.connect();
  for (let index = 0; index < 20; index++) {
    await connection.createDomain(domainXml({ name: `d${index}` }), { ownership: 'leave' });
    if (index % 4 !== 0) host.end(`d${index}`);
  }
  expect(await connection.reap()).toBe(15);
  expect(await connection.reap()).toBe(0);
  expect(host.states.size).toBe(5);
});

test('one that can not be cleaned up does not keep the others', async () => {
  const connection = host.connect();
  for (const name of ['a', 'b']) {
    await connection.createDomain(domainXml({ name }), { ownership: 'leave' });
    host.end(name);
  }
  host.failCleanUp = 'a';
  expect(await connection.reap()).toBe(1);
  expect(host.state('a').phase).toBe('ended');
  expect(host.state('b').phase).toBe('off');
  expect(host.lines).toContainEqual(expect.objectContaining({ level: 'error' }));
  host.failCleanUp = undefined;
  expect(await connection.reap()).toBe(1);
});

test.each([
  ['on_poweroff', exitRecord()],
  ['on_reboot', reboot],
  ['on_crash', exitRecord({ how: 'killed', signal: 11 })],
])('%s restart starts it again, with a new id', async (element, exit) => {
  const connection = host.connect();
  const domain = await connection.defineDomain(restarting(element));
  await domain.start({ ownership: 'leave' });
  host.end('web', exit);
  await connection.reap();
  expect(domain.id).toBe(102);
  expect(host.lastEvent()).toMatchObject({ event: 'started', detail: 'booted' });
  host.end('web', exitRecord({ how: 'killed', signal: 9, requested: 'destroy' }));
  await connection.reap();
  expect(domain.id).toBeUndefined();
});

test('a monitor that was killed is a crash', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(restarting('on_crash'));
  await domain.start();
  host.killMonitor('web');
  await connection.listDomains();
  expect(domain.id).toBe(102);
});

test('a transient domain restarts from the text that it was created from', async () => {
  const connection = host.connect();
  const domain = await connection.createDomain(restarting('on_reboot'));
  host.end('web', reboot);
  await eventually(() => expect(domain.id).toBe(102));
  expect(domain.isPersistent()).toBe(false);
  await domain.destroy();
  expect(host.states.size).toBe(0);
});

test('a transient domain that has ended without a clean-up is found by its uuid, and restarts', async () => {
  const connection = host.connect();
  const domain = await connection.createDomain(restarting('on_crash'), { ownership: 'leave' });
  host.killMonitor('web');
  expect((await connection.lookupDomainByUuid(domain.uuid)).id).toBe(102);
});

test('looking for the uuid of a transient domain that has ended cleans up', async () => {
  const connection = host.connect();
  const xml = domainXml({ name: 'web' });
  const { uuid } = await connection.createDomain(xml, { ownership: 'leave' });
  host.end('web');
  const gone = { code: 'NO_DOMAIN' };
  const reader = host.connect('read-only');
  await expect(reader.lookupDomainByUuid(uuid)).rejects.toMatchObject(gone);
  expect(host.states.size).toBe(1);
  await expect(connection.lookupDomainByUuid(uuid)).rejects.toMatchObject(gone);
  expect(host.states.size).toBe(0);
});

test.each(['listDomains', 'reap'] as const)(
  'the record that a rename left which was cut short goes with the next %s',
  async (call) => {
    const connection = host.connect();
    await connection.defineDomain(domainXml({ name: 'web' }));
    for (const name of ['web', 'former']) {
      host.states.set(name, { phase: 'off', last: exitRecord() });
    }
    await host.connect('read-only').listDomains();
    expect([...host.states.keys()]).toEqual(['web', 'former']);
    await connection[call]();
    expect([...host.states.keys()]).toEqual(['web']);
  },
);

test.each(['defineDomain', 'createDomain'] as const)(
  'what has ended gives its uuid up to another domain by %s, is cleaned up, and does not restart',
  async (call) => {
    const connection = host.connect();
    const { uuid } = await connection.createDomain(restarting('on_crash'), { ownership: 'leave' });
    host.killMonitor('web');
    await connection[call](domainXml({ name: 'site', uuid }));
    expect(host.states.has('web')).toBe(false);
    expect((await connection.lookupDomainByUuid(uuid)).name).toBe('site');
    expect(host.lines).toContainEqual({
      level: 'warn',
      fields: { domain: 'web', uuid, holder: 'site' },
      message: 'not started again: its uuid now belongs to another domain',
    });
  },
);

test('what restarts is what ran: a change waits for the next start', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(restarting('on_reboot'));
  await domain.start({ ownership: 'leave' });
  await connection.defineDomain(domainXml({ name: 'web', memory: 2048 }));
  host.end('web', reboot);
  await connection.reap();
  expect(await domain.xml()).toContain('>102400<');
  await domain.destroy();
  await domain.start();
  expect(await domain.xml()).toContain('>2048<');
});

test('what restarts is as open as it was, whatever the connection that does it would choose', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(restarting('on_reboot'));
  await domain.start({ ownership: 'leave' });
  expect(host.running.get('web')?.start.hardening).toBe('hardened');
  host.end('web', reboot);
  const state = host.state('web');
  if (state.phase !== 'ended') throw new Error('it runs');
  host.states.set('web', { ...state, start: { ...state.start, hardening: 'compat' } });
  await connection.reap();
  expect(host.running.get('web')?.start.hardening).toBe('compat');
});

test('the owner of what restarts owns it again', async () => {
  const connection = host.connect();
  await connection.createDomain(restarting('on_reboot'));
  for (let id = 102; id < 105; id++) {
    host.end('web', reboot);
    await eventually(() => expect(host.running.get('web')?.owned).toBe(true));
  }
  host.end('web');
  await eventually(() => expect(host.states.size).toBe(0));
});

test('what was to end with its owner is started again by the owner, and by no other process', async () => {
  const owner = host.connect();
  const domain = await owner.defineDomain(restarting('on_poweroff'));
  await domain.start({ autodestroy: true });
  host.end('web');
  await eventually(() => expect(domain.id).toBe(102));
  expect(host.running.get('web')?.start).toMatchObject({ autodestroy: true, ownership: 'keep' });
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error('it should run');
  // Its owner hears nothing of it.
  host.states.set('web', { phase: 'ended', start: state.start, exit: exitRecord() });
  const other = host.connect();
  const [seen] = await other.listDomains();
  expect(await seen?.state()).toMatchObject({ state: 'shutoff', reason: 'shutdown' });
  expect(domain.id).toBeUndefined();
  expect(host.lines).toContainEqual(
    expect.objectContaining({
      level: 'info',
      message: 'not started again: it was to end with its owner, which is another process',
    }),
  );
});

test('a process that has waited for the lock does not start again at once what has ended once more meanwhile', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(restarting('on_reboot'));
  await domain.start({ ownership: 'leave' });
  host.end('web', { ...reboot, time: Date.now() });
  const release = await host.hold('web');
  const reaped = connection.reap();
  await sleep(200);
  // Another was first; what it started has ended at once.
  const state = host.state('web');
  if (state.phase !== 'ended') throw new Error(state.phase);
  const start = { ...state.start, restarts: 1, time: Date.now() };
  host.states.set('web', { phase: 'ended', start, exit: { ...reboot, time: Date.now() } });
  release();
  expect(await reaped).toBe(0);
  expect(host.state('web').phase).toBe('ended');
  expect(await connection.reap()).toBe(1);
  expect(host.state('web').phase).toBe('running');
});

test('a destroy wins against the restart that is due', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(restarting('on_reboot'));
  await domain.start({ ownership: 'leave' });
  host.end('web', reboot);
  await domain.destroy();
  expect(await connection.reap()).toBe(0);
  expect(domain.id).toBeUndefined();
});

test('a destroy that has failed is one for the process that comes next, and can be asked for again', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(restarting('on_crash'));
  const destroyed = exitRecord({ how: 'lost', requested: 'destroy' });
  for (const finish of [() => domain.destroy(), () => connection.reap()]) {
    await domain.start({ ownership: 'leave' });
    const { id } = domain;
    host.end('web', destroyed);
    await finish();
    expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
    expect(id).toBeDefined();
    expect(domain.id).toBeUndefined();
  }
});

test('a restart that fails leaves the domain off, and is logged', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(restarting('on_reboot'));
  await domain.start({ ownership: 'leave' });
  host.failStart = () => new Error('no memory');
  host.end('web', reboot);
  expect(await connection.reap()).toBe(1);
  expect(await domain.state()).toMatchObject({ state: 'shutoff' });
  expect(host.lines).toContainEqual(
    expect.objectContaining({ level: 'error', message: 'restarting failed' }),
  );
});

test('a new boot of the host starts nothing again', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(restarting('on_crash'));
  await domain.start();
  host.killMonitor('web');
  host.boot = 'boot-2';
  await connection.reap();
  expect(host.state('web').phase).toBe('off');
  expect(domain.id).toBeUndefined();
});

test('a list does not wait until another process lets go of what it holds', async () => {
  const connection = host.connect();
  await connection
    .defineDomain(domainXml({ name: 'web' }))
    .then((domain) => domain.start({ ownership: 'leave' }));
  const release = await host.hold('web');
  host.end('web');
  const [listed] = await connection.listDomains();
  expect(listed?.id).toBeUndefined();
  release();
  await eventually(() => expect(host.state('web').phase).toBe('off'));
});

test('a read-only connection shows what has ended, and leaves it to others', async () => {
  const connection = host.connect();
  await connection
    .defineDomain(domainXml({ name: 'web' }))
    .then((domain) => domain.start({ ownership: 'leave' }));
  host.end('web', exitRecord({ code: 5 }));
  const [seen] = await host.connect('read-only').listDomains();
  expect(await seen?.state()).toMatchObject({
    state: 'shutoff',
    reason: 'shutdown',
    exit: { code: 5 },
  });
  expect(await seen?.wait()).toMatchObject({ code: 5 });
  expect(host.state('web').phase).toBe('ended');
});
