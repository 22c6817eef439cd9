/**
 * Starts one container: prepares, writes down what it will borrow, brings the monitor up, holds the handshake.
 * Whatever fails, the host is afterwards as it was before. Call it under the domain's lock.
 */
import { unlinkSync } from 'node:fs';
import { constants as system } from 'node:os';
import { SyscallError, TslxcError } from '../../errors';
import type { DomainDefinition, Hardening } from '../../domain/definition';
import { bootId } from '../../host/kernel/boot-id';
import { ensureBaseCgroups } from '../../host/kernel/base-cgroups';
import { hostFacts } from '../../host/facts';
import type { HostRange } from '../../host/kernel/id-ranges';
import { runPaths } from '../../host/state/state-paths';
import type { StatePaths } from '../../host/state/state-paths';
import { planBaseCgroups } from '../../plan/cgroups/base';
import type { Port } from '../../plan/network/links';
import { Channel } from '../monitor/channel';
import { abandonStart } from '../record/cleanup';
import { reach } from '../monitor/failpoint';
import { armedFailpoint } from '../monitor/failpoints';
import { Handshake } from './handshake';
import { claimIds, releaseIds } from '../users/id-allocation';
import { withLinkNames } from '../interfaces/link-numbers';
import type { LinkNames } from '../interfaces/link-numbers';
import { lookUpLinks } from '../interfaces/links';
import { endMonitor, spawnMonitor } from './monitor-process';
import { claimTarget } from '../sources/mount-target';
import { rescue, undoInNetwork } from '../interfaces/network-rescue';
import { prepare } from './preparation';
import type { Preparation } from './preparation';
import { writeRecord } from '../../host/state/record-file';
import { RunningContainer } from './running-container';
import type { LinkRecord, StartRecord } from '../record/run-state';
import { applyLabelling, claimLabelling, giveUpLabelling } from '../security/labelling';
import type { Labelling } from '../security/labelled-start';
import type { LabelProgress } from '../security/relabel/label-walk';
import { ownerOf } from '../record/undo';
import { claimOverlayUpper } from '../sources/overlay-upper';

export interface ContainerStart {
  readonly paths: StatePaths;
  readonly definition: DomainDefinition;
  /** What other definitions of this root say of the host's ids; asked when new ones are allocated. */
  readonly definedIds?: () => Promise<readonly HostRange[]>;
  /** Canonical text of the definition. */
  readonly xml: string;
  /** Of the connection: the definition's own has precedence. */
  readonly hardening: Hardening;
  readonly persistence: 'persistent' | 'transient';
  /** Restarts in a row that have led to this start. */
  readonly restarts: number;
  /** Milliseconds. */
  readonly startTimeout: number;
  readonly passDescriptors: readonly number[];
  readonly consoleDescriptor?: number;
  /** Where each `<interface>` is plugged in, in their order. Default: none has to be. */
  readonly ports?: readonly Port[];
  /** Runs when the interfaces are there and nothing of the container has run: what needs their names on the host. */
  readonly whenLinked?: (links: readonly LinkRecord[]) => Promise<void>;
  readonly ownership: 'keep' | 'leave';
  /** Told of each step as it is done. */
  readonly trace?: (step: string, fields?: object) => void;
  readonly signal?: AbortSignal;
  /** Told how far the labelling of a large tree is. */
  readonly onLabelling?: (progress: LabelProgress) => void;
  /** With ownership `keep`: init has ended, and the monitor was told that the clean-up is ours. */
  readonly onExited?: () => void;
  /** With ownership `keep`: the container has been rebooted, and nobody was told. */
  readonly onRebooted?: () => void;
  /** Whether the container ends with the connection that starts it, or with its process. */
  readonly autodestroy?: boolean;
}

/** How much longer the caller waits than the monitor, which knows better where a start stands. */
const grace = 2000;

/** @throws SyscallError, TslxcError or ProtocolError with `step`, and `path` and `errno` where there are such. */
export async function startContainer(start: ContainerStart): Promise<RunningContainer> {
  return await withLinkNames((names) => startWith(names, start));
}

