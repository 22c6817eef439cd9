/** Runs a command in a running container. Does not need the container's monitor, which may be of another build. */
import { constants as system } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DomainDefinition } from '../../domain/definition';
import { confinementOf } from '../../domain/namespaces/level';
import { SyscallError, TslxcError } from '../../errors';
import { onAbort } from '../../host/abort-listener';
import type { HostFacts } from '../../host/facts';
import { native } from '../../host/native';
import type { WindowSize } from '../../host/native';
import type { StatePaths } from '../../host/state/state-paths';
import { monitorFolder } from '../../plan/cgroups/names';
import { compileCommand } from '../../plan/command';
import { encodeCommandPlan } from '../../plan/encode';
import { hostId } from '../../plan/process/id-map';
import type { CommandPlan } from '../../plan/plan';
import { planEnvironment } from '../../plan/process/process';
import type { Identity } from '../../plan/process/process';
import { securityFacts } from '../../plan/security/labels';
import type { SecurityFacts } from '../../plan/security/labels';
import { isFrozen } from '../cgroups/freezer';
import { printable } from '../../printable';
import type { Lookers } from '../looks/looks';
import type { Channel } from '../monitor/channel';
import { planMessage } from '../monitor/plan-message';
import { PipedProcess, TerminalProcess } from './command-process';
import { startAttendant, type Attendant } from './attendant';
import { discard, openNowhere, openPipes, openTerminal } from './command-streams';
import type { CommandStreams, OpenStreams } from './command-streams';
import { attendantFailure, endedTooSoon, execFailure } from './exec-failure';
import { commandIdentity } from '../users/init-identity';
import { OwnLeaves } from '../cgroups/own-leaves';
import { initHasEnded } from '../init/ended-init';
import { isInitAlive, isInitKilled, isInitOf } from '../init/init-process';
import { frozenBy, readInitState } from '../init/init-state';
import { readRunState } from '../record/run-state';
import type { RunningRecord, StartRecord } from '../record/run-state';

export interface ExecTarget {
  readonly host: HostFacts;
  readonly paths: StatePaths;
  /** For look-ups in the container's root. */
  readonly lookers: Lookers;
  readonly start: StartRecord;
  readonly running: RunningRecord;
  /** The definition that runs, with the ids that it was given. */
  readonly definition: DomainDefinition;
}

export interface ExecRequest {
  readonly argv: readonly string[];
  /** Added to the environment that init was started with. */
  readonly env: Readonly<Record<string, string>>;
  /** Default: that of init. */
  readonly cwd?: string;
  /** `USER` or `USER:GROUP`, names or numbers. Default: that of init. */
  readonly user?: string;
  /** Size of the terminal; pipes without it. */
  readonly tty?: WindowSize;
  /** The command keeps the label of the caller, as by `virsh lxc-enter-namespace --noseclabel`. */
  readonly withoutLabel?: boolean;
  /** Milliseconds until the command has to be executed. */
  readonly deadline: number;
  /** Aborts the start of the command. */
  readonly signal?: AbortSignal;
  /** Whether the command goes on when its caller has ended. Default: `ends`. */
  readonly withoutCaller?: 'ends' | 'goes-on';
}

/** Milliseconds that the processes of a start that was given up may take to end. */
const endTime = 1000;
/** Milliseconds between the deaths of the first and the last process of a container that is destroyed, and between two looks. */
const killTime = 500;
const killPause = 5;

/**
 * Resolves when the command's execve has succeeded.
 *
 * @throws TslxcError OPERATION_INVALID when the container has ended or is frozen; SYSTEM_ERROR with `errno`, `step` and
 * mostly `path`; OPERATION_TIMEOUT; OPERATION_FAILED when the start was aborted, or a process that starts the command
 * was killed.
 */
export async function execInContainer(
  target: ExecTarget,
  request: ExecRequest,
): Promise<PipedProcess | TerminalProcess> {
  const { streams, channel } = await withInit(target, (init) => join(target, request, init));
  const container = { domain: target.start.name, isOver: () => isInitEnding(target) };
  switch (streams.kind) {
    case 'terminal':
      return new TerminalProcess(channel, container, streams);
    case 'pipes':
      return new PipedProcess(channel, container, streams);
    case 'nowhere':
      throw new TypeError('only a command that is left alone has no streams');
  }
}

/** Whether init has ended, or does at the same time: the order in which processes of a container are killed is not fixed. */
async function isInitEnding({ running }: ExecTarget): Promise<boolean> {
  const latest = performance.now() + killTime;
  while (!isInitKilled(running)) {
    if (performance.now() > latest) return false;
    await sleep(killPause);
  }
  return true;
}

