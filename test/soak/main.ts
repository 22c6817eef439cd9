/**
 * `npm run test:soak`, in a world of its own: rounds of a storm, each with a quiet moment after it, until the time is over or
 * something was found. Says its seed first and its figures last; the exit code is 1 after a finding.
 */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'tslxc';
import { statePaths } from '../../lib/host/state/state-paths';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { snapshotHost } from '../support/world/host-snapshot';
import type { HostSnapshot } from '../support/world/host-snapshot';
import { StormDaemon } from './daemon/storm-daemon';
import { domainDocument, domainNames, networkDocument } from './documents';
import type { Population } from './documents';
import { stillAtWork } from './kernel-view';
import { soakOptions } from './options';
import type { SoakOptions } from './options';
import { plantFault } from './plant';
import { quietMoment } from './quiet';
import { SoakRecord } from './record';
import { Storm } from './storm';
import { untilEmpty } from './until-empty';

const networks = 3;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What is opened or made once, and kept: pictures of the host that are taken afterwards compare. */
async function warmUp({
  options,
  root,
  population,
  record,
}: Omit<Course, 'before'>): Promise<void> {
  await using connection = await connect(undefined, { root });
  const network = await connection.defineNetwork(networkDocument(0));
  await network.start();
  const [name] = domainNames(0);
  const domain = await connection.defineDomain(domainDocument(0, name, population));
  await domain.start({ ownership: 'leave' });
  await domain.destroy();
  await domain.undefine();
  await network.destroy();
  await network.undefine();
  if (options.through === 'daemon') await (await startDaemonOf(root, record)).end();
  // What a monitor without an owner does last.
  await untilEmpty(stillAtWork, 20_000);
}

function startDaemonOf(root: string, record: SoakRecord): Promise<StormDaemon> {
  return StormDaemon.start({ root, onFault: (what, details) => record.find(what, { details }) });
}

interface Course {
  readonly options: SoakOptions;
  readonly root: string;
  readonly population: Population;
  readonly record: SoakRecord;
  readonly before: HostSnapshot;
}

async function runRound(course: Course): Promise<void> {
  const { options, root, population, record, before } = course;
  record.round += 1;
  const daemon = options.through === 'daemon' ? await startDaemonOf(root, record) : undefined;
  await Storm.run({
    seed: options.seed,
    round: record.round,
    milliseconds: options.roundSeconds * 1000,
    limit: options.limit * 1000,
    root,
    population,
    record,
    lockFile: statePaths(root).locks,
    plant: options.plant,
    daemon,
  });
  const { plant } = options;
  const takeAway = plant === undefined ? undefined : await plantFault(plant, { root, population });
  await quietMoment({ root, population, record, before, daemon });
  takeAway?.();
}

async function soak(options: SoakOptions): Promise<SoakRecord> {
  const root = mkdtempSync('/var/tmp/tslxc-soak-');
  await using busybox = await makeBusyboxRoot();
  const population = { domains: options.domains, networks, busybox: busybox.path };
  const record = new SoakRecord(say);
  const begun = { options, root, population, record };
  await warmUp(begun);
  const course = { ...begun, before: snapshotHost() };
  const until = performance.now() + options.seconds * 1000;
  while (performance.now() < until && record.findings.length < options.findings) {
    await runRound(course);
  }
  const isToKeep = record.findings.length > 0 && options.plant === undefined;
  if (!isToKeep) rmSync(root, { recursive: true });
  else say(`the state is kept: ${root}`);
  return record;
}

async function main(): Promise<void> {
  const options = soakOptions(process.argv.slice(2), randomInt(1, 1_000_000));
  say(`soak: seed ${options.seed}, ${options.seconds} s; again with --seed ${options.seed}`);
  const record = await soak(options);
  for (const line of record.summary()) say(line);
  if (record.findings.length > 0) process.exitCode = 1;
}

void main().catch((error: unknown) => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