async function startWith(names: LinkNames, start: ContainerStart): Promise<RunningContainer> {
  const { paths, definedIds = async () => Promise.resolve([]) } = start;
  const definition = await claimIds(paths, start.definition, definedIds);
  const labelling = await claimLabel(start, definition);
  const preparation = await getReady(start, { definition, names, labelling });
  const { records } = preparation.links;
  start.trace?.('plan compiled', { operations: countOperations(preparation) });
  const record: StartRecord = {
    name: definition.name,
    uuid: definition.uuid,
    boot: bootId(),
    persistence: start.persistence,
    restarts: start.restarts,
    ...(start.autodestroy === true ? { autodestroy: true } : {}),
    xml: start.xml,
    hardening: start.hardening,
    ...allocated(start.definition, definition),
    undo: preparation.undo,
    ...(labelling === undefined ? {} : { security: labelling.security }),
    ...(records.length === 0 ? {} : { links: records }),
    time: Date.now(),
    controller: process.pid,
  };
  reach('controller:before-start-record');
  try {
    writeStartRecord(paths, record);
  } catch (error) {
    await giveUp(start, labelling);
    throw error;
  }
  start.trace?.('start record written', { undo: record.undo.length });
  try {
    reach('controller:after-start-record');
    if (labelling !== undefined) await label(start, labelling);
    return await bringUp(start, preparation);
  } catch (error) {
    const taken = takenCgroup(error, preparation);
    await abandonStart(paths, taken === undefined ? record : withoutUndoOf(taken, record));
    throw taken === undefined ? error : taken.error;
  }
}

async function claimLabel(
  start: ContainerStart,
  definition: DomainDefinition,
): Promise<Labelling | undefined> {
  try {
    return await claimLabelling({ ...start, definition });
  } catch (error) {
    forgetUnstarted(start);
    throw error;
  }
}

async function label(start: ContainerStart, labelling: Labelling): Promise<void> {
  const { paths, signal, onLabelling } = start;
  const skipped = await applyLabelling(labelling, {
    paths,
    user: start.definition.name,
    ...(signal === undefined ? {} : { signal }),
    ...(onLabelling === undefined ? {} : { onProgress: onLabelling }),
  });
  const unlabelled = skipped.map(({ path }) => path);
  start.trace?.('labelled', { label: labelling.security.label, unlabelled });
}

/** The reason for it is what is worth telling. */
async function giveUp(start: ContainerStart, labelling: Labelling | undefined): Promise<void> {
  if (labelling !== undefined) await giveUpLabelling(labelling).catch(() => undefined);
  forgetUnstarted(start);
}

/** A transient domain that never was keeps no ids. */
function forgetUnstarted({ paths, persistence, definition }: ContainerStart): void {
  if (persistence === 'transient') releaseIds(paths, definition.name);
}

interface Readying {
  readonly definition: DomainDefinition;
  readonly names: LinkNames;
  readonly labelling: Labelling | undefined;
}

/** Everything that can be refused before something is borrowed. */
async function getReady(
  start: ContainerStart,
  { definition, names, labelling }: Readying,
): Promise<Preparation> {
  const failpoint = armedFailpoint(process.env);
  try {
    const links = await lookUpLinks({ definition, ports: start.ports ?? [], names });
    // Which files hold weights is seen in them.
    if (definition.blockTuning !== undefined) await makeBase();
    const preparation = prepare({
      paths: start.paths,
      definition,
      hardening: start.hardening,
      startTimeout: start.startTimeout,
      consoleDescriptors: start.consoleDescriptor === undefined ? 0 : 1,
      passDescriptors: start.passDescriptors.length,
      links,
      labelling,
      autodestroy: start.autodestroy === true,
      waitsForCaller: start.whenLinked !== undefined && links.links.length > 0,
      ...(failpoint ? { failpoint } : {}),
    });
    await makeBase();
    return preparation;
  } catch (error) {
    await giveUp(start, labelling);
    throw error;
  }
}

function makeBase(): Promise<void> {
  return ensureBaseCgroups(planBaseCgroups(hostFacts().cgroups));
}

function allocated(asked: DomainDefinition, { idMap }: DomainDefinition): { firstId?: number } {
  const [range] = idMap?.uids ?? [];
  if (asked.extension.idAllocation === undefined || range === undefined) return {};
  return { firstId: range.target };
}

