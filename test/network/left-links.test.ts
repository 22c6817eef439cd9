/**
 * Interfaces that a container leaves in its network namespace. The kernel removes them in one go, and meanwhile no other interface or
 * namespace of the host is made: many are removed one by one instead.
 */
import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { native } from '../../lib/host/native';
import { domainXml } from '../support/domain/domain-xml';
import { idMapXml, privateNetworkXml } from '../support/domain/mapped-domain';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { initOf } from '../support/world/container-traces';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  return { connection: keep(await connect(undefined, { root: root.path })) };
});

async function start(name: string, elements: string): Promise<Domain> {
  const domain = await world.connection.defineDomain(
    domainXml({ name, init: '/bin/sleep', initArguments: ['1000'], elements }),
  );
  await domain.start();
  return domain;
}

const own = privateNetworkXml + idMapXml();

async function makeBridges(domain: Domain, count: number): Promise<void> {
  const line = `seq ${count} | sed 's/.*/link add z& type bridge/' | ip -batch -`;
  expect(await domain.exec(['sh', '-c', line])).toMatchObject({ code: 0, stderr: '' });
}

/** Runs `action` while the network namespace of init is held: the kernel then removes nothing there itself. */
async function holding(name: string, action: (network: number) => Promise<void>): Promise<void> {
  const network = openSync(`/proc/${await initOf(name)}/ns/net`, 'r');
  try {
    await action(network);
  } finally {
    closeSync(network);
  }
}

const count = async (network: number): Promise<number> =>
  (await native().listLinks(network)).filter(({ kind }) => kind === 'bridge').length;

/** Processes that hold the namespace, but this one. */
function holders(network: number): string[] {
  const namespace = readlinkSync(`/proc/self/fd/${network}`);
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return readlinkSync(`/proc/${pid}/fd/4`) === namespace;
    } catch {
      return false;
    }
  });
}

const untilNoneHolds = (network: number): Promise<void> =>
  eventually(() => expect(holders(network)).toEqual([]));

test('are removed one by one when there are many, by a process that ends then', async () => {
  const domain = await start('left-many', own);
  await makeBridges(domain, 40);
  await holding('left-many', async (network) => {
    await domain.destroy();
    await eventually(async () => expect(await count(network)).toBe(0));
    await untilNoneHolds(network);
  });
});

test('control: a few are left to the kernel', async () => {
  const domain = await start('left-few', own);
  await makeBridges(domain, 20);
  await holding('left-few', async (network) => {
    await domain.destroy();
    await untilNoneHolds(network);
    expect(await count(network)).toBe(20);
  });
});

test('stay when another container shares the namespace', async () => {
  const domain = await start('left-shared', privateNetworkXml);
  await makeBridges(domain, 40);
  const sharing = `<lxc:namespace xmlns:lxc='http://libvirt.org/schemas/domain/lxc/1.0'><lxc:sharenet type='name' value='left-shared'/></lxc:namespace>`;
  const other = await start('left-other', sharing);
  await holding('left-shared', async (network) => {
    await domain.destroy();
    await untilNoneHolds(network);
    expect(await count(network)).toBe(40);
    await other.destroy();
  });
});
