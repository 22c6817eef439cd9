/** What virt-install prints for a container is defined here as it is, and starts, as it does in libvirt. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, makeRoot } from 'tslxc';
import { Libvirt } from '../support/machine/libvirt';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';
import { startedByLibvirt, startedHere } from './started';

const world = containerTest(
  async (keep) => {
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    const libvirt = keep(await Libvirt.start());
    const network = await connection.lookupNetworkByName('default');
    await network.start();
    keep(() => network.destroy());
    return { root, connection, libvirt, tree: await treeWithInit(join(root.path, 'tree')) };
  },
  { per: 'file' },
);

/** A root with the init that virt-install takes for one with a root. */
async function treeWithInit(folder: string): Promise<string> {
  await makeRoot(folder);
  const init = join(folder, 'sbin', 'init');
  mkdirSync(join(folder, 'sbin'));
  writeFileSync(init, '#!/bin/sh\nwhile true; do sleep 1000; done\n');
  chmodSync(init, 0o755);
  return folder;
}

/** Debian's Python, which has the modules that virt-install needs, whatever other is installed. */
const path = '/usr/sbin:/usr/bin:/sbin:/bin';

/** What virt-install prints; the log that it keeps is in the test's folder. */
async function printedByVirtInstall(words: readonly string[]): Promise<string> {
  const { libvirt, root } = world;
  const { code, stdout, stderr } = await libvirt.inside([
    ...['env', `PATH=${path}`, `HOME=${root.path}`, `XDG_CACHE_HOME=${join(root.path, 'cache')}`],
    ...['virt-install', '--connect', 'lxc:///'],
    ...[...words, '--print-xml'],
  ]);
  if (code !== 0) throw new Error(`virt-install ${words.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

const usual = ['--memory', '128', '--os-variant', 'generic'];

test.each([
  {
    name: 'shell-in-root',
    words: (tree: string) => ['--init', '/bin/sh', '--filesystem', `${tree},/`],
    init: '/bin/sh',
  },
  {
    name: 'init-of-root',
    words: (tree: string) => ['--filesystem', `${tree},/`],
    init: '/bin/sh /sbin/init',
  },
  {
    name: 'init-with-arguments',
    words: (tree: string) => [
      ...['--container', '--vcpus', '2', '--filesystem', `${tree},/`],
      ...['--boot', 'init=/bin/sleep,initargs=1000'],
    ],
    init: '/bin/sleep 1000',
  },
  { name: 'shell-of-the-host', words: () => ['--init', '/bin/sh'], init: '/bin/sh' },
])(
  '$name is printed by virt-install, and reaches its init as it is',
  async ({ name, words, init }) => {
    const { connection, libvirt, root, tree } = world;
    const network = ['--network', 'network=default'];
    const xml = await printedByVirtInstall(['--name', name, ...usual, ...network, ...words(tree)]);
    expect(xml).toMatch(/^<domain type="lxc">/);
    const [theirs, ours] = [
      await startedByLibvirt(libvirt, name, { xml, folder: root.path }),
      await startedHere(connection, xml),
    ];
    // Control: the text is one that libvirt starts.
    expect(theirs.outcome).toBe('started');
    expect(ours).toMatchObject({
      outcome: 'started',
      inside: {
        process: expect.arrayContaining([`arguments ${init}`]) as string[],
        network: expect.arrayContaining(['link eth0 up']) as string[],
      },
    });
  },
);
