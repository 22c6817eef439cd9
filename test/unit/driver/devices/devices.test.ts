/** Devices attached to a domain, detached and changed, in its definition and in what runs: lib/driver/devices. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../../lib/driver/connection';
import type { Domain } from '../../../../lib/driver/domain';
import type { DomainEvent, Warning } from '../../../../lib/driver/types';
import { TslxcError } from '../../../../lib/errors';
import { domainXml } from '../../../support/domain/domain-xml';
import { eventually } from '../../../support/time/eventually';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { link } from '../../../support/fake/host/fake-links';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;
let connection: Connection;
let domain: Domain;

const disk = (target: string): string =>
  `<disk type='block'><source dev='/dev/loop1'/><target dev='${target}'/></disk>`;
const nic = "<interface type='ethernet'/>";
const addressed = (more = ''): string =>
  `<interface type='ethernet'><mac address='52:54:00:00:00:07'/>${more}</interface>`;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  domain = await connection.defineDomain(domainXml({ name: 'web' }));
});

const stored = (): Promise<string> => domain.xml({ which: 'inactive' });
const live = (): Promise<string> => domain.xml({ which: 'live' });

test('of what does not run the definition alone is changed', async () => {
  await domain.attachDevice(disk('vda'));
  expect(await stored()).toContain("<target dev='vda' bus='virtio'/>");
  await expect(domain.attachDevice(disk('vda'))).rejects.toMatchObject({ code: 'INVALID_ARG' });
  await domain.updateDevice(disk('vda').replace('loop1', 'loop2'));
  expect(await stored()).toContain("<source dev='/dev/loop2'/>");
  await domain.detachDevice(disk('vda'));
  expect(await stored()).not.toContain('<disk');
  await expect(domain.attachDevice(disk('vda'), { which: 'live' })).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
    message: 'Requested operation is not valid: domain is not running',
  });
  expect(host.lastEvent()).toMatchObject({ event: 'defined', detail: 'updated' });
});

test('what of a device has no effect is told, and refused where the host is strict', async () => {
  const odd = "<interface type='ethernet' trustGuestRxFilters='yes' colour='red'/>";
  const told: Warning[] = [];
  await domain.attachDevice(odd, { onWarning: (warning) => void told.push(warning) });
  expect(told.map(({ detail, line }) => [detail, line])).toEqual([
    ['IgnoredElement', 1],
    ['UnknownElement', 1],
  ]);
  expect(host.lines.filter(({ level }) => level === 'warn')).toHaveLength(2);
  mkdirSync(join(host.root, 'etc/tslxc'), { recursive: true });
  writeFileSync(join(host.root, 'etc/tslxc/lxc.conf'), 'strict = 1\n');
  await expect(domain.attachDevice(odd)).rejects.toMatchObject({ code: 'CONFIG_UNSUPPORTED' });
  expect((await stored()).match(/<interface/g)).toHaveLength(1);
});

test('of what runs it is what runs, the definition when that is asked for, or both', async () => {
  await domain.start();
  await domain.attachDevice(disk('vda'));
  expect([await live(), await stored()].map((xml) => xml.includes('vda'))).toEqual([true, false]);
  await domain.attachDevice(disk('vdb'), { which: 'inactive' });
  expect([await live(), await stored()].map((xml) => xml.includes('vdb'))).toEqual([false, true]);
  await domain.attachDevice(disk('vdc'), { which: 'both' });
  expect([await live(), await stored()].map((xml) => xml.includes('vdc'))).toEqual([true, true]);
  await domain.detachDevice(disk('vdc'), { which: 'both' });
  expect([await live(), await stored()].map((xml) => xml.includes('vdc'))).toEqual([false, false]);
});

test('what either refuses leaves both as they were', async () => {
  await domain.start();
  await domain.attachDevice(disk('vda'));
  const before = [await live(), await stored()];
  await expect(domain.attachDevice(disk('vda'), { which: 'both' })).rejects.toThrow(
    'target vda already exists.',
  );
  host.failDevices = new TslxcError('OPERATION_FAILED', 'not now');
  await expect(domain.attachDevice(disk('vdb'), { which: 'both' })).rejects.toThrow('not now');
  expect([await live(), await stored()]).toEqual(before);
});

test('both get one address where the text has none', async () => {
  await domain.start();
  await domain.attachDevice(disk('vda'));
  await domain.attachDevice(nic, { which: 'inactive' });
  const mac = /<mac address='(.*?)'/.exec(await stored())?.[1];
  expect(mac).toMatch(/^52:54:00:/);
  await domain.detachDevice(nic, { which: 'inactive' });
  expect(await stored()).not.toContain('<interface');
});

test('a transient domain has no definition to change', async () => {
  await domain.start();
  await domain.undefine();
  await expect(domain.attachDevice(disk('vda'), { which: 'both' })).rejects.toMatchObject({
    code: 'OPERATION_INVALID',
    message: expect.stringContaining(
      'transient domains do not have any persistent config',
    ) as string,
  });
  await domain.attachDevice(disk('vda'));
  expect(await live()).toContain('vda');
});

test('is told to every connection', async () => {
  const events: DomainEvent[] = [];
  connection.on('domain', (event) => void events.push(event));
  await domain.start();
  await domain.attachDevice(disk('vda'));
  await domain.detachDevice(disk('vda'));
  await eventually(() => {
    expect(events.slice(1)).toMatchObject([
      { event: 'device-added', detail: 'disk', device: 'vda', domain: 'web' },
      { event: 'device-removed', detail: 'disk', device: 'vda', domain: 'web' },
    ]);
  });
  await connection.close();
});

test('a container that loses its last interface keeps a network of its own', async () => {
  await domain.attachDevice(addressed());
  await domain.start();
  await domain.detachDevice(addressed());
  expect(await live()).toContain('<privnet/>');
  expect(await stored()).not.toContain('<privnet/>');
});

test('a device that was on its way when its process was killed is taken out by the next call', async () => {
  await domain.start();
  const before = await live();
  const first = host.state('web');
  await domain.attachDevice(disk('vda'));
  const state = host.state('web');
  if (state.phase !== 'running' || first.phase !== 'running') throw new Error('it does not run');
  const without = { xml: first.start.xml, undo: [] };
  host.states.set('web', {
    ...state,
    start: { ...state.start, plug: { way: 'in', undo: [], without } },
  });
  expect(await live()).toBe(before);
  await domain.attachDevice(disk('vda'));
});

test('while it can’t be taken out, no other is attached', async () => {
  await domain.start();
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error('it does not run');
  const without = { xml: state.start.xml, undo: [] };
  host.states.set('web', {
    ...state,
    start: { ...state.start, plug: { way: 'in', undo: [], without } },
  });
  host.failDevices = new TslxcError('OPERATION_TIMEOUT', 'it hangs');
  await expect(domain.attachDevice(disk('vda'))).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message: expect.stringContaining('could not be taken out yet') as string,
  });
  expect(host.lines).toContainEqual(
    expect.objectContaining({ message: 'a device could not be taken out' }),
  );
});

describe('an update of what runs', () => {
  beforeEach(async () => {
    await domain.attachDevice(addressed());
    host.network.records = [
      { type: 'ethernet', guest: 'eth0', host: 'vnet1000', mac: '52:54:00:00:00:07' },
    ];
    host.network.host = [link({ name: 'vnet1000', kind: 'veth', address: 'fe:54:00:00:00:07' })];
    await domain.start();
  });

  test('plugs an interface in and out, and changes its rates', async () => {
    await domain.updateDevice(addressed("<link state='down'/>"));
    expect(await domain.getLink('eth0')).toBe('down');
    const rates = "<bandwidth><inbound average='500'/></bandwidth>";
    await domain.updateDevice(addressed(`${rates}<link state='up'/>`));
    expect(host.shaped.at(-1)).toEqual(['vnet1000', { inbound: { average: 500 } }]);
    expect(await domain.getLink('eth0')).toBe('up');
    await domain.updateDevice(addressed("<guest dev='eth0'/>"));
    expect(host.shaped.at(-1)).toEqual(['vnet1000', {}]);
  });

  test('of anything else is refused', async () => {
    for (const more of ["<mtu size='1400'/>", "<guest dev='lan0'/>", "<ip address='10.0.0.1'/>"]) {
      await expect(domain.updateDevice(addressed(more))).rejects.toMatchObject({
        code: 'OPERATION_UNSUPPORTED',
      });
    }
    await expect(domain.updateDevice(disk('vda'))).rejects.toMatchObject({
      code: 'OPERATION_UNSUPPORTED',
      message: 'Operation not supported: Unable to modify live devices',
    });
    await expect(domain.updateDevice(addressed().replace('07', '08'))).rejects.toMatchObject({
      code: 'DEVICE_MISSING',
    });
  });
});