/** An exit record of the time before would be taken for this container's. */
function writeStartRecord(paths: StatePaths, record: StartRecord): void {
  const files = runPaths(paths, record.name);
  try {
    unlinkSync(files.exit);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  writeRecord(files.start, record);
}

async function bringUp(start: ContainerStart, preparation: Preparation): Promise<RunningContainer> {
  for (const { path, kind } of preparation.targets) await claimTarget(path, kind, preparation.user);
  const user = { user: preparation.user, boot: bootId() };
  for (const layer of preparation.overlayUppers) await claimOverlayUpper(layer, user);
  reach('controller:after-targets');
  start.trace?.('mount targets made', { targets: preparation.targets.length });
  const channel = Channel.fromDescriptor(await spawnMonitor(start, preparation));
  start.trace?.('cgroups made, monitor spawned');
  const handshake = new Handshake(channel, preparation.plan, {
    deadline: start.startTimeout + grace,
    ...(start.signal ? { signal: start.signal } : {}),
    places: preparation.places,
  });
  try {
    reach('controller:after-spawn');
    const monitor = (await handshake.expect('spawned')).pid;
    reach('controller:after-spawned', monitor);
    start.trace?.('monitor answers', { monitor });
    await waitForLinks(start, preparation, { channel, handshake });
    const running = await handshake.expect('running');
    reach('controller:after-running', monitor);
    start.trace?.('init executes its program', { init: running.init });
    const facts = {
      id: monitor,
      initPid: running.init,
      consolePaths: running.consoles,
      warnings: preparation.warnings,
      endsWithCaller: start.autodestroy === true,
    };
    const container = new RunningContainer(channel, facts, () =>
      undoInNetwork(preparation.undo, facts.id),
    );
    if (start.ownership === 'keep')
      container.own({ onExited: start.onExited, onRebooted: start.onRebooted });
    else container.release();
    reach('controller:after-own', monitor);
    return container;
  } catch (error) {
    const monitor = await handshake.untilSpawned(grace);
    if (monitor !== undefined) await rescue(preparation.undo, { channel, handshake, monitor });
    channel.close();
    if (monitor !== undefined) await endMonitor(monitor);
    throw error;
  } finally {
    handshake.end();
  }
}

async function waitForLinks(
  start: ContainerStart,
  { plan, links }: Preparation,
  { channel, handshake }: { channel: Channel; handshake: Handshake },
): Promise<void> {
  if (plan.header.pause === 0) return;
  await handshake.expect('cloned');
  start.trace?.('init cloned, interfaces made', { links: links.records.length });
  await start.whenLinked?.(links.records);
  channel.send({ message: 'continue' });
}

function countOperations({ plan }: Preparation): number {
  return plan.outside.length + plan.mapped.length + plan.inside.length;
}

interface TakenCgroup {
  readonly path: string;
  readonly error: TslxcError;
}

/** A cgroup that is there already belongs to somebody: another root of tslxc, whose name is worth knowing. */
function takenCgroup(error: unknown, { cgroups }: Preparation): TakenCgroup | undefined {
  if (!(error instanceof SyscallError) || error.syscall !== 'mkdir') return undefined;
  const { errno, path } = error;
  if (errno !== system.errno.EEXIST || path === undefined) return undefined;
  if (!cgroups.directories.includes(path)) return undefined;
  const owner = ownerOf(path) ?? '';
  const by = owner === '' ? 'by another program' : `by the tslxc root '${owner}'`;
  return {
    path,
    error: new TslxcError('RESOURCE_BUSY', `the cgroup ${path} is taken ${by}`, {
      cause: error,
      path,
      step: 'make the cgroups',
      syscall: 'mkdir',
      errno,
    }),
  };
}

/** Only the cgroups in front of the taken one have been made: it, and what stands behind it, stays untouched. */
function withoutUndoOf({ path: taken }: TakenCgroup, record: StartRecord): StartRecord {
  const undo = record.undo.map((one) =>
    one.undo === 'removeCgroups'
      ? { ...one, paths: one.paths.slice(0, one.paths.indexOf(taken)) }
      : one,
  );
  return { ...record, undo };
}
