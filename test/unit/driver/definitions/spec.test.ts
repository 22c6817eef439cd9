/** What is defined as plain data is read back as it was asked for, and defined again it is the same domain. */
import { domainSpec } from '../../../../lib/domain/builder/spec-shape';
import type { DomainSpec, Hardening } from '../../../../lib/index';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { placesOf } from '../../../support/shape/given';
import { wholeSpec } from '../../domain/builder/whole-spec';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const least = { name: 'web', memory: '64MiB' } as const;

/** Each says something that is not the default. */
const asked: readonly Partial<DomainSpec>[] = [
  ...(Object.keys(wholeSpec) as (keyof DomainSpec)[]).map((key) => ({ [key]: wholeSpec[key] })),
  { idMap: 'host', root: '/srv/web' },
  { idMap: 'auto', root: '/srv/web' },
  { hardening: 'isolated', root: '/srv/web' },
  { root: '/srv/web' },
  { root: '/srv//web/' },
  { root: { source: '/l/top', readonly: true, overlay: { upper: '/u', lower: ['/l/low'] } } },
  { mounts: [{ type: 'volume', pool: 'p', volume: 'v', target: '/v' }] },
  { mounts: [{ source: '/a', target: '/b', overlay: { upper: '/u', lower: ['/l'] } }] },
  { memory: '3TiB' },
  { consoles: 0 },
  { health: { port: 80 } },
  { restart: { policy: 'on-failure' } },
  { interfaces: [{ type: 'network', network: 'default', link: 'up', isolated: false }] },
  {
    interfaces: [
      {
        type: 'network',
        network: 'default',
        bandwidth: {
          inbound: { average: 9, floor: 5 },
          outbound: { average: 9, peak: 9, burst: 9 },
        },
      },
    ],
  },
];

/** Each says the default, which is left out when it is read, or says it in other words. */
const defaults: readonly Partial<DomainSpec>[] = [
  { vcpus: 1, consoles: 1, init: '/sbin/init', args: [], env: {}, limits: {} },
  { clock: 'utc', onPoweroff: 'destroy', onReboot: 'restart', onCrash: 'destroy' },
  { privateNetwork: false, noNewPrivileges: false, capabilities: { policy: 'default', on: [] } },
  { mounts: [], devices: [], interfaces: [], resourceLimits: {}, title: '', description: '' },
  { memory: '65536KiB', currentMemory: '67108864B' },
  { root: { source: '/srv', readonly: false, overlay: { upper: '/u', lower: [] } } },
  { mounts: [{ type: 'mount', source: '/a', target: '/b', readonly: false }] },
  { stopSignal: 'TERM', cpuset: '3,0,1' },
  { root: { source: '/srv', overlay: { upper: '/u/', lower: ['/l//low'] } } },
  { health: { port: 80, interval: 10_000, timeout: 5000, retries: 3, grace: 0, action: 'none' } },
  { image: { name: 'x', digest: 'sha256:1', ports: ['80'], volumes: [] } },
  { interfaces: [{ type: 'bridge', bridge: 'br0', addresses: [], routes: [], bandwidth: {} }] },
];

interface Round {
  readonly spec: DomainSpec;
  readonly xml: string;
}

/** Defines the spec, and then what is read of it, with the level of domains that set none. */
async function rounds(spec: DomainSpec, level: Hardening): Promise<readonly [Round, Round]> {
  const host = new FakeHost(scratchDirectory());
  host.hardening = level;
  const connection = host.connect();
  const round = async (given: DomainSpec): Promise<Round> => {
    const domain = await connection.defineDomain(given);
    return { spec: await domain.spec(), xml: await domain.xml() };
  };
  const first = await round(spec);
  return [first, await round(first.spec)];
}

describe.each(['hardened', 'isolated', 'compat'] as const)('at the level %s', (level) => {
  test('everything that is asked for is read back with the same value, at once and from then on', async () => {
    for (const one of asked) {
      const [first, second] = await rounds({ ...least, ...one }, level);
      const { interfaces: read } = first.spec;
      // An address is made for an interface that asks for none.
      expect([one, first.spec]).toEqual([
        one,
        expect.objectContaining({
          ...one,
          ...(one.interfaces && {
            interfaces: one.interfaces.map((each, at) => ({ mac: read?.[at]?.mac, ...each })),
          }),
        }),
      ]);
      expect([one, second]).toEqual([one, first]);
      // Besides, there is what every domain has.
      const more = Object.keys(first.spec).filter((key) => !Object.hasOwn(one, key));
      expect([one, more.sort()]).toEqual([
        one,
        ['memory', 'name', 'uuid'].filter((key) => !Object.hasOwn(one, key)),
      ]);
    }
  });

  test('what says the default is read as the same domain', async () => {
    for (const one of defaults) {
      const [first, second] = await rounds({ ...least, ...one }, level);
      expect([one, second.spec]).toEqual([one, first.spec]);
    }
  });
});

test('these ask for each key that a DomainSpec has', () => {
  const keyOf = (path: readonly (string | number)[]): string =>
    path.filter((step) => typeof step === 'string').join('.');
  const ofData = (value: unknown, at: readonly string[]): string[] => {
    if (Array.isArray(value)) return value.flatMap((one) => ofData(one, at));
    if (typeof value !== 'object' || value === null) return [at.join('.')];
    return [
      at.join('.'),
      ...Object.entries(value).flatMap(([key, one]) => ofData(one, [...at, key])),
    ];
  };
  const covered = new Set([wholeSpec, ...asked, ...defaults].flatMap((one) => ofData(one, [])));
  const known = new Set(placesOf(domainSpec.form).map(({ at }) => keyOf(at)));
  // The names of variables and of limits are free; only traffic to a container can be promised a rate, as in libvirt.
  const isFree = (key: string): boolean =>
    /^(env|resourceLimits)\.|^interfaces\.bandwidth\.outbound\.floor$/.test(key);
  expect([...known].filter((key) => !isFree(key) && !covered.has(key))).toEqual([]);
});

test('ids of the host stay those of the host on a connection that gives others', async () => {
  const host = new FakeHost(scratchDirectory());
  const domain = await host.connect().defineDomain({ ...least, root: '/srv/web', idMap: 'host' });
  host.hardening = 'isolated';
  const connection = host.connect();
  const same = await connection.lookupDomainByName('web');
  expect(await same.info()).toMatchObject({ isolation: 'none' });
  const { uuid: _own, ...spec } = await domain.spec();
  const copy = await connection.defineDomain({ ...spec, name: 'copy' });
  expect(await copy.info()).toMatchObject({ isolation: 'none' });
  const open = await connection.defineDomain({ ...least, name: 'open', root: '/srv/web' });
  expect(await open.info()).toMatchObject({ isolation: 'user-namespace' });
});
