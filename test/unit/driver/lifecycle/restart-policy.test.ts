/** `<tslxc:restart>`: after which ends a container is started again, by whom, and when. */
import type { ExitRecord } from '../../../../lib/container/record/exit-record';
import { domainXml } from '../../../support/domain/domain-xml';
import { exitRecord, FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
});

const policy = (attributes: string, name = 'on-failure'): string =>
  domainXml({
    name: 'web',
    elements: `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:restart policy='${name}' ${attributes}/></tslxc:container></metadata>`,
  });
const failed = exitRecord({ code: 3 });

/** After a failure each policy restarts, after another end only `always`. */
type Phase = 'running' | 'off' | 'off, or running with always';

test.each<[string, ExitRecord, Phase]>([
  ['another code than 0', failed, 'running'],
  ['a signal', exitRecord({ how: 'killed', signal: 11 }), 'running'],
  ['no memory', exitRecord({ how: 'killed', signal: 9, OOMKilled: true }), 'running'],
  ['the end of its monitor', exitRecord({ how: 'lost' }), 'running'],
  ['code 0', exitRecord(), 'off, or running with always'],
  [
    'reboot(2) to power off',
    exitRecord({ how: 'killed', signal: 2 }),
    'off, or running with always',
  ],
  ['a reboot, which on_reboot answers', exitRecord({ how: 'killed', signal: 1 }), 'running'],
  ['a destroy', exitRecord({ how: 'killed', signal: 9, requested: 'destroy' }), 'off'],
  ['a shutdown by its monitor', exitRecord({ code: 3, requested: 'shutdown' }), 'off'],
  ['SIGKILL after that', exitRecord({ how: 'killed', signal: 9, requested: 'shutdown' }), 'off'],
])('after %s: %s', async (_what, exit, phase) => {
  for (const name of ['on-failure', 'always']) {
    const always = name === 'always' ? 'running' : 'off';
    const after = phase === 'off, or running with always' ? always : phase;
    const domain = await host.connect().defineDomain(policy('', name));
    await domain.start({ ownership: 'leave' });
    host.end('web', { ...exit, time: Date.now() });
    await domain.state();
    expect([name, host.state('web').phase]).toEqual([name, after]);
    if (after === 'running') await domain.destroy();
  }
});

test.each(['on-failure', 'always'])(
  'with %s, a reboot after which it is to stay off is carried out, and on_poweroff restarts it as often as it ends',
  async (name) => {
    const stays = policy("max='1'", name).replace(
      '<devices>',
      '<on_reboot>destroy</on_reboot><devices>',
    );
    const domain = await host.connect().defineDomain(stays);
    await domain.start({ ownership: 'leave' });
    host.end('web', { ...exitRecord({ how: 'killed', signal: 1 }), time: Date.now() });
    await domain.state();
    expect(host.state('web').phase).toBe('off');
    const again = stays.replace('on_reboot>destroy</on_reboot', 'on_poweroff>restart</on_poweroff');
    await (await host.connect().defineDomain(again)).start({ ownership: 'leave' });
    for (let ends = 0; ends < 3; ends += 1) {
      host.end('web', { ...exitRecord(), time: Date.now() });
      await domain.state();
      expect(host.state('web').phase).toBe('running');
    }
  },
);

test('a transient domain that is to be started again is there until it runs, and others are not', async () => {
  const connection = host.connect();
  await connection.createDomain(policy('', 'always'), { ownership: 'leave' });
  host.end('web', { ...exitRecord(), time: Date.now() });
  const looking = host.connect('read-only');
  const seen = await looking.lookupDomainByName('web');
  expect(await seen.state()).toMatchObject({ state: 'shutoff', exit: { code: 0 } });
  expect((await looking.listDomains()).map(({ name }) => name)).toEqual(['web']);
  const taken = connection.createDomain(domainXml({ name: 'web' }));
  await expect(taken).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
    message: expect.stringContaining("domain 'web' is already active") as string,
  });
  await connection.lookupDomainByName('web').then((domain) => domain.destroy());
  expect(await looking.listDomains()).toEqual([]);
  await connection.createDomain(policy(''), { ownership: 'leave' });
  host.end('web', { ...exitRecord(), time: Date.now() });
  await expect(looking.lookupDomainByName('web')).rejects.toMatchObject({ code: 'NO_DOMAIN' });
  expect(await looking.listDomains()).toEqual([]);
});

test('it is started again max times in a row, and then stays off', async () => {
  const domain = await host.connect().defineDomain(policy("max='2'"));
  await domain.start({ ownership: 'leave' });
  const phases: string[] = [];
  for (let restarts = 0; restarts < 3; restarts += 1) {
    const before = host.state('web');
    if (before.phase !== 'running') throw new Error(before.phase);
    host.states.set('web', { ...before, start: { ...before.start, restarts } });
    host.end('web', { ...failed, time: before.start.time + 5 });
    await domain.state();
    phases.push(host.state('web').phase);
  }
  expect(phases).toEqual(['running', 'running', 'off']);
});

test('one that was asked to shut down has not failed, whatever its code', async () => {
  host.init = { ...host.init, heeds: () => true };
  const domain = await host.connect().defineDomain(policy(''));
  await domain.start({ ownership: 'leave' });
  await domain.shutdown();
  host.end('web', { ...failed, time: Date.now() });
  await domain.state();
  expect(host.state('web').phase).toBe('off');
  await domain.start({ ownership: 'leave' });
  host.end('web', { ...failed, time: Date.now() });
  await domain.state();
  expect(host.state('web').phase).toBe('running');
});

test.each([
  ['on-failure', failed],
  ['always', exitRecord()],
])('with %s, the process that cleans up waits for the delay', async (name, exit) => {
  const connection = host.connect();
  const domain = await connection.defineDomain(policy("delay='400'", name));
  await domain.start({ ownership: 'leave' });
  const began = performance.now();
  host.end('web', { ...exit, time: Date.now() });
  expect(await connection.reap()).toBe(1);
  expect(performance.now() - began).toBeGreaterThan(380);
  expect(host.state('web').phase).toBe('running');
});
