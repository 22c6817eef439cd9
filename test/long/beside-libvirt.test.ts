/** Beside a libvirt with its default network up, each starts containers at the same time: none gets in another's way. */
import { join } from 'node:path';
import { makeRoot } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';
import { libraryWords } from '../support/process/library-child';
import { Libvirt } from '../support/machine/libvirt';
import { runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { patience } from '../support/time/eventually';

const starts = 50;

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const tree = join(root.path, 'tree');
  await makeRoot(tree);
  const libvirt = keep(await Libvirt.start());
  // The networks are in the namespace of libvirtd.
  const code = `
    const connection = await connect();
    for (const network of await connection.listNetworks({ state: 'active' })) await network.destroy();
    await connection.close();`;
  keep(() => runProgram(libvirt.beside(libraryWords(code)), { root: root.path }));
  return { root, tree, libvirt };
});

/** A container that asks for an address and shows it on its console. */
function document(name: string): string {
  return domainXml({
    name,
    initArguments: ['-c', 'ip link set eth0 up; udhcpc -i eth0 -n -q; exec sleep 1000'],
    filesystems: [{ source: world.tree, target: '/' }],
    devices: `<interface type='network'><source network='default'/></interface>`,
  });
}

/** Starts and ends ours so many times, each with a lease; resolves with what it saw. */
async function startOurs(): Promise<{ hosts: string[]; leases: string[]; bridge: string }> {
  const code = `
    const { setTimeout: sleep } = require('node:timers/promises');
    const connection = await connect();
    const domain = await connection.defineDomain(${JSON.stringify(document('ours'))});
    const [hosts, leases] = [[], []];
    for (let round = 0; round < ${starts}; round += 1) {
      await domain.start();
      hosts.push((await domain.interfaces())[0].name);
      if (round % 10 === 0) leases.push(await domain.waitFor({ address: 'ipv4' }));
      await domain.destroy();
    }
    const network = await connection.lookupNetworkByName('default');
    const { bridge } = await network.info();
    console.log(JSON.stringify({ hosts, leases, bridge }));
    await connection.close();`;
  const {
    code: exit,
    stdout,
    stderr,
  } = await runProgram(world.libvirt.beside(libraryWords(code)), {
    root: world.root.path,
    timeout: 120_000 * patience,
  });
  if (exit !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as { hosts: string[]; leases: string[]; bridge: string };
}

/** The same with libvirt's, whose names are its own. */
async function startTheirs(): Promise<string[]> {
  const { libvirt } = world;
  const hosts: string[] = [];
  for (let round = 0; round < starts; round += 1) {
    await libvirt.virsh('start', 'theirs');
    hosts.push((await libvirt.virsh('domiflist', 'theirs')).trim().split(/\s+/)[0] ?? '');
    await libvirt.virsh('destroy', 'theirs');
  }
  return hosts;
}

test(`${starts} starts of each, at the same time`, async () => {
  const { root, libvirt } = world;
  const folder = join(root.path, 'theirs.xml');
  await runProgram(['sh', '-c', `cat > ${folder}`], { input: document('theirs') });
  await libvirt.virsh('define', folder);
  const [ours, theirs] = await Promise.all([startOurs(), startTheirs()]);
  expect(ours.hosts).toHaveLength(starts);
  expect(theirs).toHaveLength(starts);
  expect(ours.hosts.filter((name) => theirs.includes(name))).toEqual([]);
  // libvirt has virbr0 and 192.168.122.0/24; ours is the next that is free.
  expect(ours.bridge).toBe('virbr1');
  for (const address of ours.leases) expect(address).toMatch(/^192\.168\.123\.\d+$/);
  await libvirt.virsh('start', 'theirs');
  const leases = await libvirt.virsh('net-dhcp-leases', 'default');
  expect(leases).not.toMatch(/192\.168\.123\./);
  await libvirt.virsh('destroy', 'theirs');
  await libvirt.virsh('undefine', 'theirs');
});
