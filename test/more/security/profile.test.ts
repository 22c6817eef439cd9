/**
 * Everything that a container's init is and has, compared with a golden file for each profile: a difference is looked at
 * before it is accepted (UPDATE_GOLDEN=1). Recipes T1 and T29 of the threat catalogue; T29 is
 * what of /proc and /sys is masked.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectToProduct } from 'tslxc';
import type { connect } from 'tslxc';
import { askConsole } from '../../support/console/console-answer';
import { initOf } from '../../support/world/container-traces';
import { domainXml } from '../../support/domain/domain-xml';
import { containerTest, nothing } from '../../support/world/container-test';
import { idMapXml, makeClosedRoot } from '../../support/domain/mapped-domain';
import { compileProbe, joined, parseReport } from '../../support/probe/probe';
import { makeTestRoot } from '../../support/root/test-root';
import { UnsafePackage } from '../../support/probe/unsafe-package';
import { factsOf } from './profile-facts';

const folder = join(__dirname, '../../golden/profile');

/** What each golden file is of. */
const profiles = {
  hardened: { level: 'hardened', elements: '' },
  compat: { level: 'compat', elements: '' },
  'hardened-idmap': { level: 'hardened', elements: idMapXml() },
  'compat-idmap': { level: 'compat', elements: idMapXml() },
} as const;

type Profile = (typeof profiles)[keyof typeof profiles];

/** What the probe tries from within. */
const commands = [['keyring'], ['terminal'], ['unshare']];

// The library of the control keeps its monitor's executable open.
containerTest(nothing, { per: 'file', except: ['descriptors'] });

/** The facts of a container in a private root: as the host sees its init, and as the probe tells from within. */
async function facts(library: typeof connect, { level, elements }: Profile): Promise<string> {
  await using busybox = await makeClosedRoot();
  await using root = await makeTestRoot();
  await using connection = await library(undefined, { root: root.path, hardening: level });
  const filesystems = [
    { source: busybox.path, target: '/' },
    { source: await compileProbe(), target: '/probe' },
  ];
  const initArguments = joined(commands);
  const options = { name: 'profile', init: '/probe', initArguments, filesystems, elements };
  const domain = await connection.createDomain(domainXml(options));
  const report = parseReport(await askConsole(domain, '', /^end\t/m));
  const inside = Object.entries(report).map(
    ([key, value]) => `probe.${key}\t${withoutNumbers(value)}`,
  );
  const lines = [...factsOf(await initOf('profile')), ...inside].sort();
  await domain.destroy();
  return `${lines.join('\n')}\n`;
}

/** Serial numbers of keys. */
const withoutNumbers = (value: string): string => value.replace(/[0-9a-f]{5,}|\d+/g, 'N');

const golden = (profile: string): string => join(folder, `${profile}.tsv`);

describe('the world of an init (T1)', () => {
  test.each(Object.keys(profiles) as (keyof typeof profiles)[])(
    'in profile %s is as its golden file says',
    async (profile) => {
      const found = await facts(connectToProduct, profiles[profile]);
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
