/**
 * Reads the state of a domain from its run folder. Cheap and synchronous: a few small reads and one look at a lock.
 * Only the lock shows that a monitor lives: pids are reused, and an exec keeps them.
 */
import { readdirSync } from 'node:fs';
import type { Confinement } from '../../hardening';
import type { Bandwidth, PortForward } from '../../domain/interface/definition';
import type { Placement } from '../../domain/tuning/definition';
import { TslxcError } from '../../errors';
import { bootId } from '../../host/kernel/boot/boot-id';
import { lookAtLock, readPlain, removeWhatIsAt } from '../../host/state/plain-file';
import { runPaths } from '../../host/state/state-paths';
import type { RunPaths, StatePaths } from '../../host/state/state-paths';
import type { HostDevice } from '../../plan/mounts/host-devices';
import type { AskedEnd } from './asked-ends';
import type { ExitRecord } from './exit-record';
import { fieldsOf, findRecord, readRecord, writeRecord } from '../../host/state/record-file';
import { isAssignedSecurity, type AssignedSecurity } from '../security/assigned';
import type { LiveUndo, MountRecord } from './live-undo';
import type { Undo } from './undo';
import { unlessMissing } from '../../host/state/file-error';

/** Written in one go before a start takes anything from the host. */
export interface StartRecord {
  readonly name: string;
  readonly uuid: string;
  readonly boot: string;
  readonly persistence: 'persistent' | 'transient';
  /** Number of restarts in a row that have led to this start, by on_poweroff and such, none of which ran for long. */
  readonly restarts?: number;
  /**
   * The shutdowns and reboots that are requested of init, in that order, for a container that is started again when it
   * has failed. The field `shutdown` of records by older versions of the package is ignored.
   */
  readonly askedEnds?: readonly AskedEnd[];
  /** The container is being killed because its checks have found it unhealthy, and is then started again. */
  readonly unhealthy?: true;
  /** The container ends with its owner, who alone may start it again. */
  readonly autodestroy?: boolean;
  /** Reboots under this monitor that have been announced. */
  readonly boots?: number;
  /** The life in which the container was resumed: 0 is the first, 1 the one after the first reboot. */
  readonly resumed?: number;
  /** Canonical text of the definition that runs. */
  readonly xml: string;
  /** The confinement that the connection that started it gives to domains which set no level. */
  readonly hardening: Confinement;
  /** First of the host ids that the domain was given, if its definition leaves the choice. */
  readonly firstId?: number;
  /** The placement that numad has chosen, if the definition leaves that to numad. */
  readonly placement?: Placement;
  readonly undo: readonly Undo[];
  /** Its network interfaces: those of `<interface>` in their order, then those that the host lends. */
  readonly links?: readonly LinkRecord[];
  /** Devices of the host in its /dev, which its filter allows. Missing in records by older versions of the package. */
  readonly devices?: readonly HostDevice[];
  /** File systems that were attached while it ran. */
  readonly mounts?: readonly MountRecord[];
  /** How many descriptors init was started with, besides its streams. */
  readonly passed?: number;
  /** Whether the first three of them are its standard streams. */
  readonly standardStreams?: boolean;
  /** A pending attach or detach of a device: if the process that does it dies, the next one takes the device out. */
  readonly plug?: Plug;
  /** What the container is labelled with; nothing when it has no label. */
  readonly security?: AssignedSecurity;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The same moment on the boot's clock; missing in records by older versions of the package. */
  readonly sinceBoot?: number;
  /** Pid of the process that starts it. */
  readonly controller: number;
}

/** The fields of a record that depend on the container's devices. */
export type DeviceFields = Pick<StartRecord, 'xml' | 'undo' | 'links' | 'devices' | 'mounts'>;

export interface Plug {
  /** Whether the device is being attached or detached. */
  readonly way: 'in' | 'out';
  /** What takes the device out, the last step first. */
  readonly undo: readonly LiveUndo[];
  /** The fields of the record when the device is out. */
  readonly without: DeviceFields;
}

