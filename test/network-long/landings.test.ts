/**
 * What one version of the package has begun, another goes on with: the packages of the last landings, and this one, take turns with the
 * same containers, as before, after and during an upgrade, and after a downgrade. Each landing is taken from the history and built, which
 * takes some minutes once. In a clone without the history (git clone --depth) that is said, and this package takes turns with itself.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { controlVersion } from '../../lib/container/monitor/messages';
import { imageDevicesPath, namesFolder, portClaimsPath } from '../../lib/host/state/state-paths';
import { domainXml, rootFilesystem } from '../support/domain/domain-xml';
import type { DomainXmlOptions } from '../support/domain/domain-xml';
import { makeClosedRoot } from '../support/domain/mapped-domain';
import { traces } from '../support/network/virtual-network-world';
import { packageRoot, runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

interface Landing {
  readonly commit: string;
  readonly control: number;
}

interface Landings {
  readonly isKnown: (commit: string) => boolean;
  readonly landing: (commit: string) => Promise<string>;
  readonly landings: readonly Landing[];
}

const { isKnown, landing, landings } = jest.requireActual<Landings>('../../scripts/landings.js');

const minutes = 60_000;
const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const image = join(root.path, 'image');
  writeFileSync(image, 'an image');
  truncateSync(image, 1 << 20);
  const closed = keep(await makeClosedRoot());
  return { root: root.path, image, tree: closed.path };
});

/** A feature, and the number of the first landing that has it. */
interface Feature {
  readonly starts: number;
  /** What this version says before the verb, for what only it can ask for: it always starts such a container anew. */
  readonly before?: readonly string[];
  readonly document: (places: Places) => DomainXmlOptions;
}

interface Places {
  readonly image: string;
  /** A root of its own for a container, which only the host's root can reach. */
  readonly tree: string;
}

const extension = (element: string): string =>
  `<metadata><tslxc:container xmlns:tslxc='urn:tslxc:domain:1'>${element}</tslxc:container></metadata>`;
const link = (more: string, last: number): string =>
  `<interface type='network'><source network='land'/><ip address='192.168.177.${last}' prefix='24'/>${more}</interface>`;

const features: Readonly<Record<string, Feature>> = {
  plain: { starts: 0, document: () => ({}) },
  paused: { starts: 0, document: () => ({}) },
  ids: {
    starts: 0,
    document: () => ({ elements: extension("<tslxc:idmap allocate='auto' count='1000'/>") }),
  },
  disk: {
    starts: 0,
    document: ({ image }) => ({
      devices: `<disk type='file'><source file='${image}'/><target dev='vda'/><readonly/></disk>`,
    }),
  },
  memory: {
    starts: 0,
    document: () => ({ elements: "<memtune><hard_limit unit='MiB'>200</hard_limit></memtune>" }),
  },
  network: { starts: 0, document: () => ({ devices: link('', 10) }) },
  filter: {
    starts: 0,
    document: () => ({ devices: link("<filterref filter='clean-traffic'/>", 11) }),
  },
  ports: {
    starts: 0,
    document: () => ({
      devices: link("<portForward proto='tcp'><range start='18080' to='80'/></portForward>", 12),
    }),
  },
  'ports-of-all': {
    starts: 0,
    document: () => ({
      devices: link(
        "<portForward proto='udp' address='0.0.0.0'><range start='18081' to='81'/></portForward>",
        13,
      ),
    }),
  },
  cgroups: {
    starts: 0,
    document: () => ({ elements: extension("<tslxc:cgroups max='20'/>") }),
  },
  checked: {
    starts: 0,
    document: () => ({
      elements: extension(
        "<tslxc:health interval='200' action='restart'><tslxc:arg>/bin/true</tslxc:arg></tslxc:health><tslxc:restart policy='on-failure'/>",
      ),
    }),
  },
  again: {
    starts: 1,
    document: () => ({ elements: extension("<tslxc:restart policy='always'/>") }),
  },
  // By its level it has ids of its own, which stands in its record in the words of all versions.
  isolated: {
    starts: 0,
    before: ['-c', 'lxc:///?hardening=isolated'],
    document: ({ tree }) => ({
      ...{ init: '/bin/busybox', initArguments: ['sh', '-c', 'read x'] },
      elements: '<features><privnet/></features>',
      devices: rootFilesystem(tree),
    }),
  },
};

const network = `<network><name>land</name><forward mode='nat'/><bridge name='landbr'/>
  <ip address='192.168.177.1' netmask='255.255.255.0'><dhcp><range start='192.168.177.100' end='192.168.177.120'/></dhcp></ip></network>`;

