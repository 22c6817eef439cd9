/** A daemon at the level `isolated`: what libvirt's clients start has ids of its own, unless their URI says otherwise. */
import { connect } from 'tslxc';
import { clientEnvironment, lastLibvirtSocket } from '../support/clients/client-world';
import { DaemonProcess } from '../support/clients/daemon-process';
import { makeClosedRoot, privateNetworkXml } from '../support/domain/mapped-domain';
import { domainXml, rootFilesystem } from '../support/domain/domain-xml';
import { commandLine, runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const closed = keep(await makeClosedRoot());
  keep(
    await DaemonProcess.start({
      root: root.path,
      argv: commandLine('daemon', '--libvirt', '--hardening', 'isolated'),
      socket: lastLibvirtSocket,
    }),
  );
  const connection = keep(await connect(undefined, { root: root.path }));
  const xml = domainXml({
    name: 'web',
    elements: privateNetworkXml,
    devices: rootFilesystem(closed.path),
  });
  const domain = await connection.defineDomain(xml);
  return { domain };
});

/** Whether what virsh has started by that URI has a map of ids. */
async function hasIdsBy(uri: string): Promise<boolean> {
  const virsh = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runProgram(['virsh', '-c', uri, ...words], {
      env: clientEnvironment,
    });
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  };
  await virsh('start', 'web');
  const xml = await virsh('dumpxml', 'web');
  const { isolation } = await world.domain.info();
  expect(isolation).toBe(xml.includes('<idmap>') ? 'user-namespace' : 'none');
  await virsh('destroy', 'web');
  return isolation === 'user-namespace';
}

test('what virsh starts has ids of its own, and by a URI that says otherwise it has not', async () => {
  expect(await hasIdsBy('lxc:///')).toBe(true);
  expect(await hasIdsBy('lxc:///?hardening=hardened')).toBe(false);
  expect(await hasIdsBy('lxc:///system?hardening=isolated')).toBe(true);
});

test('a URI that names no level is refused', async () => {
  const uri = 'lxc:///?hardening=none';
  const { code, stderr } = await runProgram(['virsh', '-c', uri, 'list'], {
    env: clientEnvironment,
  });
  expect([code, stderr]).toEqual([1, expect.stringContaining('Unexpected LXC URI path')]);
});
