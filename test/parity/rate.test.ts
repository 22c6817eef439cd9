/** A thousand lists over one connection of virsh: how many a second the daemon answers, beside a real libvirtd. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { DaemonProcess } from '../support/clients/daemon-process';
import { domainXml } from '../support/domain/domain-xml';
import { Libvirt } from '../support/machine/libvirt';
import { commandLine, runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const socket = join(root.path, 'run/tslxc/tslxc-sock');
  keep(await DaemonProcess.start({ root: root.path, argv: commandLine('daemon'), socket }));
  const libvirt = keep(await Libvirt.start());
  return { root, connection, libvirt, socket };
});

const lists = 1000;

/** The same on both sides. */
const names = ['one', 'two', 'three', 'four', 'five'];

function uriOf(socket: string): string {
  return `lxc+unix:///system?socket=${socket}`;
}

/** Milliseconds that all lists take, and what the last one has shown. */
async function listed(uri: string): Promise<{ readonly took: number; readonly shown: string }> {
  const input = 'list --all\n'.repeat(lists);
  const began = performance.now();
  const { code, stdout, stderr } = await runProgram(['virsh', '-q', '-c', uri], { input });
  expect([code, stderr]).toEqual([0, '']);
  return { took: performance.now() - began, shown: stdout.trim().split('\n').slice(-7).join('\n') };
}

test('the daemon answers nearly as many as libvirtd, once it has answered some thousands', async () => {
  const { connection, libvirt, root } = world;
  for (const name of names) {
    const xml = domainXml({ name });
    await connection.defineDomain(xml);
    const file = join(root.path, `${name}.xml`);
    writeFileSync(file, xml);
    await libvirt.virsh(`define ${file}`);
  }
  const theirs = uriOf(libvirt.folder('/run/libvirt/libvirt-sock'));
  const ours = uriOf(world.socket);
  const ratios: number[] = [];
  for (const _round of [1, 2, 3]) {
    const libvirts = await listed(theirs);
    const daemons = await listed(ours);
    for (const name of names) {
      for (const { shown } of [libvirts, daemons]) expect(shown).toContain(name);
    }
    ratios.push(libvirts.took / daemons.took);
  }
  process.stdout.write(
    `lists a second beside libvirtd: ${ratios.map((one) => one.toFixed(2)).join(', ')}\n`,
  );
  // V8 compiles what is called often, so that the last thousand is the fastest. What runs beside one side and not the other is no
  // matter of theirs: 0.95 to 1.1 were seen where nothing did.
  expect(Math.max(...ratios)).toBeGreaterThanOrEqual(0.75);
});
