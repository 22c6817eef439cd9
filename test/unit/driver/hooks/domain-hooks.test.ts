/** lib/driver/hooks/domain-hooks.ts: what is called when, and what comes of a refusal and of a caller that is killed. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Connection } from '../../../../lib/driver/connection';
import { findScripts, runScripts } from '../../../../lib/driver/hooks/scripts';
import type { HookCall } from '../../../../lib/driver/hooks/scripts';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';
import { writeActiveRecord } from '../../../../lib/network/lifecycle/state';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

jest.mock('../../../../lib/driver/hooks/scripts');

removeScratchAfterEach();

const name = 'web';
const xml = domainXml({ name });

let host: FakeHost;
let connection: Connection;
let calls: HookCall[];
let refuse: string | undefined;
/** Called in each call. */
let look: (operation: string) => void;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  calls = [];
  refuse = undefined;
  look = () => undefined;
  jest.mocked(findScripts).mockReturnValue({ paths: ['/script'], timeout: 1000 });
  jest.mocked(runScripts).mockImplementation(async (_session, _scripts, call) => {
    await Promise.resolve();
    calls.push(call);
    look(call.operation);
    if (call.operation === refuse) throw new Error(`refused by ${call.operation}`);
  });
});

function words(): string[] {
  return calls.map(({ operation, extra }) =>
    [operation, ...(extra === '-' ? [] : [extra])].join(' ').trim(),
  );
}

/** The mark that a process has left that was killed in a start. */
function leaveMark(mark: object): string {
  const path = runPaths(statePaths(host.root), name).hooks;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(mark));
  return path;
}

test('a start that `started` refuses has failed: no event tells of it, and the last hooks are told so', async () => {
  const domain = await connection.defineDomain(xml);
  refuse = 'started';
  await expect(domain.start()).rejects.toThrow('refused by started');
  expect(words()).toEqual(['prepare', 'start', 'started', 'stopped', 'release failed']);
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'failed' });
  expect(host.lastEvent()).toMatchObject({ event: 'defined' });
});

test.each([
  ['`prepare` refuses', 'prepare', ['prepare', 'stopped', 'release failed']],
  ['`start` refuses', 'start', ['prepare', 'start', 'stopped', 'release failed']],
])('of a start that %s, the end is told of', async (_, operation, expected) => {
  const domain = await connection.defineDomain(xml);
  refuse = operation;
  await expect(domain.start()).rejects.toThrow(`refused by ${operation}`);
  expect(words()).toEqual(expected);
});

test('of a start that fails once the hooks have agreed, the end is told of once', async () => {
  const domain = await connection.defineDomain(xml);
  host.failStart = () => new Error('no monitor');
  await expect(domain.start()).rejects.toThrow('no monitor');
  expect(words()).toEqual(['prepare', 'start', 'stopped', 'release failed']);
});

test('a port that is refused: first the end is told of, then the ports that there were, then the release', async () => {
  const uuid = '4f0d4c6e-5ad4-4f25-9d3a-0a4a6b6a1f51';
  const network = `<network><name>lab</name><uuid>${uuid}</uuid><bridge name='virbr7'/></network>`;
  const record = { name: 'lab', uuid, phase: 'running', borrowed: {}, xml: network } as const;
  writeActiveRecord(statePaths(host.root), record);
  const plug = "<interface type='network'><source network='lab'/></interface>";
  const domain = await connection.defineDomain(domainXml({ name, devices: plug + plug }));
  const isPort = ({ operation }: HookCall): boolean => operation === 'port-created';
  look = (operation) => {
    const isSecond = operation === 'port-created' && calls.filter(isPort).length === 2;
    if (isSecond) throw new Error('refused by the second');
  };
  await expect(domain.start()).rejects.toThrow('refused by the second');
  expect(words()).toEqual([
    ...['prepare', 'port-created', 'port-created'],
    ...['stopped', 'port-deleted', 'release failed'],
  ]);
});

