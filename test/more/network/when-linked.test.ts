/** What a caller does when the interfaces are there and nothing of the container has run. */
import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { cleanUp } from '../../../lib/container/record/cleanup';
import { startContainer } from '../../../lib/container/start/controller';
import { Lookers } from '../../../lib/container/looks/looks';
import type { ContainerStart } from '../../../lib/container/start/container-start';
import { Rollback } from '../../../lib/container/start/rollback';
import { readRunState } from '../../../lib/container/record/run-state';
import type { LinkRecord } from '../../../lib/container/record/run-state';
import { parseDomain } from '../../../lib/domain/parse';
import { hostFacts } from '../../../lib/host/facts';
import { runPaths, statePaths } from '../../../lib/host/state/state-paths';
import { expectGone, initsOf } from '../../support/world/container-traces';
import { domainXml } from '../../support/domain/domain-xml';
import { HostLinks, NetworkView, host } from '../../support/network/host-links';
import { containerTest } from '../../support/world/container-test';
import { interfaceXml, macOf } from '../../support/network/network-world';
import { makeTestRoot } from '../../support/root/test-root';

const name = 'paused';

let links: HostLinks;

/** `failures`: what could not be given back. */
const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const failures: unknown[] = [];
  const rollback = new Rollback((failure) => failures.push(failure));
  keep(() => expect(failures).toEqual([]));
  return { root, rollback, failures };
});

beforeAll(async () => {
  links = new HostLinks();
  await links.bridge('br0');
  // A first start by this copy of the library too.
  await using root = await makeTestRoot();
  await runAndEnd(startOf({}, { root, rollback: new Rollback(() => undefined) }));
});

afterAll(() => links[Symbol.dispose]());

const lookers = new Lookers();

afterAll(() => lookers.close());

function startOf(
  parts: Partial<ContainerStart>,
  { root, rollback }: Pick<typeof world, 'root' | 'rollback'> = world,
): ContainerStart {
  const devices = interfaceXml({ type: 'bridge', source: "bridge='br0'" });
  const xml = domainXml({ name, devices });
  const context = {
    arch: 'x86_64',
    emulator: '/x',
    newUuid: randomUUID,
    newMac: () => macOf('ff'),
    portId: () => '',
  };
  return {
    rollback,
    paths: statePaths(root.path),
    definition: parseDomain(xml, context),
    xml,
    hardening: 'hardened',
    persistence: 'persistent',
    restarts: 0,
    startTimeout: 5000,
    lookers,
    passDescriptors: [],
    ports: [{ kind: 'bridge', bridge: 'br0' }],
    ownership: 'keep',
    ...parts,
  };
}

async function runAndEnd(start: ContainerStart): Promise<void> {
  const container = await startContainer(start, hostFacts());
  await container.destroy();
  const state = readRunState(start.paths, name);
  if (state.phase !== 'ended') throw new Error(`it is ${state.phase}`);
  await cleanUp(start.paths, state, { name, notice: () => undefined });
  container.release();
  await expectGone(name);
}

test('it has their names on the host, and init waits meanwhile with its interface down', async () => {
  const seen: unknown[] = [];
  const whenLinked = async (records: readonly LinkRecord[]): Promise<void> => {
    await Promise.resolve();
    const [init = 0] = initsOf(name);
    seen.push(
      records,
      host.isUp('vnet1000'),
      new NetworkView(init).isUp('eth0'),
      readlinkSync(`/proc/${init}/exe`).endsWith('/bin/sh'),
    );
  };
  await runAndEnd(startOf({ whenLinked }));
  const record = {
    type: 'bridge',
    guest: 'eth0',
    host: 'vnet1000',
    mac: macOf('01'),
    bridge: 'br0',
  };
  expect(seen).toEqual([[record], true, false, false]);
});

test('what it fails at is why the start fails, and nothing is left', async () => {
  const whenLinked = (): Promise<void> => Promise.reject(new Error('no tc here'));
  await expect(startContainer(startOf({ whenLinked }), hostFacts())).rejects.toThrow('no tc here');
  expect(world.rollback.mark).toBe(0);
  expect(host.names()).not.toContain('vnet1000');
  await expectGone(name);
});

test('why it failed is what is told, also when something can not be given back, which the clean-up does later', async () => {
  const { start: record } = runPaths(statePaths(world.root.path), name);
  const whenLinked = (): Promise<void> => {
    execFileSync('chattr', ['+i', record]);
    return Promise.reject(new Error('no tc here'));
  };
  const start = startOf({ whenLinked });
  await expect(startContainer(start, hostFacts())).rejects.toThrow('no tc here');
  execFileSync('chattr', ['-i', record]);
  expect(world.failures.splice(0)).toEqual([expect.objectContaining({ errno: 1, path: record })]);
  const state = readRunState(start.paths, name);
  if (state.phase !== 'ended') throw new Error(`it is ${state.phase}`);
  await cleanUp(start.paths, state, { name, notice: () => undefined });
  await expectGone(name);
});

test('who has nothing to do isn’t waited for', async () => {
  const definition = startOf({}).definition;
  const whenLinked = jest.fn(() => Promise.resolve());
  await runAndEnd(startOf({ definition: { ...definition, interfaces: [] }, whenLinked }));
  expect(whenLinked).not.toHaveBeenCalled();
});