/** The same for a command that outlives this process, with an empty input and output that is discarded. */
export async function execDetached(target: ExecTarget, request: ExecRequest): Promise<void> {
  const detached = { ...request, withoutCaller: 'goes-on' } as const;
  const { channel } = await withInit(target, (init) => join(target, detached, init));
  channel.close();
}

async function withInit<T>(target: ExecTarget, action: (init: number) => Promise<T>): Promise<T> {
  const init = openInit(target);
  try {
    return await action(init);
  } catch (error) {
    // Whatever went wrong: if the container has ended, that is the reason.
    const isOver = !isInitAlive(target.running) || (await native().waitPidfd(init, 0));
    throw isOver ? ended(target, error) : error;
  } finally {
    native().closeDescriptor(init);
  }
}

/** A command that has been executed, and the channel to its attendant. */
interface Joined {
  readonly streams: CommandStreams;
  readonly channel: Channel;
}

async function join(target: ExecTarget, request: ExecRequest, init: number): Promise<Joined> {
  const { name } = target.start;
  const security = securityOf(target, request);
  const identity = await identityOf(target, request);
  const owner = ownerOfStreams(target.definition, identity);
  const label = security?.mountLabel;
  // Open until the command is executed.
  using leaves = OwnLeaves.of(target.definition, joinedBy(target.start), target.host.cgroups);
  const { streams, descriptors } = openStreams(request, owner, label);
  const terminal = request.tty === undefined ? undefined : { owner, ...request.tty };
  const passed = [init, ...descriptors];
  const layout = target.host.cgroups;
  let attendant: Attendant | undefined;
  let plan: CommandPlan;
  try {
    const { withoutCaller = 'ends' } = request;
    const subject = { identity, security, tasks: leaves.tasksOf(target.running.init) };
    attendant = startAttendant({ layout, name, descriptors: passed, terminal, withoutCaller });
    plan = await instruct(attendant, name, () => planIfAlive(target, request, subject));
  } catch (error) {
    attendant?.channel.close();
    discard(streams);
    throw error;
  }
  const { channel } = attendant;
  const giveUp = givesUp(channel, request);
  try {
    await channel.held(() => untilExecuted(channel, plan, name));
  } catch (error) {
    channel.close();
    discard(streams);
    throw giveUp.isLate() ? lateFor(name, error) : error;
  } finally {
    giveUp[Symbol.dispose]();
  }
  return { streams, channel };
}

/** The hierarchies that were mounted nowhere when the container was started. */
function joinedBy({ undo }: StartRecord): readonly string[] {
  return undo.flatMap((one) => (one.undo === 'leaveHierarchies' ? one.hierarchies : []));
}

function openStreams(
  { tty, withoutCaller }: ExecRequest,
  owner: number,
  label: string | undefined,
): OpenStreams<CommandStreams> {
  if (withoutCaller === 'goes-on') return openNowhere(owner, label);
  return tty === undefined ? openPipes(owner, label) : openTerminal();
}

function ended({ paths, start: { name } }: ExecTarget, cause?: unknown): TslxcError {
  return initHasEnded(readRunState(paths, name), name, cause);
}

/** A pidfd of init. Whether it is the right process is checked once it is open, since the pid could have been reused before. */
function openInit(target: ExecTarget): number {
  const { paths, start, running } = target;
  let pidfd: number;
  try {
    pidfd = native().openPidfd(running.init);
  } catch (error) {
    if (error instanceof SyscallError && error.errno === system.errno.ESRCH) throw ended(target);
    throw error;
  }
  const now = readRunState(paths, start.name);
  if (now.phase === 'running' && now.running.init === running.init && isInitOf(running)) {
    return pidfd;
  }
  native().closeDescriptor(pidfd);
  throw ended(target);
}

/** A command joins the cgroups of init, and would be frozen with it. */
function refuseFrozen({ host, running, start }: ExecTarget): void {
  const cgroup = frozenBy(running.init, start, host.cgroups);
  if (cgroup === undefined) return;
  // The container chooses the names of cgroups that it makes.
  const by = printable(cgroup);
  const isPaused = isFrozen(start, host.cgroups);
  const why = isPaused
    ? 'domain is paused'
    : `init is frozen in ${by}, which is not a pause of the domain`;
  throw new TslxcError('OPERATION_INVALID', `${why}: no command can run in it`, {
    domain: start.name,
    ...(isPaused ? {} : { path: by }),
  });
}

/** @throws as commandIdentity; OPERATION_TIMEOUT when the container's root does not answer. */
async function identityOf(
  { definition, lookers }: ExecTarget,
  { user, deadline, signal }: ExecRequest,
): Promise<Identity> {
  using looks = lookers.looks({ within: deadline, signal });
  return await commandIdentity(definition, user, looks);
}

