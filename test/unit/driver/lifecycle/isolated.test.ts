/** The level `isolated` of a connection, of the host or of a domain: what is started, recorded, warned of and told. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DomainSpec } from '../../../../lib/domain/builder/spec';
import type { Domain } from '../../../../lib/driver/domain';
import { asWritten } from '../../../../lib/driver/snapshots/written-ids';
import { idRecordPath, statePaths } from '../../../../lib/host/state/state-paths';
import { domainXml, rootFilesystem } from '../../../support/domain/domain-xml';
import { exitRecord, FakeHost } from '../../../support/fake/host/fake-host';
import { document, parse } from '../../domain/parse-context';
import { containing } from '../refusal';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const data = "<filesystem><source dir='/srv/data'/><target dir='/data'/></filesystem>";
const levelled = (name: string): string =>
  `<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:hardening level='${name}'/></t:container></metadata>`;

let host: FakeHost;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
  host.hardening = 'isolated';
});

function defined(parts: { elements?: string; devices?: string } = {}): Promise<Domain> {
  const devices = parts.devices ?? rootFilesystem('/srv/web');
  return host.connect().defineDomain(domainXml({ name: 'web', ...parts, devices }));
}

test('a start asks for ids, and puts that on record in words that older versions understand', async () => {
  const domain = await defined();
  await domain.start();
  const { start } = host.running.get('web') ?? {};
  expect(start?.definition.extension.idAllocation).toMatchObject({ count: 65536 });
  expect(start?.xml).toContain('<tslxc:idmap allocate="auto" count="65536"/>');
  expect(start?.hardening).toBe('hardened');
  expect(await domain.info()).toMatchObject({ isolation: 'user-namespace' });
  expect(await domain.xml({ which: 'inactive' })).not.toContain('allocate');
});

test('a domain that is off is told as it would be started', async () => {
  const domain = await defined();
  expect(await domain.info()).toMatchObject({ isolation: 'user-namespace' });
  host.hardening = 'hardened';
  const same = await host.connect().lookupDomainByName('web');
  expect(await same.info()).toMatchObject({ isolation: 'none' });
});

describe('the reason is told why a domain would not start', () => {
  /** A root in a folder of that mode, which mkdtemp(3) makes with 0700. */
  const rootIn = (mode: number): string => {
    const folder = scratchDirectory();
    mkdirSync(join(folder, 'root'));
    chmodSync(folder, mode);
    return rootFilesystem(join(folder, 'root'));
  };
  const refusal = async (devices: string): Promise<string | undefined> =>
    (await defined({ devices })).startRefusal();

  test.each<[string, () => string, RegExp]>([
    ['a root that others can reach', () => rootIn(0o755), /: chmod 0700 .*level='hardened'/],
    ['a root that is not there', () => rootFilesystem('/srv/nosuch'), /ENOENT/],
    [
      'what ids of its own prevent',
      () => rootIn(0o700) + data.replace('<filesystem>', "<filesystem accessmode='squash'>"),
      /squash.*level='hardened'/,
    ],
  ])('%s', async (_, devices, words) => {
    expect(await refusal(devices())).toMatch(words);
  });

  test('control: others start, at another level too', async () => {
    expect(await refusal(rootIn(0o700))).toBeUndefined();
    host.hardening = 'hardened';
    expect(await refusal(rootIn(0o755))).toBeUndefined();
  });
});

describe('a spec that asks for the ids of the host', () => {
  const spec = { name: 'web', memory: '64MiB', root: '/srv/web', init: '/bin/sh', idMap: 'host' };

  test('keeps them, whatever level its connection has', async () => {
    const domain = await host.connect().defineDomain(spec as DomainSpec);
    expect(await domain.info()).toMatchObject({ isolation: 'none' });
    expect(await domain.spec()).toMatchObject({ idMap: 'host' });
    expect(await domain.spec()).not.toHaveProperty('hardening');
    await domain.start();
    expect(await domain.info()).toMatchObject({ isolation: 'none' });
  });

  test('is refused if it asks for this level as well', async () => {
    const both = { ...spec, hardening: 'isolated' } as DomainSpec;
    await expect(host.connect().createDomain(both)).rejects.toMatchObject({
      code: 'INVALID_ARG',
      message: containing("idMap 'host' asks for the ids of the host"),
    });
  });
});

test('what runs is told as it was started', async () => {
  await (await defined()).start();
  host.hardening = 'hardened';
  const same = await host.connect().lookupDomainByName('web');
  expect(await same.info()).toMatchObject({ isolation: 'user-namespace' });
});

