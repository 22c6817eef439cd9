/** lib/driver: labels of running domains, the host's module, and capabilities. */
import { labelInfo } from '../../../../lib/driver/inspect/security-label';
import type { Connection } from '../../../../lib/driver/connection';
import type { Domain } from '../../../../lib/driver/domain';
import { parseXml } from '../../../../lib/domain/xml/xml';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
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

test('capabilities of this host are whole', async () => {
  const text = await connection.capabilities();
  const [told, ...guests] = parseXml(text).children;
  expect(told).toMatchObject({ name: 'host' });
  expect(guests[0]).toMatchObject({ name: 'guest' });
  expect(text).toContain('<model>none</model>');
  // What virsh's freepages and freecell look for.
  expect(text).toMatch(/<cpu>\s*<arch>\w+<\/arch>\s*<pages unit='KiB' size='\d+'\/>/);
  expect(text).toMatch(/<topology>\s*<cells num='\d+'>\s*<cell id='\d+'>/);
});