/** The user and the label that a command runs with. */
interface CommandSubject {
  readonly identity: Identity;
  readonly security: SecurityFacts | undefined;
  /** `tasks` of what init is in, in hierarchies that are mounted nowhere. */
  readonly tasks: readonly string[];
}

/** @throws TslxcError OPERATION_INVALID when the container is frozen. */
export function planCommand(
  target: ExecTarget,
  request: ExecRequest,
  { identity, security, tasks }: CommandSubject,
): CommandPlan {
  const { host, definition, running, start } = target;
  const layout = host.cgroups;
  refuseFrozen(target);
  const init = readInitState(running.init, start, layout);
  return compileCommand(definition, {
    hardening: confinementOf(definition, start.hardening),
    arch: host.arch,
    nsfsIgnoresType: host.nsfsIgnoresType,
    privileges: host.privileges,
    init: { ...init, tasks: [...init.tasks, ...tasks] },
    attendantTasks: layout.hierarchies
      .filter(({ controllers }) => controllers.includes('name=systemd'))
      .map(({ mount }) => `${mount}/${monitorFolder}/tasks`),
    identity,
    argv: request.argv,
    environment: environmentOf(definition, request.env),
    directory: request.cwd ?? definition.os.initDirectory ?? '/',
    terminal: request.tty !== undefined,
    deadline: request.deadline,
    ...(security === undefined ? {} : { security }),
    deniesNewMountApi: hasOwnProfile(start),
  });
}

function environmentOf(
  definition: DomainDefinition,
  added: Readonly<Record<string, string>>,
): string[] {
  const ofInit = planEnvironment(definition, 0).filter(
    (variable) => !Object.hasOwn(added, variable.slice(0, variable.indexOf('='))),
  );
  return [...ofInit, ...Object.entries(added).map(([name, value]) => `${name}=${value}`)];
}

function ownerOfStreams({ idMap }: DomainDefinition, { uid }: Identity): number {
  return idMap === undefined ? uid : (hostId(idMap.uids, uid) ?? 0);
}

/**
 * Whether the domain has a profile of its own. It counts for a command without the domain's label, too, since what that
 * mounts is the container's.
 */
function hasOwnProfile({ security }: StartRecord): boolean {
  return security?.model === 'apparmor' && security.type === 'dynamic';
}

function securityOf({ start }: ExecTarget, request: ExecRequest): SecurityFacts | undefined {
  if (request.withoutLabel === true || start.security === undefined) return undefined;
  return securityFacts(start.security);
}

/** Resolves with the plan, once the attendant has it. */
async function instruct(
  { channel, executed }: Attendant,
  name: string,
  makePlan: () => CommandPlan,
): Promise<CommandPlan> {
  try {
    const plan = makePlan();
    channel.send(planMessage(encodeCommandPlan(plan), name));
    return plan;
  } finally {
    await executed.catch((error: unknown) => {
      throw attendantFailure(error, name);
    });
  }
}

function planIfAlive(
  target: ExecTarget,
  request: ExecRequest,
  subject: CommandSubject,
): CommandPlan {
  const plan = planCommand(target, request, subject);
  // If init is still there, what was read from /proc by its pid was about that init.
  if (!isInitOf(target.running)) throw ended(target);
  return plan;
}

interface GivingUp extends Disposable {
  /** Whether the start was given up because its time was over. */
  readonly isLate: () => boolean;
}

/**
 * Ends the start when the signal fires, or when the time is over and an attendant that waits in the kernel does not
 * report that itself. A process that waits there ends later; this does not wait for it.
 */
function givesUp(channel: Channel, { signal, deadline }: ExecRequest): GivingUp {
  let timer: NodeJS.Timeout | undefined;
  let late = false;
  const end = setTimeout(() => {
    late = true;
    channel.close();
  }, deadline + endTime);
  // The signal may have fired while the attendant was spawned.
  const stopListening = onAbort(signal, () => {
    channel.send({ message: 'destroy' });
    timer = setTimeout(() => channel.close(), endTime);
  });
  return {
    isLate: () => late,
    [Symbol.dispose]() {
      stopListening();
      clearTimeout(timer);
      clearTimeout(end);
    },
  };
}

/** The error for a timeout, in the attendant's words. */
function lateFor(domain: string, cause: unknown): TslxcError {
  const step = 'waiting for the command to be executed';
  return new TslxcError('OPERATION_TIMEOUT', `${step} in domain '${domain}'`, {
    domain,
    step,
    cause,
  });
}

async function untilExecuted(channel: Channel, plan: CommandPlan, domain: string): Promise<void> {
  for (;;) {
    const message = await channel.receive();
    switch (message?.message) {
      case 'spawned':
        continue;
      case 'executed':
        return;
      case 'failed':
        throw execFailure(plan, message, domain);
      default:
        throw endedTooSoon(domain);
    }
  }
}
