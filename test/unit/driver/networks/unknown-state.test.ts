/** A network whose state can't be read is listed, refuses what is asked of it with the reason, and spoils nothing that is asked of others. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Connection } from '../../../../lib/driver/connection';
import { bootId } from '../../../../lib/host/kernel/boot/boot-id';
import { networkPaths, statePaths } from '../../../../lib/host/state/state-paths';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { containing } from '../refusal';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;
let connection: Connection;

const xml = (name: string, last: number): string =>
  `<network><name>${name}</name><uuid>11111111-1111-4111-8111-11111111111${last}</uuid><bridge name='${name}0'/></network>`;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  await connection.defineNetwork(xml('good', 1));
  await connection.defineNetwork(xml('odd', 2));
});

const path = (name: string): string => networkPaths(statePaths(host.root), name).state;

function putRecord(name: string, text: string): void {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), text);
}

const boot = bootId();
const record = { phase: 'running', boot, namespace: 'n', xml: '<network/>', borrowed: {} };

const records: readonly (readonly [string, string, string])[] = [
  ['in a newer format', JSON.stringify({ format: 99 }), 'was written by a newer version'],
  [
    'with something newer borrowed',
    JSON.stringify({ ...record, borrowed: { wormhole: true } }),
    "which has borrowed 'wormhole'",
  ],
  [
    'without what it has borrowed',
    JSON.stringify({ ...record, borrowed: undefined }),
    'is damaged',
  ],
  ['in no phase that is known', JSON.stringify({ ...record, phase: 'asleep' }), 'is damaged'],
];

test.each(records)('a record %s', async (_, text, reason) => {
  putRecord('odd', text);
  await (await connection.lookupNetworkByName('good')).setAutostart('on');
  const names = async (filter = {}): Promise<string[]> =>
    (await connection.listNetworks(filter)).map(({ name }) => name);
  expect(await names()).toEqual(['default', 'good', 'odd']);
  // It may run or not.
  expect(await names({ state: 'active' })).toEqual(['odd']);
  expect(await names({ state: 'inactive' })).toEqual(['default', 'good', 'odd']);
  const good = await connection.lookupNetworkByName('good');
  expect(await good.info()).toMatchObject({ active: false, autostart: true });
  expect((await connection.lookupNetworkByUuid(good.uuid)).name).toBe('good');
  const [, , odd] = await connection.listNetworks();
  const refused = { path: path('odd'), message: containing(reason) };
  await expect(odd?.info()).rejects.toMatchObject(refused);
  await expect(odd?.destroy()).rejects.toMatchObject(refused);
  await expect(connection.lookupNetworkByName('odd')).rejects.toMatchObject(refused);
});

test('one that is marked for autostart keeps no call on networks from its answer', async () => {
  await (await connection.lookupNetworkByName('odd')).setAutostart('on');
  putRecord('odd', JSON.stringify({ format: 99 }));
  host.lines.splice(0);
  expect(await connection.listNetworks()).toHaveLength(3);
  expect((await connection.lookupNetworkByName('good')).name).toBe('good');
  expect(host.lines.map(({ message }) => message)).toContain(
    'a network could not be started with the host',
  );
});
