/**
 * Starts one container: prepares, writes down what it will borrow, brings the monitor up, holds the handshake.
 * Whatever fails, the host is afterwards as it was before. Call it under the domain's lock.
 */
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { constants as system } from 'node:os';
import { SyscallError, TslxcError } from '../errors';
import type { DomainDefinition, Hardening } from '../domain/definition';
import { bootId } from '../host/boot-id';
import { ensureBaseCgroups, forgetBaseCgroups } from './base-cgroups';
import { monitorExecutable } from '../host/executable';
import { hostFacts } from '../host/facts';
import type { HostRange } from '../host/id-ranges';
import { native } from '../host/native';
import { runPaths } from '../host/state-paths';
import type { StatePaths } from '../host/state-paths';
import { encodePlan } from '../plan/encode';
import { Channel } from './channel';
import { abandonStart } from './cleanup';
import { reach } from './failpoint';
import { armedFailpoint } from './failpoints';
import { encodeFrame } from './frames';
import { Handshake } from './handshake';
import { claimIds, releaseIds } from './id-allocation';
import { claimTarget } from './mount-target';
import { prepare } from './preparation';
import type { Preparation } from './preparation';
import { writeRecord } from './record-file';
import { RunningContainer } from './running-container';
import type { StartRecord } from './run-state';
import { spawnFailure } from './spawn-failure';
import { removeStaleCgroups } from './stale-cgroups';
import { ownerOf } from './undo';
import { claimUpper } from './upper';

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
  readonly ownership: 'keep' | 'leave';
  readonly signal?: AbortSignal;
  /** With ownership `keep`: init has ended, and the monitor was told that the clean-up is ours. */
  readonly onExited?: () => void;
}

/** How much longer the caller waits than the monitor, which knows better where a start stands. */
const grace = 2000;
const killSignal = 9;

/** @throws SyscallError, TslxcError or ProtocolError with `step`, and `path` and `errno` where there are such. */
export async function startContainer(start: ContainerStart): Promise<RunningContainer> {
  const { paths, definedIds = async () => Promise.resolve([]) } = start;
  const definition = await claimIds(paths, start.definition, definedIds);
  const preparation = await getReady(start, definition);
  const record: StartRecord = {
    name: definition.name,
    uuid: definition.uuid,
    boot: bootId(),
    persistence: start.persistence,
    restarts: start.restarts,
    xml: start.xml,
    hardening: start.hardening,
    ...allocated(start.definition, definition),
    undo: preparation.undo,
    time: Date.now(),
    controller: process.pid,
  };
  reach('controller:before-start-record');
  writeStartRecord(paths, record);
  try {
    reach('controller:after-start-record');
    return await bringUp(start, preparation);
  } catch (error) {
    const taken = takenCgroup(error, preparation);
    await abandonStart(paths, taken === undefined ? record : withoutUndoOf(taken, record));
    throw taken === undefined ? error : taken.error;
  }
}

/** Everything that can be refused before something is borrowed. */
async function getReady(start: ContainerStart, definition: DomainDefinition): Promise<Preparation> {
  const failpoint = armedFailpoint(process.env);
  try {
    const preparation = prepare({
      paths: start.paths,
      definition,
      hardening: start.hardening,
      startTimeout: start.startTimeout,
      consoleDescriptors: start.consoleDescriptor === undefined ? 0 : 1,
      passDescriptors: start.passDescriptors.length,
      ...(failpoint ? { failpoint } : {}),
    });
    await ensureBaseCgroups(hostFacts().cgroups);
    return preparation;
  } catch (error) {
    // A transient domain that never was keeps no ids.
    if (start.persistence === 'transient') releaseIds(start.paths, definition.name);
    throw error;
  }
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
  for (const layer of preparation.uppers) await claimUpper(layer, user);
  reach('controller:after-targets');
  const channel = Channel.fromDescriptor(await spawnAnew(start, preparation));
  const handshake = new Handshake(channel, preparation.plan, {
    deadline: start.startTimeout + grace,
    ...(start.signal ? { signal: start.signal } : {}),
    places: preparation.places,
  });
  let monitor: number | undefined;
  try {
    reach('controller:after-spawn');
    monitor = (await handshake.expect('spawned')).pid;
    reach('controller:after-spawned', monitor);
    const running = await handshake.expect('running');
    reach('controller:after-running', monitor);
    const container = new RunningContainer(channel, {
      id: monitor,
      initPid: running.init,
      consolePaths: running.consoles,
      warnings: preparation.warnings,
    });
    if (start.ownership === 'keep') container.own(start.onExited);
    else container.release();
    reach('controller:after-own', monitor);
    return container;
  } catch (error) {
    channel.close();
    if (monitor !== undefined) await endMonitor(monitor);
    throw error;
  } finally {
    handshake.end();
  }
}

/** Tries again when what was in the way has been removed, or what was missing made. */
async function spawnAnew(start: ContainerStart, preparation: Preparation): Promise<number> {
  try {
    return await spawn(start, preparation);
  } catch (error) {
    if (!(error instanceof SyscallError) || error.syscall !== 'mkdir') throw error;
    const { directories } = preparation.cgroups;
    if (error.errno === system.errno.ENOENT) {
      forgetBaseCgroups();
      await ensureBaseCgroups(hostFacts().cgroups);
    } else if (!(await removeStaleCgroups(directories, start.definition.name))) {
      throw error;
    }
    return await spawn(start, preparation);
  }
}

async function spawn(start: ContainerStart, preparation: Preparation): Promise<number> {
  const { plan, cgroups } = preparation;
  const descriptors = [
    ...(start.consoleDescriptor === undefined ? [] : [start.consoleDescriptor]),
    ...start.passDescriptors,
  ];
  const leaf =
    cgroups.monitorUnified === ''
      ? -1
      : openSync(cgroups.monitorUnified, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    reach('controller:before-spawn');
    return await native().startMonitor({
      executable: monitorExecutable(),
      argv: [
        'tslxc-monitor',
        '--name',
        plan.header.name,
        ...descriptorArguments(descriptors.length),
      ],
      cgroups: cgroups.steps,
      leafCgroup: leaf,
      plan: encodeFrame({ message: 'plan', bytes: encodePlan(plan) }),
      descriptors,
    });
  } catch (error) {
    throw spawnFailure(error, cgroups.steps, plan.header.name);
  } finally {
    if (leaf !== -1) closeSync(leaf);
  }
}

function descriptorArguments(count: number): string[] {
  return count === 0 ? [] : ['--descriptors', String(count)];
}

/** A monitor that fails ends by itself; one that hangs is ended. It is ours: its socket was open until now. */
async function endMonitor(pid: number): Promise<void> {
  let pidfd: number;
  try {
    pidfd = native().openPidfd(pid);
  } catch {
    return;
  }
  try {
    const endsAlone = 50;
    if (await native().waitPidfd(pidfd, endsAlone)) return;
    native().signalPidfd(pidfd, killSignal);
    await native().waitPidfd(pidfd, grace);
  } catch {
    // It ended in between.
  } finally {
    native().closeDescriptor(pidfd);
  }
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
