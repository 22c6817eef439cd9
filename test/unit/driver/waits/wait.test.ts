/** lib/driver/waits/wait.ts: how a container has ended, for every caller that waits for it. */
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

test('wait resolves with the exact end, to everyone who waits', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(domainXml({ name: 'web' }));
  await domain.start();
  const waiting = [
    domain.wait(),
    host
      .connect()
      .lookupDomainByName('web')
      .then((one) => one.wait()),
  ];
  await sleep(5);
  host.end('web', exitRecord({ code: 42 }));
  for (const exit of await Promise.all(waiting))
    expect(exit).toMatchObject({ how: 'exited', code: 42 });
  expect(await domain.wait()).toMatchObject({ how: 'exited', code: 42 });
});

test('wait on a transient domain that is gone already tells of its end', async () => {
  const connection = host.connect();
  const domain = await connection.createDomain(domainXml({ name: 'web' }));
  host.end('web', exitRecord({ how: 'killed', signal: 15 }));
  await eventually(() => expect(host.states.size).toBe(0));
  expect(await domain.wait()).toMatchObject({ how: 'killed', signal: 15 });
});

test('a transient domain that is gone is shut off for a wait that begins only then', async () => {
  const domain = await host.connect().createDomain(domainXml({ name: 'web' }));
  host.end('web', exitRecord({ code: 3 }));
  await eventually(() => expect(host.states.size).toBe(0));
  expect(await domain.waitFor({ state: 'shutoff' })).toMatchObject({
    state: 'shutoff',
    reason: 'shutdown',
    exit: { how: 'exited', code: 3 },
  });
});

test.each([
  ['running', 'it was seen to run'],
  ['paused', 'it was paused'],
] as const)('a transient domain that is gone is never %s any more', async (state, words) => {
  const domain = await host.connect().createDomain(domainXml({ name: 'web' }));
  host.end('web', exitRecord({ code: 3 }));
  await eventually(() => expect(host.states.size).toBe(0));
  await expect(domain.waitFor({ state, timeout: 5000 })).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: `operation failed: the container ended before ${words} (init exited with 3)`,
    domain: 'web',
  });
});

test('a wait for running ends with a transient domain that is gone meanwhile', async () => {
  const domain = await host.connect().createDomain(domainXml({ name: 'web' }));
  await domain.suspend();
  const waiting = domain.waitFor({ state: 'running', timeout: 5000 });
  waiting.catch(() => undefined);
  await sleep(20);
  host.end('web', exitRecord({ how: 'killed', signal: 9 }));
  await expect(waiting).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: expect.stringContaining('(init was killed by signal 9)') as string,
  });
});

test('a domain that is undefined while it is off has no state to wait for', async () => {
  const domain = await host.connect().defineDomain(domainXml({ name: 'web' }));
  const waiting = domain.waitFor({ state: 'running', timeout: 5000 });
  waiting.catch(() => undefined);
  await sleep(20);
  await domain.undefine();
  await expect(waiting).rejects.toMatchObject({ code: 'NO_DOMAIN' });
  await expect(domain.waitFor({ state: 'shutoff' })).rejects.toMatchObject({ code: 'NO_DOMAIN' });
});

test('a wait says the new name of a domain, also when it looks while that is being given', async () => {
  // So that some of the looks, which are a few milliseconds apart, come between its steps.
  for (let pause = 0; pause < 16; pause += 1) {
    const domain = await host.connect().defineDomain(domainXml({ name: `old-${pause}` }));
    const waiting = domain.waitFor({ state: 'running', timeout: 5000 });
    waiting.catch(() => undefined);
    await sleep(pause);
    await domain.rename(`new-${pause}`);
    await expect(waiting).rejects.toMatchObject({
      code: 'NO_DOMAIN',
      message: expect.stringContaining(`to be looked up as 'new-${pause}'`) as string,
    });
  }
});

test('the end of a transient domain is its own, also when another has its name since', async () => {
  const connection = host.connect();
  const domain = await connection.createDomain(domainXml({ name: 'web' }));
  host.end('web', exitRecord({ code: 3 }));
  await eventually(() => expect(host.states.size).toBe(0));
  const other = await connection.defineDomain(domainXml({ name: 'web' }));
  await other.start();
  expect(await domain.wait()).toMatchObject({ code: 3 });
  host.end('web', exitRecord({ code: 4 }));
  // This clean-up ends the other one.
  expect(await domain.wait()).toMatchObject({ code: 3 });
  expect(await other.wait()).toMatchObject({ code: 4 });
  expect(await domain.wait()).toMatchObject({ code: 3 });
  expect(await domain.waitFor({ state: 'shutoff' })).toMatchObject({ exit: { code: 3 } });
});

test('wait sees the loss of a monitor', async () => {
  const domain = await host.connect().createDomain(domainXml({ name: 'web' }));
  const waiting = domain.wait();
  await sleep(5);
  host.killMonitor('web');
  expect(await waiting).toMatchObject({ how: 'lost' });
});

test('wait ends with its timeout, and tells of an end before that', async () => {
  const domain = await host.connect().defineDomain(domainXml({ name: 'web' }));
  await domain.start();
  await expect(domain.wait({ timeout: 20 })).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
    message: 'Timed out during operation: the container has not ended after 20 ms',
    domain: 'web',
  });
  const waiting = domain.wait({ timeout: 5000 });
  await sleep(5);
  host.end('web', exitRecord({ code: 42 }));
  expect(await waiting).toMatchObject({ how: 'exited', code: 42 });
  expect(await domain.wait({ timeout: 5000 })).toMatchObject({ how: 'exited', code: 42 });
});

test('wait ends with its signal', async () => {
  const domain = await host.connect().createDomain(domainXml({ name: 'web' }));
  const controller = new AbortController();
  const waiting = domain.wait({ signal: controller.signal });
  await sleep(5);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'OPERATION_ABORTED' });
  await expect(domain.wait({ signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'OPERATION_ABORTED',
  });
});
