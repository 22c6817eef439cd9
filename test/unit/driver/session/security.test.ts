/** lib/driver: labels of running domains, the host's module, and capabilities. */
import { formatCapabilities } from '../../../../lib/driver/lookup/host';
import { labelInfo } from '../../../../lib/driver/lookup/security-label';
import type { Connection } from '../../../../lib/driver/connection';
import type { Domain } from '../../../../lib/driver/domain';
import { parseXml } from '../../../../lib/domain/xml/xml';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const label = 'system_u:system_r:container_t:s0:c1,c2';
const imageLabel = 'system_u:object_r:container_file_t:s0:c1,c2';
const selinux = { model: 'selinux', doi: '0', enforcing: true } as const;

let host: FakeHost;
let connection: Connection;
let domain: Domain;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  domain = await connection.defineDomain(domainXml({ name: 'web' }));
});

test('a running domain has the label that the kernel tells', async () => {
  host.security = selinux;
  host.label = label;
  await expect(domain.securityLabel()).resolves.toBeUndefined();
  await domain.start();
  await expect(domain.securityLabel()).resolves.toEqual({ label, enforcing: true });
  await expect(connection.securityModel()).resolves.toEqual(selinux);
});

test('on a host without labels nothing has one', async () => {
  host.label = 'whatever';
  await domain.start();
  await expect(domain.securityLabel()).resolves.toBeUndefined();
  await expect(connection.securityModel()).resolves.toEqual({ model: 'none', doi: '0' });
});

test("the live XML has the label of the start, the inactive one hasn't", async () => {
  await domain.start();
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error('it does not run');
  const security = {
    type: 'dynamic',
    model: 'selinux',
    label,
    accepted: [label],
    imageLabel,
    relabel: true,
  } as const;
  host.states.set('web', { ...state, start: { ...state.start, security } });
  expect(await domain.xml()).toContain(`  <seclabel type='dynamic' model='selinux' relabel='yes'>
    <label>${label}</label>
    <imagelabel>${imageLabel}</imagelabel>
  </seclabel>
`);
  expect(await domain.xml({ which: 'inactive' })).not.toContain('seclabel');
});

test.each([
  ['libvirt-7 (enforce)', { label: 'libvirt-7', enforcing: true }],
  ['libvirt-7//&a (kill)', { label: 'libvirt-7//&a', enforcing: true }],
  ['a (b) (complain)', { label: 'a (b)', enforcing: false }],
  ['unconfined', { label: 'unconfined', enforcing: false }],
])('AppArmor tells %s', (text, told) => {
  expect(labelInfo(text, { model: 'apparmor', doi: '0' })).toEqual(told);
});

const node = { model: 's390x', cpus: 2, cells: 1, sockets: 1, cores: 2, threads: 1, memory: 1 };

test('capabilities are those of libvirt, as far as containers have them', () => {
  const security = { ...selinux, baseLabel: 'system_u:system_r:container_t:s0' };
  const uuid = '5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f';
  expect(formatCapabilities({ node, security, emulator: '/m', uuid })).toBe(`<capabilities>
  <host>
    <uuid>${uuid}</uuid>
    <cpu>
      <arch>s390x</arch>
      <topology sockets='1' cores='2' threads='1'/>
    </cpu>
    <secmodel>
      <model>selinux</model>
      <doi>0</doi>
      <baselabel type='lxc'>system_u:system_r:container_t:s0</baselabel>
    </secmodel>
  </host>
  <guest>
    <os_type>exe</os_type>
    <arch name='s390x'>
      <wordsize>64</wordsize>
      <emulator>/m</emulator>
      <domain type='lxc'/>
    </arch>
  </guest>
</capabilities>
`);
});

test.each([
  ['x86_64', '64'],
  ['aarch64', '64'],
  ['i686', '32'],
  ['armv7l', '32'],
])('a word of %s has %s bits', (model, bits) => {
  const security = { model: 'none', doi: '0' } as const;
  const text = formatCapabilities({ node: { ...node, model }, security, emulator: '/m' });
  expect(text).toContain(`<wordsize>${bits}</wordsize>`);
});

test('capabilities of this host are whole', async () => {
  const text = await connection.capabilities();
  expect(parseXml(text).children).toMatchObject([{ name: 'host' }, { name: 'guest' }]);
  expect(text).toContain('<model>none</model>');
});
