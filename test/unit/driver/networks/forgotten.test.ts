/** What an undefine leaves whose process is killed between the definition and the state: the next look removes it. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../../../lib/driver/connection';
import { bootId } from '../../../../lib/host/kernel/boot/boot-id';
import { networkPaths, statePaths } from '../../../../lib/host/state/state-paths';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const uuid = '11111111-1111-4111-8111-111111111111';

let host: FakeHost;
let connection: Connection;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  await connection.defineNetwork(
    `<network><name>gone</name><uuid>${uuid}</uuid><bridge name='gone0'/></network>`,
  );
  putState();
});

/** As a network that was stopped has it. */
function putState(): void {
  const { directory, state, leases } = networkPaths(statePaths(host.root), 'gone');
  mkdirSync(directory, { recursive: true });
  const off = { phase: 'off', name: 'gone', uuid, why: 'stopped', boot: bootId(), time: 1 };
  writeFileSync(state, JSON.stringify(off));
  mkdirSync(join(leases, '..'), { recursive: true });
  writeFileSync(leases, '');
}

function left(): string[] {
  const { directory, leases } = networkPaths(statePaths(host.root), 'gone');
  return [directory, leases].filter((path) => existsSync(path));
}

function removeDefinition(): void {
  rmSync(join(statePaths(host.root).networkDefinitions, 'gone.xml'));
}

const looks: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['a list', () => connection.listNetworks()],
  ['a lookup', () => connection.lookupNetworkByName('gone').catch(() => undefined)],
];

test.each(looks)('%s removes it', async (_, look) => {
  removeDefinition();
  expect(left()).toHaveLength(2);
  await look();
  expect(left()).toEqual([]);
});

test.each(looks)('%s leaves the state of one that is defined', async (_, look) => {
  await look();
  expect(left()).toHaveLength(2);
});

test('a read-only connection removes nothing', async () => {
  removeDefinition();
  await host.connect('read-only').listNetworks();
  expect(left()).toHaveLength(2);
});