/** One version of the package, as a command on the root of this test. */
class Package {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async says(...words: readonly string[]): Promise<string> {
    const argv = [process.execPath, join(this.#folder, 'dist/cli/main.js'), ...words];
    const { code, stdout, stderr } = await runProgram(argv, { root: world.root });
    if (code !== 0)
      throw new Error(`${this.#folder}: ${words.join(' ')}: ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  async define(verb: 'define' | 'net-define', xml: string): Promise<void> {
    const file = join(world.root, 'document.xml');
    writeFileSync(file, xml);
    await this.says(verb, file);
  }

  async expectStates(names: readonly string[]): Promise<void> {
    const list = await this.says('list', '--all');
    const rows = names.map((name) => [name, name === 'paused' ? 'paused' : 'running']);
    for (const [name, state] of rows)
      expect(list).toMatch(new RegExp(`^ \\d+ +${name} +${state} *$`, 'm'));
  }
}

/** What is kept outside of a root, and the devices of the image. */
function outside(): readonly string[] {
  const folders = [namesFolder, portClaimsPath, imageDevicesPath].filter((path) =>
    existsSync(path),
  );
  const files = folders.flatMap((path) => readdirSync(path, { recursive: true }).map(String));
  const loops = execFileSync('losetup', ['--associated', world.image], { encoding: 'utf8' });
  return [...traces(), ...files, ...loops.split('\n').filter(Boolean)];
}

/** Each is a container that runs, and that its feature can be told by; those of `apart` have ids of their own. */
async function use(by: Package, names: readonly string[], apart: readonly string[]): Promise<void> {
  await by.expectStates(names);
  expect(await by.says('net-list')).toMatch(/^ land +active/m);
  for (const name of names) {
    expect(await by.says('domstate', name)).toMatch(/^(running|paused)/);
    expect(await by.says('dumpxml', name)).toContain(`<name>${name}</name>`);
    const isApart = (await by.says('dominfo', name)).includes('user namespace');
    expect([name, isApart]).toEqual([name, apart.includes(name)]);
  }
  await by.says('resume', 'paused');
  await by.says('suspend', 'paused');
}

async function expectNoLeftovers(by: Package): Promise<void> {
  const report = await by.says('doctor');
  expect(
    report.split('\n').filter((line) => /^(warn|fail) +(leftover|definition)/.test(line)),
  ).toEqual([]);
}

/** One that this version has started: the old one ends it, or refuses that in words, and it goes on. */
async function endAfterDowngrade(
  [old, now]: readonly [Package, Package],
  name: string,
  at: number,
): Promise<void> {
  if (landings[at]?.control === controlVersion) {
    await old.says('destroy', name);
    return;
  }
  await expect(old.says('destroy', name)).rejects.toThrow('speaks another version');
  await now.expectStates([name]);
  await now.says('destroy', name);
}

async function takeTurns([old, now]: readonly [Package, Package], at: number): Promise<void> {
  const names = Object.keys(features).filter((name) => (features[name]?.starts ?? 0) <= at);
  const before = outside();
  await old.define('net-define', network);
  await old.says('net-start', 'land');
  for (const name of names) {
    await old.define(
      'define',
      domainXml({ name, init: '/bin/cat', ...features[name]?.document(world) }),
    );
    await old.says('start', name);
  }
  await old.says('suspend', 'paused');
  // Upgraded while they run: each is used, and every other one started anew.
  await use(now, names, ['ids']);
  await expectNoLeftovers(now);
  const anew = names.filter((name, index) => index % 2 === 0 || features[name]?.before);
  for (const name of anew) {
    await now.says('destroy', name);
    await now.says(...(features[name]?.before ?? []), 'start', name);
  }
  // Downgraded: the old one goes on with both.
  await use(old, names, ['ids', 'isolated']);
  for (const name of names) {
    if (anew.includes(name)) await endAfterDowngrade([old, now], name, at);
    else await old.says('destroy', name);
  }
  // Upgraded again: nothing is left for it, and what has been defined by the old one is there.
  await expectNoLeftovers(now);
  for (const name of names) {
    await now.says('start', name);
    await now.says('destroy', name);
    await now.says('undefine', name);
  }
  await now.says('net-destroy', 'land');
  await now.says('net-undefine', 'land');
  await eventually(() => expect(outside()).toEqual(before));
}

test.each(landings.map(({ commit }, at) => ({ commit, at })))(
  '$commit → now → $commit → now, with everything that it knows',
  async ({ commit, at }) => {
    const isThere = isKnown(commit);
    if (!isThere)
      process.stdout.write(`the history lacks ${commit}: this package takes its place\n`);
    const folder = isThere ? await landing(commit) : packageRoot;
    await takeTurns([new Package(folder), new Package(packageRoot)], at);
  },
  30 * minutes,
);
