/** Definitions written from plain data, and read back as it. */
import { domainXml } from '../../../../lib/domain/builder/domain-xml';
import type { DomainSpec } from '../../../../lib/domain/builder/spec';
import { checkStartable } from '../../../../lib/domain/validate';
import { readSpec } from '../../../../lib/driver/definitions/spec';
import { parse } from '../parse-context';

const session = {
  parse: (xml: string) => ({ definition: parse(xml), uuid: 'explicit', newMacs: [] }) as const,
};

const uuid = '02169d49-0068-4612-b2de-901c4a14c5a3';
const mac = (last: number): string => `52:54:00:00:00:0${last}`;

const all: DomainSpec = {
  name: 'web',
  uuid,
  title: 'The shop',
  description: 'two\nlines <&>',
  memory: '64MiB',
  currentMemory: '32MiB',
  vcpus: 2,
  cpuset: '0-1,3',
  limits: {
    softMemory: '1000KiB',
    memoryAndSwap: '1GiB',
    cpuShares: 512,
    cpuPeriod: 100_000,
    cpuQuota: 50_000,
    blockWeight: 200,
    processes: 100,
    cgroups: 100,
    terminals: 8,
  },
  init: '/bin/sh',
  args: ['-c', `echo "it's <a> & b"`],
  env: { PATH: '/bin', QUOTED: `a'b"c` },
  cwd: '/srv',
  user: 'www-data',
  group: '33',
  root: { source: '/srv/web', overlay: '/srv/web-upper' },
  mounts: [
    { source: '/srv/data', target: '/data', readonly: true, recursive: true, propagation: 'slave' },
    { type: 'bind', source: '/data/x', target: '/x' },
    { type: 'ram', target: '/tmp', size: '16MiB' },
    { type: 'file', source: '/srv/image', target: '/image', readonly: true },
    { type: 'block', source: '/dev/vdb', target: '/disk' },
  ],
  devices: [
    { type: 'character', source: '/dev/fuse' },
    { type: 'block', source: '/dev/vdc' },
  ],
  interfaces: [
    {
      type: 'network',
      network: 'default',
      portgroup: 'slow',
      mac: mac(1),
      guest: 'lan0',
      link: 'down',
      bandwidth: { inbound: { average: 1000, peak: 2000, burst: 64 }, outbound: { average: 10 } },
      filter: 'clean-traffic',
      portForwards: [
        { ranges: [{ start: 8080, to: 80 }] },
        {
          protocol: 'udp',
          address: '192.0.2.1',
          device: 'eth1',
          ranges: [
            { start: 1, end: 9 },
            { start: 5, exclude: true },
          ],
        },
      ],
    },
    {
      type: 'bridge',
      bridge: 'br0',
      mac: mac(2),
      target: 'web0',
      mtu: 1400,
      addresses: ['192.168.7.5/24', 'fd00::5/64', '10.0.0.1'],
      routes: [
        { to: '0.0.0.0/0', via: '192.168.7.1' },
        { to: 'fd01::/64', via: 'fd00::1', metric: 7 },
      ],
      isolated: true,
    },
    { type: 'direct', device: 'eth0', mode: 'bridge', mac: mac(3) },
    { type: 'ethernet', mac: mac(4) },
  ],
  privateNetwork: true,
  consoles: 2,
  idMap: {
    uids: [{ start: 0, target: 100_000, count: 65_536 }],
    gids: [{ start: 0, target: 100_000, count: 65_536 }],
  },
  capabilities: { policy: 'deny', on: ['chown'], off: ['mknod'] },
  hardening: 'compat',
  noNewPrivileges: true,
  resourceLimits: { nofile: { soft: 1024, hard: 'unlimited' } },
  stopSignal: 'SIGQUIT',
  clock: 'localtime',
  onPoweroff: 'restart',
  onReboot: 'destroy',
  onCrash: 'restart',
  restart: { policy: 'on-failure', max: 5, delay: 500 },
  health: {
    exec: ['sh', '-c', 'test -e "/ready & set"'],
    interval: 1000,
    timeout: 200,
    retries: 2,
    grace: 3000,
    action: 'restart',
  },
  image: { name: 'web:1', digest: 'sha256:1', ports: ['80/tcp', '7000-7009/udp'], volumes: ['/d'] },
};

const least: DomainSpec = { name: 'least', uuid, memory: '8MiB' };

test.each<[string, DomainSpec]>([
  ['with everything', all],
  ['with nothing but a name and memory', least],
  ['with ids that are given to it', { ...least, idMap: 'auto', root: '/srv/root' }],
  [
    'with a root of layers',
    { ...least, root: { source: '/l/top', overlay: { upper: '/u', lower: ['/l/low'] } } },
  ],
  ['with a root that is read-only', { ...least, root: { source: '/srv/root', readonly: true } }],
  ['with file systems and no root', { ...least, mounts: [{ source: '/a', target: '/b' }] }],
  ['with a port that is checked', { ...least, health: { port: 80 } }],
  ['without a console', { ...least, consoles: 0 }],
])('a domain %s is read as it was written', (_what, spec) => {
  expect(readSpec(session, domainXml(spec))).toEqual(spec);
});

test('everything that is written is carried out', () => {
  const definition = parse(domainXml({ ...all, capabilities: { on: ['sys_time'] } }));
  expect(definition.unsupported).toEqual([]);
  expect(definition.unknown).toBeUndefined();
  expect(() => checkStartable(parse(domainXml(least)))).not.toThrow();
});

test('texts are escaped, whatever they say', () => {
  const nasty = `</name><init>&amp;"'\u00e9\ud83d\ude00]]>`;
  const { os, description } = parse(
    domainXml({ ...least, description: nasty, args: [nasty], env: { A: nasty } }),
  );
  expect(description).toBe(nasty);
  expect(os.initArgs).toEqual([nasty]);
  expect(os.initEnvironment).toEqual([{ name: 'A', value: nasty }]);
});

test('a character that XML has no place for is refused', () => {
  expect(() => domainXml({ ...least, title: 'a\0b' })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARG' }) as Error,
  );
});

test.each([
  [
    'a disk',
    `<disk type='block'><source dev='/dev/vdb'/><target dev='vda'/></disk>`,
    `<disk type='block' device='disk'>`,
  ],
  ['what is ignored', `<controller type='usb'/>`, `<controller type='usb'/>`],
])('%s has no word in a spec, and is named', (_what, device, line) => {
  const xml = domainXml(least).replace('<devices>', `<devices>${device}`);
  expect(() => readSpec(session, xml)).toThrow(
    `unsupported configuration: a DomainSpec has no word for '${line}' of domain 'least'`,
  );
});

test('so is what only the metadata says', () => {
  const extension =
    "<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:relabel system='yes'/></tslxc:container></metadata>";
  const xml = domainXml(least).replace('<memory', `${extension}<memory`);
  expect(() => readSpec(session, xml)).toThrow("no word for '<tslxc:container>'");
});
