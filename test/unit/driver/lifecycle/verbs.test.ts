/** lib/driver/lifecycle/verbs.ts and domain.ts: start, destroy, undefine and what can be asked of a domain. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../../../lib/driver/connection';
import type { Domain } from '../../../../lib/driver/domain';
import type { StartOptions } from '../../../../lib/driver/types';
import { DefinitionStore } from '../../../../lib/host/state/definitions/definition-store';
import { domainXml } from '../../../support/domain/domain-xml';
import { repeats } from '../../../support/time/repeats';
import { exitRecord, FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';
import { containing, errorOf } from '../refusal';

removeScratchAfterEach();

const uuid = '11111111-1111-4111-8111-111111111111';
const xml = domainXml({ name: 'web', uuid });

let host: FakeHost;
let connection: Connection;
let domain: Domain;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  domain = await connection.defineDomain(xml);
});

test('a start that fails, or is refused before anything is done, is why the domain is off', async () => {
  const failed = { state: 'shutoff', reason: 'failed', exit: expect.anything() as object };
  host.failStart = () => new Error('no memory');
  await expect(domain.start()).rejects.toThrow('no memory');
  expect(await domain.state()).toMatchObject(failed);
  const devices = "<interface type='user'/>";
  const other = await connection.defineDomain(domainXml({ name: 'other', devices }));
  await expect(other.start()).rejects.toMatchObject({ code: 'CONFIG_UNSUPPORTED' });
  expect(await other.state()).toMatchObject({ state: 'shutoff', reason: 'failed' });
  host.failStart = undefined;
  await domain.start();
  expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
});

test('a domain starts, has an id, is destroyed, and says so', async () => {
  expect(domain.id).toBeUndefined();
  expect(await domain.state()).toEqual({ state: 'shutoff', reason: 'unknown' });
  await domain.start();
  expect(domain.id).toBe(101);
  expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
  expect(host.lastEvent()).toMatchObject({ event: 'started', detail: 'booted', domain: 'web' });
  await domain.destroy();
  expect(domain.id).toBeUndefined();
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
  expect(host.lastEvent()).toMatchObject({
    event: 'stopped',
    detail: 'destroyed',
    exit: { how: 'killed', signal: 9, requested: 'destroy' },
  });
});

test.each<[streams: unknown, at: string, what: string]>([
  [[0, 1], '', 'has 2 items, and not 3'],
  [[0, 1, 2, 3], '', 'has 4 items, and not 3'],
  [[0, '1', 2], '[1]', "is '1', not a whole number from 0 to 2147483647"],
  [[0, 1, -1], '[2]', 'is -1, not a whole number from 0 to 2147483647'],
  [[0, 1.5, 2], '[1]', 'is 1.5, not a whole number from 0 to 2147483647'],
  [0, '', 'is 0, not a list of 3'],
])('standard streams %j are refused, and that is no failed start', async (streams, at, what) => {
  const options = { standardStreams: streams } as StartOptions;
  const element = `options.standardStreams${at}`;
  await expect(domain.start(options)).rejects.toMatchObject({
    code: 'INVALID_ARG',
    message: `invalid argument: Domain.start: ${element} ${what}`,
    element,
  });
  await expect(connection.createDomain(xml, options)).rejects.toMatchObject({ element });
  expect(await domain.state()).toEqual({ state: 'shutoff', reason: 'unknown' });
  await domain.start({ standardStreams: [0, 1, 2] });
});

test('what a domain does not take in its phase is refused in the words of libvirt', async () => {
  const invalid = (message: string) => ({
    code: 'OPERATION_INVALID',
    message: `Requested operation is not valid: ${message}`,
  });
  const notRunning = invalid('domain is not running');
  await expect(domain.destroy()).rejects.toMatchObject(notRunning);
  await expect(domain.sendSignal(15)).rejects.toMatchObject(notRunning);
  await expect(domain.openConsole()).rejects.toMatchObject(notRunning);
  await expect(domain.xml({ which: 'live' })).rejects.toMatchObject(notRunning);
  await expect(domain.wait()).rejects.toMatchObject(notRunning);
  await domain.start();
  await expect(domain.start()).rejects.toMatchObject(invalid('Domain is already running'));
});

test('what is left to another process can not end with this one', async () => {
  const refused = { code: 'INVALID_ARG', element: 'options.autodestroy' };
  const options = { ownership: 'leave', autodestroy: true } as const;
  await expect(domain.start(options)).rejects.toMatchObject(refused);
  expect(await domain.state()).toMatchObject({ state: 'shutoff' });
  await domain.start({ ...options, autodestroy: false });
});

test.each([15, 'SIGTERM', 'TERM', '15'])('init is sent the signal %p', async (signal) => {
  await domain.start();
  await domain.sendSignal(signal);
  expect(host.asked).toContain('signal 15');
});

test.each([-1, 65, 1.5, NaN, 'SIGFOO', ''])('%p is no signal', async (signal) => {
  await domain.start();
  const refused = { code: 'INVALID_ARG', element: 'signal' };
  await expect(domain.sendSignal(signal)).rejects.toMatchObject(refused);
});

test.each([
  [true, true],
  ['on', true],
  [false, false],
  ['off', false],
] as const)('autostart can be set to %p', async (asked, autostart) => {
  await domain.setAutostart(!autostart);
  await domain.setAutostart(asked);
  expect(await domain.info()).toMatchObject({ autostart });
});

test('a running domain that is undefined goes on, and is gone at its end', async () => {
  await domain.start();
  await domain.undefine();
  expect(host.lastEvent()).toMatchObject({ event: 'undefined', detail: 'removed', uuid });
  expect(domain.isPersistent()).toBe(false);
  expect(domain.id).toBe(101);
  host.end('web');
  await expect(connection.lookupDomainByName('web')).rejects.toMatchObject({
    code: 'NO_DOMAIN',
    message: "Domain not found: No domain with matching name 'web'",
  });
  expect(host.states.size).toBe(0);
});

test('undefining what has ended cleans up first, and tells of both', async () => {
  await domain.start({ ownership: 'leave' });
  const events = connection.events();
  host.end('web');
  await domain.undefine();
  expect(host.states.size).toBe(0);
  const seen = [await events.next(), await events.next()];
  expect(seen.map(({ value }) => value?.event)).toEqual(['stopped', 'undefined']);
  await events.return?.();
});

test('an undefine that is cut short leaves no record of a domain that is not there', async () => {
  await domain.start({ ownership: 'leave' });
  host.end('web');
  await domain.state();
  expect(host.states.size).toBe(1);
  const remove = jest.spyOn(DefinitionStore.prototype, 'remove').mockImplementation(() => {
    throw new Error('cut short');
  });
  await expect(domain.undefine()).rejects.toThrow('cut short');
  expect(host.states.size).toBe(0);
  remove.mockRestore();
});

test('a handle whose domain is gone says so, also when another has the name', async () => {
  await domain.undefine();
  const gone = { code: 'NO_DOMAIN', message: containing(uuid) };
  await connection.defineDomain(domainXml({ name: 'web' }));
  for (const call of ['start', 'destroy', 'undefine', 'state', 'info', 'xml', 'wait'] as const) {
    await expect(domain[call]()).rejects.toMatchObject(gone);
  }
});

test('start names the file of a definition that can not be started', async () => {
  const path = join(host.root, 'etc/tslxc/lxc/web.xml');
  const refused = await connection.defineDomain(
    domainXml({ name: 'web', devices: "<interface type='user'/>" }),
  );
  await expect(refused.start()).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    path,
    element: 'domain/devices/interface/@type',
  });
  writeFileSync(path, '<domain');
  await expect(refused.start()).rejects.toMatchObject({
    code: 'XML_DETAIL',
    path,
    message: expect.stringMatching(`^${path}:1: .*\n<domain\n-------\\^$`) as string,
  });
  expect(host.running.size).toBe(0);
});

test(`after an exit no call ever shows it running: ${repeats(200)} times`, async () => {
  for (let run = 0; run < repeats(200); run++) {
    const once = await connection.defineDomain(xml);
    await once.start({ ownership: run % 2 === 0 ? 'keep' : 'leave' });
    host.end('web');
    const [listed] = await Promise.all([
      connection.listDomains(),
      run % 3 === 0 ? once.state() : once.undefine(),
    ]);
    for (const { id } of listed) expect(id).toBeUndefined();
    expect(await connection.listDomains({ state: 'active' })).toEqual([]);
  }
});

test('a monitor that was killed leaves nothing that a destroy does not end', async () => {
  await domain.start();
  host.killMonitor('web');
  await domain.destroy();
  expect(host.lastEvent()).toMatchObject({ event: 'stopped', detail: 'destroyed' });
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
});

test('a monitor that does not answer does not keep a container alive', async () => {
  await domain.start();
  host.deaf.add('web');
  await domain.destroy();
  expect(host.state('web').phase).toBe('off');
  expect(host.lastEvent()).toMatchObject({ event: 'stopped', detail: 'destroyed' });
});

test('a start that lost its caller is cleaned up by the process that comes next, and never told of', async () => {
  await domain.start();
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error('not running');
  host.states.set('web', { phase: 'starting', start: state.start });
  await expect(domain.destroy()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
  expect(host.state('web').phase).toBe('off');
  expect(host.lastEvent()).toMatchObject({ event: 'started' });
});

test('a start that lost its caller and yet comes to run is waited for', async () => {
  await domain.start();
  const running = host.state('web');
  if (running.phase !== 'running') throw new Error('not running');
  host.states.set('web', { phase: 'starting', start: running.start });
  const calls = [domain.start(), domain.undefine()];
  await sleep(50);
  host.states.set('web', running);
  await expect(calls[0]).rejects.toMatchObject({
    message: 'Requested operation is not valid: Domain is already running',
  });
  await calls[1];
  expect(domain.id).toBe(101);
  expect(host.state('web')).toBe(running);
});

test('a start that waits for the lock is given up at once when its signal fires', async () => {
  const release = await host.hold('web');
  const controller = new AbortController();
  const starting = domain.start({ signal: controller.signal });
  await sleep(5);
  controller.abort();
  await expect(starting).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
  release();
  await sleep(5);
  expect(host.state('web').phase).toBe('off');
  await expect(domain.start({ signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'OPERATION_ABORTED',
  });
});

test('numbers come from the cgroup while it runs, and from the definition else', async () => {
  expect(await domain.info()).toEqual({
    state: { state: 'shutoff', reason: 'unknown' },
    maxMemory: 102400,
    currentMemory: 102400,
    usedMemory: 102400,
    vcpus: 1,
    maxVcpus: 1,
    persistent: true,
    autostart: false,
    isolation: 'none',
  });
  await domain.start();
  expect(await domain.info()).toMatchObject({
    state: { state: 'running' },
    maxMemory: 102400,
    usedMemory: 4,
    cpuTime: 7n,
  });
});

test('the live XML has the id and the ptys, the inactive one has not', async () => {
  const inactive = await domain.xml();
  await domain.start();
  const live = await domain.xml();
  expect(live).toContain("<domain type='lxc' id='101'>");
  expect(live).toContain("<source path='/dev/pts/101'/>");
  expect(await domain.xml({ which: 'live' })).toBe(live);
  expect(await domain.xml({ which: 'inactive' })).toBe(inactive);
});

test.each([
  [undefined, '/dev/pts/101'],
  [0, '/dev/pts/101'],
  ['0', '/dev/pts/101'],
  ['console0', '/dev/pts/101'],
  ['console1', undefined],
])('console %j is at %j', async (device, path) => {
  expect(domain.consolePath(device)).toBeUndefined();
  await domain.start();
  expect(domain.consolePath(device)).toBe(path);
});

test.each(['serial0', '', '-1', 'console', '1e1', -1, 0.5])('%j is no console', async (device) => {
  const refusal = {
    code: 'INVALID_ARG',
    message: containing('cannot find console device'),
    element: 'options.device',
  };
  expect(await errorOf(() => domain.consolePath(device))).toMatchObject(refusal);
  await domain.start();
  await expect(domain.openConsole({ device })).rejects.toMatchObject(refusal);
});

test('a console that the container has not is refused', async () => {
  await domain.start();
  await expect(domain.openConsole({ device: 1 })).rejects.toMatchObject({
    code: 'INVALID_ARG',
    message: "invalid argument: cannot find console device '1'",
  });
});

test.each([-1, 65, 1.5, NaN])('signal %p is out of range', async (number) => {
  await domain.start();
  await expect(domain.sendSignal(number)).rejects.toMatchObject({
    code: 'INVALID_ARG',
    message: `invalid argument: signum value ${number} is out of range`,
  });
});

test('a record of another boot is not believed', async () => {
  await domain.start();
  host.end('web', exitRecord({ code: 4 }));
  expect(await domain.state()).toMatchObject({ reason: 'shutdown', exit: { code: 4 } });
  host.boot = 'boot-2';
  expect(await domain.state()).toEqual({ state: 'shutoff', reason: 'unknown' });
  await expect(domain.wait()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
});
