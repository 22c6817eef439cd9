/** Claims on ports of the host while rules are exchanged, and when they can't be loaded: who has a port, and whom it leads to, agree. */
import { execFileSync } from 'node:child_process';
import { hostSideMac } from '../../lib/domain/interface/mac-address';
import type { PortForward } from '../../lib/domain/interface/definition';
import { checkPorts, claimPorts } from '../../lib/container/interfaces/port/claim-ports';
import type { LinkForwards } from '../../lib/container/interfaces/port/forward-rules';
import { removeForwards } from '../../lib/container/interfaces/port/link-forwards';
import { placeForwards } from '../../lib/container/interfaces/port/place-forwards';
import { readPortClaims } from '../../lib/container/interfaces/port/port-claims';
import { ip } from '../support/network/host-links';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const mac = '52:54:00:00:77:01';
const others = '52:54:00:00:77:02';
const host = 'claimed0';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  // What a claim counts by where its domain is on no record: the interface is there.
  ip('link', 'add', host, 'address', hostSideMac(mac), 'type', 'bridge');
  keep(async () => {
    await removeForwards({ host, mac });
    ip('link', 'del', host);
  });
  return { owner: { root: root.path, name: 'web' } };
});

const forward = (port: number): PortForward => ({
  protocol: 'tcp',
  ranges: [{ start: port, to: 80 }],
  position: { line: 1, column: 1 },
});

const link = (port: number, address = '192.0.2.10'): LinkForwards => ({
  host,
  mac,
  bridge: 'lab0',
  forwards: [forward(port)],
  targets: { ipv4: address },
  loopback: 'kept',
});

const place = (of: LinkForwards): Promise<void> =>
  placeForwards(of, { owner: world.owner, leased: undefined });

/** Whether another interface may have the port. */
async function isFree(port: number): Promise<boolean> {
  try {
    await checkPorts({ mac: others, forwards: [forward(port)] }, world.owner.root);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'RESOURCE_BUSY' });
    return false;
  }
}

const claimed = (): (number | undefined)[] =>
  readPortClaims().flatMap(({ forwards }) => forwards.map(({ ranges }) => ranges[0]?.start));

/** Ports of the host for which there are rules. */
const ruled = (): number[] =>
  [
    ...execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' }).matchAll(/tcp dport (\d+)/g),
  ].map(([, port]) => Number(port));

test('while rules are exchanged nobody else gets the former ports, nor the new ones', async () => {
  await place(link(8080));
  expect([await isFree(8080), await isFree(9090), ruled()]).toEqual([false, true, [8080]]);
  const exchange = await claimPorts(link(9090), world.owner);
  // The rules of before are still loaded.
  expect([await isFree(8080), await isFree(9090), ruled()]).toEqual([false, false, [8080]]);
  exchange.keep();
  expect([await isFree(8080), await isFree(9090)]).toEqual([true, false]);
});

test('rules that can’t be loaded leave the claim of before, and those rules', async () => {
  await place(link(8080));
  await expect(place(link(9090, 'nowhere'))).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
  expect([await isFree(8080), await isFree(9090)]).toEqual([false, true]);
  expect([claimed(), ruled()]).toEqual([[8080], [8080]]);
});

test('where there was no claim before, rules that can’t be loaded leave none', async () => {
  await expect(place(link(9090, 'nowhere'))).rejects.toMatchObject({ code: 'OPERATION_FAILED' });
  expect([await isFree(9090), claimed(), ruled()]).toEqual([true, [], []]);
});
