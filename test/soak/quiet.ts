/**
 * The quiet moment after a round: every domain and network is held against the kernel; then all are ended and undefined, and
 * nothing of them may be left.
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { hostFacts } from '../../lib/host/facts';
import { hostNetworksPath, statePaths } from '../../lib/host/state/state-paths';
import { virsh } from '../support/clients/client-world';
import { spawnCommand } from '../support/process/run-command';
import type { CommandResult } from '../support/process/run-command';
import { describeChanges, snapshotHost } from '../support/world/host-snapshot';
import type { HostSnapshot } from '../support/world/host-snapshot';
import { falseOfDomain, falseOfNetwork } from './compare';
import type { StormDaemon } from './daemon/storm-daemon';
import { bridgeName, domainNames, domainUuid, networkName } from './documents';
import type { Population } from './documents';
import { kernelContainer, kernelNetwork, stillAtWork } from './kernel-view';
import type { SoakRecord } from './record';
import { describeStandstill } from './stacks';
import { untilEmpty } from './until-empty';

/** Milliseconds that what is under way may take until it is over, and the host to be as it was. */
const patience = { work: 40_000, truth: 15_000, servers: 45_000, host: 15_000, operation: 60_000 };

export interface QuietParts {
  readonly root: string;
  readonly population: Population;
  readonly record: SoakRecord;
  readonly before: HostSnapshot;
  /** Where libvirt's clients took part. It is told to end. */
  readonly daemon: StormDaemon | undefined;
}

/** Compares, ends everything, and compares the host; what is wrong goes into the record. */
export async function quietMoment(parts: QuietParts): Promise<void> {
  await awaitWork(parts);
  await compareAll(parts, 'read-only');
  await compareAll(parts, 'read-write');
  await compareList(parts, 'the command', spawnCommand(['list', '--all'], { root: parts.root }));
  if (parts.daemon !== undefined) {
    await compareList(parts, 'virsh', virsh('list', '--all'));
    await parts.daemon.end();
  }
  await endAll(parts);
  await expectNothingLeft(parts);
}

async function awaitWork({ record, root }: QuietParts): Promise<void> {
  const left = await untilEmpty(stillAtWork, patience.work);
  if (left.length === 0) return;
  const details = [...left, ...describeStandstill([statePaths(root).locks])];
  record.find(`still at work ${patience.work / 1000} s after the last caller`, { details });
}

/** A read-only connection puts nothing right, so that it tells what the files say. */
async function compareAll(
  { root, population, record }: QuietParts,
  access: 'read-only' | 'read-write',
): Promise<void> {
  await using connection = await connect(undefined, { root, access });
  // What has ended and is not cleaned up is said to be off, and has cgroups until another call looks.
  const isSerious = (fault: string): boolean =>
    access === 'read-write' || !/cgroups instead of 0$/.test(fault);
  for (let index = 0; index < population.domains; index += 1) {
    const look = async (): Promise<string[]> =>
      (await faultsOfDomain(connection, index).catch(failedLook)).filter(isSerious);
    for (const fault of await untilEmpty(look, patience.truth)) {
      const what = `domain ${index}, ${access}: ${fault}`;
      record.find(`FALSE STATE of ${what}`, { subject: `domain ${index}` });
    }
  }
  if (access === 'read-only') return;
  for (let index = 0; index < population.networks; index += 1) {
    const look = (): Promise<string[]> => faultsOfNetwork(connection, index).catch(failedLook);
    for (const fault of await untilEmpty(look, patience.servers)) {
      const what = `network ${index}: ${fault}`;
      record.find(`FALSE STATE of ${what}`, { subject: `network ${index}` });
    }
  }
}

/** A look that fails says nothing of the state, and is a fault by itself. */
function failedLook(error: unknown): string[] {
  return [`the look failed: ${describe(error)}`];
}

async function faultsOfDomain(connection: Connection, index: number): Promise<string[]> {
  const names = domainNames(index);
  const domain = await connection.lookupDomainByUuid(domainUuid(index)).catch(unlessMissing);
  const state = await domain?.state().catch(unlessMissing);
  const { cgroups } = hostFacts();
  const hierarchies = cgroups.hierarchies.length + (cgroups.unified ? 1 : 0);
  return names.flatMap((name) => {
    const isIt = domain?.name === name && state !== undefined;
    const said = isIt
      ? { state: state.state, id: domain.id }
      : ({ state: 'shutoff', id: undefined } as const);
    const faults = falseOfDomain(said, kernelContainer(name), hierarchies);
    return faults.map((fault) => `${name} is said to be ${isIt ? '' : 'no domain: '}${fault}`);
  });
}