/** A network interface of a container that runs. */
export interface LinkRecord {
  readonly type: 'bridge' | 'network' | 'direct' | 'ethernet' | 'hostdev';
  /** Name inside. */
  readonly guest: string;
  /** Name on the host: of a veth's host side, or of an interface that the host lends. A macvlan has none. */
  readonly host?: string;
  /** MAC address of the side inside; '' for an interface that the host lends. */
  readonly mac: string;
  /** The virtual network that it is plugged into. */
  readonly network?: string;
  readonly bridge?: string;
  /** The device below a macvlan. */
  readonly device?: string;
  /** Its rates now, those of its port group included. */
  readonly bandwidth?: Pick<Bandwidth, 'inbound' | 'outbound'>;
  /** Ports of the host that lead to it now. */
  readonly forwards?: readonly PortForward[];
  /**
   * The addresses that its definition gives it, unless it is in a VLAN; missing if there are none, and in records of older versions of
   * the package.
   */
  readonly addresses?: readonly LinkAddress[];
}

/** An address that tslxc itself gives an interface. */
export interface LinkAddress {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefix: number;
}

/** Written by the monitor once init's execve has succeeded. */
export interface RunningRecord {
  /** The monitor's pid. */
  readonly id: number;
  /** Init's pid on the host. */
  readonly init: number;
  /** Host pty of each console. */
  readonly consoles: readonly string[];
  /** How often init was started again by this monitor; missing in records by old monitors. */
  readonly boots?: number;
}

export type RunState =
  /** Nothing runs, nothing is borrowed. */
  | Readonly<{ phase: 'off'; last?: ExitRecord }>
  /** A start is in progress; its caller holds the domain's lock. */
  | Readonly<{ phase: 'starting'; start: StartRecord }>
  | Readonly<{ phase: 'running'; start: StartRecord; running: RunningRecord }>
  /** To be cleaned up by the next call that sees it. Without `exit` the monitor was killed. */
  | Readonly<{ phase: 'ended'; start: StartRecord; exit?: ExitRecord }>;

/**
 * @throws TslxcError INTERNAL_ERROR, with the `path`, for a damaged record: it is then unknown what was borrowed, or
 * what runs, so that nothing is started and nothing given back. A damaged record of an end counts as missing.
 * SyscallError if a record or the lock of the monitor can't be looked at, such as EMFILE or EIO: the same holds.
 */
export function readRunState(paths: StatePaths, name: string): RunState {
  const files = runPaths(paths, name);
  return runStateOf({
    start: () => readWhole(files.start, name, isStartRecord),
    exit: () => exitOrNothing(readRecord(files.exit)),
    isMonitorAlive: () => isAlive(stateOfLock(files.monitorLock), files.monitorLock, name),
    running: () => readWhole(files.running, name, isRunningRecord),
  });
}

/** The contents of a run folder: each method is called at most once, in this order, and throws as `readRunState` does. */
export interface RunFolder {
  start(): StartRecord | undefined;
  exit(): ExitRecord | undefined;
  isMonitorAlive(): boolean;
  running(): RunningRecord | undefined;
}

export function runStateOf(folder: RunFolder): RunState {
  const start = folder.start();
  const exit = folder.exit();
  if (start === undefined)
    return exit?.boot === bootId() ? { phase: 'off', last: exit } : { phase: 'off' };
  if (exit !== undefined && exit.boot === start.boot) return { phase: 'ended', start, exit };
  if (start.boot !== bootId()) return { phase: 'ended', start };
  if (!folder.isMonitorAlive()) return { phase: 'ended', start };
  const running = folder.running();
  return running === undefined
    ? { phase: 'starting', start }
    : { phase: 'running', start, running };
}

/** @throws TslxcError INTERNAL_ERROR, with the `path`, when something other than a file is in the lock's place. */
export function isAlive(lock: 'held' | 'free' | 'other', path: string, domain: string): boolean {
  if (lock === 'other') throw damaged(path, domain);
  return lock === 'held';
}

/** The record of the end of the run that this start record began; undefined as long as there is none. */
export function readExit(
  paths: StatePaths,
  { name, boot }: Pick<StartRecord, 'name' | 'boot'>,
): ExitRecord | undefined {
  const exit = exitOrNothing(readRecord(runPaths(paths, name).exit));
  return exit?.boot === boot ? exit : undefined;
}

/** The start record of the container that runs or ran; undefined when it is missing or damaged. */
export function readStart(paths: StatePaths, name: string): StartRecord | undefined {
  const record = readRecord(runPaths(paths, name).start);
  return isStartRecord(record) ? record : undefined;
}

