/**
 * Root in a container, on the way to the host's cgroups: release agents, fresh mounts, paths upwards. Recipe T3 of the
 * threat catalogue.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { connect } from 'tslxc';
import { connect as connectToProduct } from 'tslxc';
import { hostFacts } from '../../lib/host/facts';
import { askConsole } from '../support/console/console-answer';
import { cgroups } from '../support/world/host-aspects';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest, nothing } from '../support/world/container-test';
import { makeTestRoot } from '../support/root/test-root';
import { UnsafePackage } from '../support/probe/unsafe-package';

const script = join(__dirname, 'cgroup-attack.sh');

// The library of the control keeps its monitor's executable open.
containerTest(nothing, { per: 'file', watch: ['/mnt'], except: ['descriptors'] });

/** Controllers of this kernel that no hierarchy has: mounting one makes a hierarchy whose root is the host's. */
function unusedControllers(): string[] {
  const { hierarchies, unified } = hostFacts().cgroups;
  const used = [
    ...hierarchies.flatMap(({ controllers }) => controllers),
    ...(unified?.controllers ?? []),
  ];
  return readFileSync('/proc/cgroups', 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t')[0] ?? '')
    .filter((name) => name !== '' && !used.includes(name));
}

/** Those of the v2 tree, such as `rw,nsdelegate`; `rw` where there is none. */
function unifiedOptions(): string {
  const mountinfo = readFileSync('/proc/self/mountinfo', 'latin1');
  return /^.* - cgroup2 \S+ (.*)$/m.exec(mountinfo)?.[1] ?? 'rw';
}

/** Runs the script in a container; resolves with what it printed. */
async function attack(
  library: typeof connect,
  name: string,
  words: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  await using root = await makeTestRoot();
  await using connection = await library(undefined, { root: root.path });
  const initArguments = [script, unifiedOptions(), ...words];
  const domain = await connection.createDomain(domainXml({ name, init: '/bin/sh', initArguments }));
  const output = await askConsole(domain, '', /^end\tend/m);
  await domain.destroy();
  const lines = output.split(/\r?\n/).filter((line) => line.includes('\t'));
  return new Map(lines.map((line) => line.split('\t') as [string, string]));
}

/** The host's cgroups that the container sees above its own, and the release agents that it has open. */
function reached(report: ReadonlyMap<string, string>): string[] {
  return [...report]
    .filter(([key, value]) => {
      if (key.includes('agent')) return value === 'OK';
      return key.includes('above') && value !== '';
    })
    .map(([key]) => key);
}

describe('the cgroups of the host (T3)', () => {
  test('are out of reach: no release agent, no hierarchy of its own, nothing above', async () => {
    const known = cgroups();
    const unknown = [...unusedControllers(), 'none,name=attack'];
    const report = await attack(connectToProduct, 'cgroups-attacked', unknown);
    expect(report.get('path')?.trim()).toBe('/');
    expect(reached(report)).toEqual([]);
    const created = [...report].filter(([key, value]) => /(^|\.)new\./.test(key) && value === 'OK');
    expect(created).toEqual([]);
    expect([...report.keys()].filter((key) => key.startsWith('up.'))).toEqual([]);
    // What it looked for is what this kernel has.
    expect([...report.keys()].filter((key) => key.startsWith('new.')).length).toBeGreaterThan(0);
    expect(cgroups()).toEqual(known);
  });

  test('control: in the host’s cgroup namespace a release agent can be opened', async () => {
    using unsafe = await UnsafePackage.make('host cgroup namespace');
    const report = await attack(await unsafe.connect(), 'cgroups-control', []);
    expect(reached(report)).not.toEqual([]);
  });
});