test('the level of the host is looked up at each start', async () => {
  host.hardening = undefined;
  const { settings } = statePaths(host.root);
  mkdirSync(dirname(settings), { recursive: true });
  const domain = await defined();
  const isolationAt = async (level: string): Promise<string> => {
    writeFileSync(settings, `hardening = "${level}"\n`);
    await domain.start();
    const { isolation } = await domain.info();
    await domain.destroy();
    return isolation;
  };
  expect(await isolationAt('isolated')).toBe('user-namespace');
  expect(await isolationAt('hardened')).toBe('none');
});

test.each(['hardened', 'compat'] as const)(
  'a restart goes on as the start has begun, also by a connection whose level is %s',
  async (hardening) => {
    const domain = await defined({ elements: '<on_reboot>restart</on_reboot>' });
    await domain.start({ ownership: 'leave' });
    host.end('web', exitRecord({ how: 'killed', signal: 1 }));
    host.hardening = hardening;
    await host.connect().reap();
    const { start } = host.running.get('web') ?? {};
    expect(start?.definition.extension.idAllocation).toMatchObject({ count: 65536 });
    expect(start?.hardening).toBe('hardened');
  },
);

test('what can’t be used then is a warning of the start, with its place and the way back', async () => {
  const domain = await defined({
    elements: '<features><privnet/></features>',
    devices: `${rootFilesystem('/srv/web')}${data}`,
  });
  const { warnings } = await domain.start();
  const warning = warnings.find(({ detail }) => detail === 'WithoutHostIds');
  expect(warning).toMatchObject({
    element: 'domain/devices/filesystem',
    line: expect.any(Number) as number,
    message: containing("<tslxc:hardening level='hardened'/>"),
  });
  expect(host.lastEvent()).toMatchObject({ event: 'warning', detail: 'WithoutHostIds' });
});

test('the way back is one', async () => {
  const domain = await defined({
    elements: levelled('hardened'),
    devices: `${rootFilesystem('/srv/web')}${data}`,
  });
  const { warnings } = await domain.start();
  expect(warnings.map(({ detail }) => detail)).not.toContain('WithoutHostIds');
  expect(await domain.info()).toMatchObject({ isolation: 'none' });
});

test('a domain without a root of its own is said to be no boundary', async () => {
  const domain = await defined({ devices: '' });
  const { warnings } = await domain.start();
  expect(warnings.map(({ detail }) => detail)).toContain('NoBoundary');
  expect(await domain.info()).toMatchObject({ isolation: 'none' });
});

test('what is refused because of the ids says so', async () => {
  const elements =
    "<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:overlay target='/' upper='/srv/u'/></t:container></metadata>";
  const domain = await defined({ elements, devices: rootFilesystem('/') });
  await expect(domain.start()).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    message: containing("level isolated: <tslxc:hardening level='hardened'/> starts this domain"),
  });
});

describe('what a domain has written', () => {
  const definition = parse(document({ devices: rootFilesystem('/srv/web') }));
  const hasIds = (): boolean =>
    asWritten(host.session(), definition, definition).extension.idAllocation !== undefined;

  test('may be that of root inside, if it is started with ids of its own', () => {
    expect(hasIds()).toBe(true);
    host.hardening = 'hardened';
    expect(hasIds()).toBe(false);
  });

  test('or if it has ever been', () => {
    host.hardening = 'hardened';
    const record = idRecordPath(statePaths(host.root), definition.name);
    mkdirSync(dirname(record), { recursive: true });
    const { name, uuid } = definition;
    const kept = { name, uuid, first: 0x70000000, count: 65536, time: 1 };
    writeFileSync(record, JSON.stringify(kept));
    expect(hasIds()).toBe(true);
    writeFileSync(record, JSON.stringify({ ...kept, uuid: 'another' }));
    expect(hasIds()).toBe(false);
  });
});

test.each(['auto', undefined] as const)(
  'the spec of a transient domain with idMap %p asks for ids as it did, and has none of those that it runs with',
  async (idMap) => {
    const asked = { name: 'web', memory: '64MiB', root: '/srv/web', init: '/bin/sh' } as const;
    const spec = idMap === undefined ? asked : { ...asked, idMap };
    const domain = await host.connect().createDomain(spec);
    const state = host.states.get('web');
    if (state?.phase !== 'running') throw new Error('it does not run');
    host.states.set('web', { ...state, start: { ...state.start, firstId: 0x70000000 } });
    expect(await domain.xml()).toContain(`target='1879048192'`);
    expect(await domain.spec()).toMatchObject({ idMap: 'auto' });
  },
);