/** The monitor's record of the container that runs, or ran and is not cleaned up; undefined when init never ran. */
export function readRunning(paths: StatePaths, name: string): RunningRecord | undefined {
  return readRecord(runPaths(paths, name).running) as RunningRecord | undefined;
}

/** Replaces the start record of a running container. The caller holds the domain's lock. */
export function replaceStart(paths: StatePaths, record: StartRecord): void {
  writeRecord(runPaths(paths, record.name).start, record);
}

/** Removes what a monitor makes while its container runs, whatever lies there. */
export function removeLeftFiles(files: RunPaths): void {
  const { running, control, monitorLock, fitterLock, plan, mounts, health } = files;
  for (const file of [running, control, monitorLock, fitterLock, plan, mounts, health])
    removeWhatIsAt(file);
}

/** Names that have a run folder. @throws SyscallError if that is unknown, as with EMFILE or EIO. */
export function runNames(paths: StatePaths): string[] {
  return unlessMissing(() => readdirSync(paths.domains), 'look for domains that run') ?? [];
}

/**
 * The pid that the last monitor has written into its lock file; another may have it by now.
 *
 * @throws SyscallError if it can't be read.
 */
export function monitorOf(lockFile: string): number | undefined {
  const found = readPlain(lockFile);
  const pid = Number(found.kind === 'file' ? found.content : undefined);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function readWhole<T>(
  path: string,
  domain: string,
  isWhole: (record: unknown) => record is T,
): T | undefined {
  const found = findRecord(path);
  if (found === undefined) return undefined;
  if (isWhole(found.content)) return found.content;
  throw damaged(path, domain);
}

/** The error for a damaged record. */
export function damaged(path: string, domain: string): TslxcError {
  const detail = `${path} is damaged: destroy the domain, which ends what runs of it`;
  return new TslxcError('INTERNAL_ERROR', detail, { path, domain });
}

export function isStartRecord(record: unknown): record is StartRecord {
  const { name, uuid, boot, persistence, xml, hardening, undo, ...rest } = fieldsOf(record);
  const { links, firstId, security, devices, mounts, plug, askedEnds } = rest;
  return (
    [name, uuid, boot, xml, hardening].every((field) => typeof field === 'string') &&
    (persistence === 'persistent' || persistence === 'transient') &&
    areObjects(undo) &&
    [links, devices, mounts, askedEnds].every((list) => list === undefined || areObjects(list)) &&
    (plug === undefined || isPlug(plug)) &&
    (firstId === undefined || typeof firstId === 'number') &&
    (security === undefined || isAssignedSecurity(security))
  );
}

function isPlug(record: unknown): boolean {
  const { undo, without } = fieldsOf(record);
  const { xml, undo: rest } = fieldsOf(without);
  return areObjects(undo) && typeof xml === 'string' && areObjects(rest);
}

export function isRunningRecord(record: unknown): record is RunningRecord {
  const { id, init, consoles } = fieldsOf(record);
  return [id, init].every(isPid) && Array.isArray(consoles);
}

export function exitOrNothing(record: unknown): ExitRecord | undefined {
  const { how, code, signal, time, boot } = fieldsOf(record);
  const saysHow =
    how === 'exited'
      ? typeof code === 'number'
      : how === 'killed'
        ? typeof signal === 'number'
        : how === 'lost' || how === 'unstarted';
  const isWhole = saysHow && typeof time === 'number' && typeof boot === 'string';
  return isWhole ? (record as ExitRecord) : undefined;
}

function areObjects(list: unknown): boolean {
  return Array.isArray(list) && list.every((one) => typeof one === 'object' && one !== null);
}

function isPid(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) > 0;
}

/** A monitor holds its lock until it is gone. @throws SyscallError if it is unknown whether it does. */
export function isMonitorAlive(lockFile: string): boolean {
  return stateOfLock(lockFile) === 'held';
}

/**
 * `other`: something other than a file is in its place, so that it can't be told whether a monitor lives.
 *
 * @throws SyscallError if the lock can't be looked at. Then it must not be taken for free, since what has ended is cleaned up.
 */
function stateOfLock(lockFile: string): 'held' | 'free' | 'other' {
  const found = lookAtLock(lockFile, 0);
  if (found.kind === 'other') return 'other';
  return found.kind === 'file' && found.content ? 'held' : 'free';
}
