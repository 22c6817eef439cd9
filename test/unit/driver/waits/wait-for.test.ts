/** lib/driver/waits: waiting for an address or a listening port of a container. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Domain } from '../../../../lib/driver/domain';
import { domainXml } from '../../../support/domain/domain-xml';
import { eventually } from '../../../support/time/eventually';
import { exitRecord, FakeHost } from '../../../support/fake/host/fake-host';
import { address, link } from '../../../support/fake/host/fake-links';
import { errorOf } from '../refusal';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const links = [
  link({ index: 1, name: 'lo' }),
  link({ index: 2, name: 'eth0' }),
  link({ index: 3, name: 'eth1', up: false }),
];

/** None of them can be reached from elsewhere, or not yet. */
const useless = [
  address({ index: 1, address: '127.0.0.1', scope: 'host' }),
  address({ index: 1, address: '198.51.100.1' }),
  address({ index: 2, address: '169.254.7.7', scope: 'link' }),
  address({ index: 3, address: '192.0.2.9' }),
  address({ index: 2, family: 'ipv6', address: 'fe80::1', scope: 'link' }),
  address({ index: 2, family: 'ipv6', address: 'fd00::7', tentative: true }),
];

let host: FakeHost;
let domain: Domain;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  host.network.inside = { links, addresses: useless };
  domain = await host.connect().defineDomain(domainXml({ name: 'web' }));
  await domain.start();
});

test.each(['ipv4', 'ipv6'] as const)('an address of %s', async (family) => {
  let state = 'waiting';
  const found = domain.waitFor({ address: family }).finally(() => (state = 'found'));
  await sleep(100);
  expect(state).toBe('waiting');
  const wanted = { ipv4: '192.0.2.7', ipv6: 'fd00::8' }[family];
  const added = address({ index: 2, family, address: wanted });
  host.network.inside = { links, addresses: [...useless, added] };
  expect(await found).toBe(wanted);
  const { looks } = host.network;
  await sleep(200);
  expect(host.network.looks).toBe(looks);
});

test('an address and a port of the life after a reboot, which has another init', async () => {
  const added = address({ index: 2, address: '192.0.2.7' });
  const listening = { family: 'ipv4', address: '0.0.0.0', port: 80 } as const;
  host.network.inside = { links, addresses: [added] };
  host.network.listening = [listening];
  host.network.init = 4711;
  const found = Promise.all([
    domain.waitFor({ address: 'ipv4', timeout: 5000 }),
    domain.waitFor({ port: 80, timeout: 5000 }),
  ]);
  found.catch(() => undefined);
  await sleep(50);
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error('it should run');
  host.states.set('web', { ...state, running: { ...state.running, init: 4711, boots: 1 } });
  expect(await found).toEqual(['192.0.2.7', listening]);
});

test.each([
  [exitRecord({ code: 3 }), ' (init exited with 3)'],
  [exitRecord({ how: 'killed', signal: 9 }), ' (init was killed by signal 9)'],
])('a container that ends has none', async (exit, words) => {
  const failing = domain.waitFor({ address: 'ipv4', timeout: 10_000 });
  failing.catch(() => undefined);
  await eventually(() => expect(host.network.looks).toBeGreaterThan(0));
  host.end('web', exit);
  await expect(failing).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: `operation failed: the container ended before it had an IPv4 address${words}`,
  });
  // Its end has been told of by then, in a file of the folder that is removed.
  await domain.state();
});

test('is over after the timeout, and when it is aborted', async () => {
  await expect(domain.waitFor({ address: 'ipv6', timeout: 30 })).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
    message: 'Timed out during operation: the container has no IPv6 address after 30 ms',
  });
  const abort = new AbortController();
  const waiting = domain.waitFor({ address: 'ipv4', signal: abort.signal });
  waiting.catch(() => undefined);
  await sleep(20);
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
  const { looks } = host.network;
  await sleep(200);
  expect(host.network.looks).toBe(looks);
  await expect(domain.waitFor({ address: 'ipv4', signal: abort.signal })).rejects.toMatchObject({
    code: 'OPERATION_ABORTED',
  });
});

test('is refused for what is no such wish', async () => {
  const refused = { code: 'INVALID_ARG' };
  await expect(domain.waitFor({ address: 'ipx' as 'ipv4' })).rejects.toMatchObject(refused);
  await expect(domain.waitFor({ address: 'ipv4', timeout: NaN })).rejects.toMatchObject(refused);
  const other = await host.connect().defineDomain(domainXml({ name: 'other' }));
  await expect(other.waitFor({ address: 'ipv4' })).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
  });
});

test('a container that is still being started is waited for until the timeout, and holds nothing up', async () => {
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error('it should run');
  host.states.set('web', { phase: 'starting', start: state.start });
  const reader = await host.connect('read-only').lookupDomainByName('web');
  let turns = 0;
  const counting = setInterval(() => (turns += 1), 1);
  for (const one of [{ port: 80 }, { address: 'ipv4' }] as const) {
    await expect(reader.waitFor({ ...one, timeout: 50 })).rejects.toMatchObject({
      code: 'OPERATION_TIMEOUT',
    });
  }
  clearInterval(counting);
  expect(turns).toBeGreaterThan(0);
  const added = address({ index: 2, address: '192.0.2.7' });
  host.network.inside = { links, addresses: [added] };
  const found = reader.waitFor({ address: 'ipv4', timeout: 5000 });
  await sleep(20);
  host.states.set('web', state);
  expect(await found).toBe('192.0.2.7');
});

test('whatever ends a wait or a command, the error says of which domain', async () => {
  const aborted = { signal: AbortSignal.abort() };
  const calls: readonly (() => PromiseLike<unknown>)[] = [
    () => domain.waitFor({ port: 99, timeout: 10 }),
    () => domain.waitFor({ port: 99, ...aborted }),
    () => domain.waitFor({ state: 'paused', timeout: 10 }),
    () => domain.waitFor({ exit: 'any', signal: AbortSignal.timeout(10) }),
    () => domain.wait(aborted),
    () => domain.exec(['true'], aborted),
    () => domain.execDetached(['true'], aborted),
  ];
  for (const call of calls) {
    expect(await errorOf(call)).toMatchObject({
      code: expect.stringMatching(/^OPERATION_(TIMEOUT|ABORTED)$/) as string,
      domain: 'web',
    });
  }
});
