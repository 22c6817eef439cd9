/** lib/driver/lifecycle/autostart.ts: domains that are started with the host. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../../lib/driver/connection';
import type { Domain } from '../../../../lib/driver/domain';
import { domainXml } from '../../../support/domain/domain-xml';
import { eventually } from '../../../support/time/eventually';
import { exitRecord, FakeHost, thisBoot } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const uuid = '11111111-1111-4111-8111-111111111111';
const other = '22222222-2222-4222-8222-222222222222';

let host: FakeHost;
let connection: Connection;
let domain: Domain;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  domain = await connection.defineDomain(domainXml({ name: 'web', uuid }));
});

const outcomes = async (): Promise<string[]> =>
  (await connection.autostartAll()).map((one) => `${one.domain} ${one.outcome}`);

test('is a link, as libvirt has it, and refused for what is not stored', async () => {
  await domain.setAutostart('on');
  await domain.setAutostart('on');
  const files = join(host.root, 'etc/tslxc/lxc');
  expect(readdirSync(join(files, 'autostart'))).toEqual(['web.xml']);
  expect((await domain.info()).autostart).toBe(true);
  await domain.setAutostart('off');
  await domain.setAutostart('off');
  expect((await domain.info()).autostart).toBe(false);
  await expect(domain.setAutostart('true' as 'on')).rejects.toMatchObject({
    code: 'INVALID_ARG',
  });
  await domain.start();
  await domain.undefine();
  await expect(domain.setAutostart('on')).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
    message: 'Requested operation is not valid: Cannot set autostart for transient domain',
  });
});

test('starts what is marked, once a boot: what was stopped by hand stays off', async () => {
  await connection.defineDomain(domainXml({ name: 'manual', uuid: other }));
  await domain.setAutostart('on');
  expect(await outcomes()).toEqual(['web started']);
  expect(domain.id).toBeDefined();
  await domain.destroy();
  expect(await outcomes()).toEqual(['web skipped']);
  expect(domain.id).toBeUndefined();
  host.boot = 'boot-2';
  expect(await outcomes()).toEqual(['web started']);
});

test('leaves alone what has run since the boot, and what was marked after the first run', async () => {
  await domain.setAutostart('on');
  await domain.start();
  await domain.destroy();
  expect(await outcomes()).toEqual(['web skipped']);
  const late = await connection.defineDomain(domainXml({ name: 'late', uuid: other }));
  await late.setAutostart('on');
  expect(await connection.autostartAll()).toMatchObject([
    { domain: 'late', outcome: 'skipped', reason: 'marked-later' },
    { domain: 'web', outcome: 'skipped', reason: 'has-run' },
  ]);
  expect(late.id).toBeUndefined();
  await late.start();
  expect(await connection.autostartAll()).toMatchObject([{ reason: 'running' }, {}]);
});

test('one whose definition has become unreadable after the first run is told of by each call', async () => {
  expect(await outcomes()).toEqual([]);
  await domain.setAutostart('on');
  writeFileSync(join(host.root, 'etc/tslxc/lxc/web.xml'), '<domain');
  expect(await outcomes()).toEqual(['web failed']);
  expect(await outcomes()).toEqual(['web failed']);
});

test('goes on where a run was cut short', async () => {
  await domain.setAutostart('on');
  await (await connection.defineDomain(domainXml({ name: 'a', uuid: other }))).setAutostart('on');
  await (await connection.lookupDomainByName('a')).start();
  // No mark of a run that came to its end.
  expect(await outcomes()).toEqual(['a skipped', 'web started']);
});

test('what the last boot has ended is due, though this one has found it out', async () => {
  await domain.setAutostart('on');
  host.states.set('web', {
    phase: 'off',
    last: exitRecord({ how: 'lost', boot: thisBoot, ranIn: 'boot-0' }),
  });
  expect(await outcomes()).toEqual(['web started']);
});

test('one that can not be started is told of, tried again by each call, and keeps none of the others', async () => {
  await domain.setAutostart('on');
  const devices = "<interface type='user'/>";
  const bad = await connection.defineDomain(domainXml({ name: 'bad', uuid: other, devices }));
  await bad.setAutostart('on');
  const results = await connection.autostartAll();
  expect(results).toMatchObject([
    { domain: 'bad', outcome: 'failed', error: { code: 'CONFIG_UNSUPPORTED' } },
    { domain: 'web', outcome: 'started' },
  ]);
  await domain.destroy();
  expect(await outcomes()).toEqual(['bad failed', 'web skipped']);
  await connection.defineDomain(domainXml({ name: 'bad', uuid: other }));
  expect(await outcomes()).toEqual(['bad started', 'web skipped']);
  await bad.destroy();
  expect(await outcomes()).toEqual(['bad skipped', 'web skipped']);
});

test('one whose start has failed before the first call is started by it', async () => {
  await domain.setAutostart('on');
  host.failStart = () => new Error('not mounted yet');
  await expect(domain.start()).rejects.toThrow('not mounted yet');
  expect(await outcomes()).toEqual(['web failed']);
  host.failStart = undefined;
  expect(await outcomes()).toEqual(['web started']);
});

test('one that was started by hand after it had failed, and stopped, stays off', async () => {
  await domain.setAutostart('on');
  host.failStart = () => new Error('not mounted yet');
  expect(await outcomes()).toEqual(['web failed']);
  host.failStart = undefined;
  await domain.start();
  await domain.destroy();
  expect(await outcomes()).toEqual(['web skipped']);
});

test('a container that shares namespaces of another is started after it', async () => {
  const elements =
    "<lxc:namespace xmlns:lxc='http://libvirt.org/schemas/domain/lxc/1.0'>" +
    "<lxc:sharenet type='name' value='web'/></lxc:namespace>";
  const sharing = await connection.defineDomain(
    domainXml({ name: 'aside', uuid: other, elements }),
  );
  await sharing.setAutostart('on');
  await domain.setAutostart('on');
  const order: string[] = [];
  connection.on('domain', (one) => {
    if (one.event === 'started') order.push(one.domain);
  });
  expect(await outcomes()).toEqual(['aside started', 'web started']);
  await eventually(() => expect(order).toEqual(['web', 'aside']));
  await connection.close();
});