test('the events of a start come when `started` has agreed', async () => {
  const domain = await connection.defineDomain(xml);
  const seen: unknown[] = [];
  look = () => seen.push(host.lastEvent()?.event);
  await domain.start();
  expect(seen).toEqual(['defined', 'defined', 'defined']);
  expect(host.lastEvent()).toMatchObject({ event: 'started' });
});

test('the error of `started` is the one that is thrown, also if what it has refused can’t be cleaned up', async () => {
  const domain = await connection.defineDomain(xml);
  refuse = 'started';
  host.failCleanUp = name;
  await expect(domain.start()).rejects.toThrow('refused by started');
  host.failCleanUp = undefined;
  refuse = undefined;
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'failed' });
  expect(words().at(-1)).toBe('release failed');
});

test('what runs of a start that was not finished is ended by the next process that works on it', async () => {
  const domain = await connection.defineDomain(xml);
  await domain.start({ ownership: 'leave' });
  calls.length = 0;
  leaveMark({ input: '<domain/>', stage: 'starting' });
  await domain.start();
  expect(words()).toEqual(['stopped', 'release failed', 'prepare', 'start', 'started']);
});

test('a look at a domain calls the last hooks of a start that was killed before it took anything', async () => {
  const domain = await connection.defineDomain(xml);
  const mark = leaveMark({ input: '<domain/>', stage: 'starting' });
  expect(await domain.state()).toMatchObject({ state: 'shutoff' });
  expect(words()).toEqual(['stopped', 'release failed']);
  expect(calls[0]?.input).toBe('<domain/>');
  expect(existsSync(mark)).toBe(false);
});

test('scripts get the live XML while it runs and at its end, and no id when it is gone', async () => {
  const domain = await connection.defineDomain(xml);
  await domain.start();
  const { id } = domain;
  await domain.destroy();
  const inputs = new Map(calls.map(({ operation, input }) => [operation, input]));
  for (const operation of ['started', 'stopped']) {
    expect(inputs.get(operation)).toContain(`<domain type='lxc' id='${String(id)}'>`);
    expect(inputs.get(operation)).toContain(`/dev/pts/${String(id)}`);
  }
  expect(inputs.get('release')).toContain("<domain type='lxc'>");
  expect(inputs.get('release')).toContain(`/dev/pts/${String(id)}`);
  expect(inputs.get('prepare')).not.toContain('/dev/pts');
});

test('scripts get the ports of interfaces until everything is given back', async () => {
  const domain = await connection.defineDomain(xml);
  await domain.start();
  const state = host.state(name);
  if (state.phase !== 'running') throw new Error('it does not run');
  const mac = '52:54:00:00:00:01';
  const devices = `<interface type='network'><mac address='${mac}'/><source network='lab'/></interface>`;
  const live = domainXml({ name, uuid: domain.uuid, devices });
  const link = { type: 'network', guest: 'eth0', mac, network: 'lab', bridge: 'virbr7' } as const;
  host.states.set(name, { ...state, start: { ...state.start, xml: live, links: [link] } });
  const uuid = '4f0d4c6e-5ad4-4f25-9d3a-0a4a6b6a1f51';
  const network = `<network><name>lab</name><uuid>${uuid}</uuid><bridge name='virbr7'/></network>`;
  const record = { name: 'lab', uuid, phase: 'running', borrowed: {}, xml: network } as const;
  writeActiveRecord(statePaths(host.root), record);
  await domain.destroy();
  const inputs = new Map(calls.map(({ operation, input }) => [operation, input]));
  const [, port] = /<uuid>(.*)<\/uuid>\n +<owner>/.exec(inputs.get('port-deleted') ?? '') ?? [];
  expect(inputs.get('stopped')).toContain(
    `<source network='lab' portid='${String(port)}' bridge='virbr7'/>`,
  );
  expect(inputs.get('release')).toContain("<source network='lab'/>");
});

test('the caller’s signal is that of the scripts of its start, and not of its end', async () => {
  const { signal } = new AbortController();
  const domain = await connection.defineDomain(xml);
  await domain.start({ signal });
  await domain.destroy();
  const signals = calls.map((call) => call.signal);
  expect(signals).toEqual([signal, signal, signal, undefined, undefined]);
});
