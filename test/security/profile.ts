/** The world of a container's init, in each profile that has a golden file (UPDATE_GOLDEN=1 rewrites it). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectToProduct } from 'tslxc';
import type { connect } from 'tslxc';
import { buildProbe } from '../../scripts/unsafe/probe';
import { askConsole } from '../support/console/console-answer';
import { initOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { idMapXml, makeClosedRoot } from '../support/domain/mapped-domain';
import { joined, parseReport } from '../support/probe/probe';
import { makeTestRoot } from '../support/root/test-root';
import { factsOf } from './profile-facts';

const folder = join(__dirname, '../golden/profile');

/** What each golden file is of. */
export const profiles = {
  hardened: { level: 'hardened', elements: '' },
  compat: { level: 'compat', elements: '' },
  'hardened-idmap': { level: 'hardened', elements: idMapXml() },
  'compat-idmap': { level: 'compat', elements: idMapXml() },
} as const;

type Profile = (typeof profiles)[keyof typeof profiles];

/** What the probe tries from within. */
const commands = [['keyring'], ['terminal'], ['unshare']];

/** The facts of a container in a private root: as the host sees its init, and as the probe tells from within. */
export async function facts(
  library: typeof connect,
  { level, elements }: Profile,
): Promise<string> {
  await using busybox = await makeClosedRoot();
  await using root = await makeTestRoot();
  await using connection = await library(undefined, { root: root.path, hardening: level });
  const filesystems = [
    { source: busybox.path, target: '/' },
    { source: await buildProbe(), target: '/probe' },
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

const goldenPath = (profile: string): string => join(folder, `${profile}.tsv`);

export function golden(profile: keyof typeof profiles): string {
  return readFileSync(goldenPath(profile), 'utf8');
}

/** Starts a container in that profile, and compares all of it. */
export async function expectGolden(profile: keyof typeof profiles): Promise<void> {
  const found = await facts(connectToProduct, profiles[profile]);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(goldenPath(profile), found);
  expect(found).toBe(golden(profile));
}