function unlessMissing(error: unknown): undefined {
  const { code } = error as { readonly code?: unknown };
  if (code !== 'NO_DOMAIN' && code !== 'NO_NETWORK') throw error;
}

async function faultsOfNetwork(connection: Connection, index: number): Promise<string[]> {
  const network = await connection.lookupNetworkByName(networkName(index)).catch(unlessMissing);
  const info = await network?.info();
  const said = info ?? { active: false, connections: 0 };
  return falseOfNetwork(said, kernelNetwork(networkName(index), bridgeName(index)));
}

/** A list says the same as the library. */
async function compareList(
  { root, record }: QuietParts,
  whose: string,
  list: Promise<CommandResult>,
): Promise<void> {
  await using connection = await connect(undefined, { root });
  const domains = await connection.listDomains();
  const words = { running: 'running', paused: 'paused', shutoff: 'shut off', nostate: 'no state' };
  const rows = domains.map(({ id, name }) => `${id ?? '-'} ${name} `);
  const states = await Promise.all(domains.map((domain) => domain.state()));
  const expected = rows.map((row, index) => `${row}${words[states[index]?.state ?? 'nostate']}`);
  const { code, stdout, stderr } = await list;
  const lines = stdout.trim().split('\n').slice(2);
  const shown = lines.map((line) => line.trim().replace(/\s+/g, ' '));
  const isSame = code === 0 && shown.sort().join('\n') === expected.sort().join('\n');
  if (isSame) return;
  const details = [
    `exit code ${code} ${stderr}`,
    'list says:',
    ...shown,
    'the library:',
    ...expected,
  ];
  record.find(`the list of ${whose} is another than that of the library`, { details });
}

/** Each in turn: a failure is told of, and the next one tried. */
async function endAll({ root, population, record }: QuietParts): Promise<void> {
  await using connection = await connect(undefined, { root });
  const attempt = async (what: string, action: () => Promise<unknown>): Promise<void> => {
    const subject = what.replace(/^\w+ /, '');
    const late = sleep(patience.operation, 'late' as const, { ref: false });
    const failed = await Promise.race([action().then(() => undefined, describe), late]);
    if (failed === undefined) return;
    const details = failed === 'late' ? describeStandstill([statePaths(root).locks]) : [];
    record.find(`${what}: ${failed}`, { subject, details });
  };
  for (let index = 0; index < population.domains; index += 1) {
    const subject = `domain ${index}`;
    const find = (): Promise<Domain | undefined> =>
      connection.lookupDomainByUuid(domainUuid(index)).catch(unlessMissing);
    await attempt(`destroy ${subject}`, async () => {
      const domain = await find();
      if (domain?.id !== undefined) await domain.destroy();
    });
    await attempt(`undefine ${subject}`, async () => (await find())?.undefine());
  }
  for (let index = 0; index < population.networks; index += 1) {
    await attempt(`end network ${index}`, async () => {
      const name = networkName(index);
      const network = await connection.lookupNetworkByName(name).catch(unlessMissing);
      if (network === undefined) return;
      const { active, persistent } = await network.info();
      if (active) await network.destroy();
      if (persistent) await network.undefine();
    });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function expectNothingLeft({ root, record, before }: QuietParts): Promise<void> {
  const changes = await untilEmpty(
    () => describeChanges(before, snapshotHost()).split('\n').filter(Boolean),
    patience.host,
  );
  if (changes.length > 0) record.find('LEFT on the host', { details: changes });
  const files = leftFiles(root);
  if (files.length > 0) record.find('LEFT below the root', { details: files });
}

/** What is there of domains and networks, though none is defined. */
function leftFiles(root: string): string[] {
  const { definitions, domains, networkDefinitions, networks, library } = statePaths(root);
  const places = [
    definitions,
    join(definitions, 'autostart'),
    join(definitions, 'renames'),
    domains,
    networkDefinitions,
    networks,
    join(library, 'ids'),
    join(library, 'dnsmasq'),
    dirname(hostNetworksPath),
  ];
  const isOurs = (name: string): boolean => /soak|tide|^forwarding-/.test(name);
  return places
    .filter((place) => existsSync(place))
    .flatMap((place) =>
      readdirSync(place)
        .filter(isOurs)
        .map((name) => join(place, name)),
    );
}
