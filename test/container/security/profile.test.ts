/**
 * Everything that a container's init is and has, compared with a golden file for each profile: a difference is looked at
 * before it is accepted (UPDATE_GOLDEN=1). Recipe T1 of the threat catalogue.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectToProduct } from 'tslxc';
import type { connect } from 'tslxc';
import { makeBusyboxRoot } from '../../support/busybox-root';
import { initOf } from '../../support/container-traces';
import { domainXml } from '../../support/domain-xml';
import { startOnce } from '../../support/first-start';
import { expectHostUnchanged, snapshotHost } from '../../support/host-snapshot';
import type { HostSnapshot } from '../../support/host-snapshot';
import { makeTestRoot } from '../../support/test-root';
import { UnsafePackage } from '../../support/unsafe-package';
import { factsOf } from './profile-facts';

const folder = join(__dirname, '../../golden/profile');

/** The profile's name, and its element within `<domain>`. */
const profiles = {
  hardened: '',
  compat: `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:hardening level='compat'/></tslxc:container></metadata>`,
} as const;

let before: HostSnapshot;

beforeAll(async () => {
  await startOnce();
  before = snapshotHost();
});

// The library of the control keeps its monitor's executable open.
afterAll(() => expectHostUnchanged(before, { except: ['descriptors'] }));

/** The facts of a container in a private root. */
async function facts(library: typeof connect, elements: string): Promise<string> {
  await using busybox = await makeBusyboxRoot();
  await using root = await makeTestRoot();
  await using connection = await library(undefined, { root: root.path });
  const filesystems = [{ source: busybox.path, target: '/' }];
  const options = { name: 'profile', init: '/bin/sleep', initArguments: ['1000'] };
  const domain = await connection.createDomain(domainXml({ ...options, filesystems, elements }));
  const lines = factsOf(await initOf('profile'));
  await domain.destroy();
  return `${lines.join('\n')}\n`;
}

const golden = (profile: string): string => join(folder, `${profile}.tsv`);

describe('the world of an init (T1)', () => {
  test.each(Object.entries(profiles))(
    'in profile %s is as its golden file says',
    async (profile, xml) => {
      const found = await facts(connectToProduct, xml);
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden(profile), found);
      expect(found).toBe(readFileSync(golden(profile), 'utf8'));
    },
  );

  test('control: a container without one of its namespaces is told from it', async () => {
    using unsafe = await UnsafePackage.make('host cgroup namespace');
    const found = await facts(await unsafe.connect(), profiles.hardened);
    expect(found).toContain('namespace.cgroup\thost');
    expect(found).not.toBe(readFileSync(golden('hardened'), 'utf8'));
  });

  test('control: what libvirt leaves open is told from what is hardened', () => {
    expect(readFileSync(golden('compat'), 'utf8')).not.toBe(
      readFileSync(golden('hardened'), 'utf8'),
    );
  });
});
