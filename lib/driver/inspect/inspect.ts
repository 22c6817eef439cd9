/** What can be read of one domain: its numbers, its XML, its consoles. Changes nothing, except that it cleans up after an end. */
import { constants as system } from 'node:os';
import type { ConsoleStream } from '../../container/console/console-stream';
import { initHasEnded } from '../../container/init/ended-init';
import type { DomainDefinition } from '../../domain/definition';
import { askedSignal } from '../../domain/elements/extension/stop-signal';
import { formatDomain } from '../../domain/format';
import { isolationOf } from '../../domain/namespaces/isolation';
import { TslxcError } from '../../errors';
import { exactJson } from '../../exact-json';
import { present } from '../../present';
import { knownHealth } from '../health/known-health';
import type { MonitorConnection } from '../session/containers';
import { requireRunning, runningDefinition, stored } from '../definitions/definitions';
import { withLiveLinks } from '../interfaces/interfaces';
import { transition, type Verb } from '../lifecycle/lifecycle';
import { portUuids } from '../networks/container-ports';
import { readStateOrDamage } from '../lookup/damaged-state';
import { formatLive } from './live-xml';
import {
  currentOrDamaged,
  currentState,
  noDomain,
  stateOf,
  withDefinition,
  type FoundDomain,
} from '../lookup/lookup';
import { asStarted } from '../session/level';
import { connectionClosed } from '../session/calls-in-flight';
import type { Session } from '../session/session';
import type { Identity } from '../../host/state/definitions/definition-store';
import type { ConsoleOptions, DomainInfo, DomainState } from '../types';

const bytesInKibibyte = 1024;

/** The pid of the running container's monitor; undefined while nothing runs, and when it is not known whether anything does. */
export function runningId(session: Session, { name, uuid }: Identity): number | undefined {
  const state = readStateOrDamage(session, name);
  const isOurs = state.phase === 'running' && state.start.uuid === uuid;
  return isOurs ? state.running.id : undefined;
}

/** @throws TslxcError NO_DOMAIN. */
export async function domainStateNow(session: Session, identity: Identity): Promise<DomainState> {
  const found = await currentOrDamaged(session, identity);
  return stateOf(session, withDefinition(session, found));
}

/** @throws TslxcError NO_DOMAIN; DefinitionError when nothing runs and the stored file is not a valid definition. */
export async function domainInfo(session: Session, identity: Identity): Promise<DomainInfo> {
  const { name } = identity;
  const { containers, store } = session;
  const found = await currentOrDamaged(session, identity);
  const { state } = found;
  const definition = definitionOf(session, identity, state);
  const usage = state.phase === 'running' ? containers.readUsage(state.start) : undefined;
  const usedMemory =
    usage === undefined
      ? definition.currentMemory
      : Math.floor(usage.memoryBytes / bytesInKibibyte);
  return exactJson({
    state: stateOf(session, withDefinition(session, found)),
    maxMemory: definition.memory,
    currentMemory: definition.currentMemory,
    usedMemory,
    vcpus: definition.vcpu.current ?? definition.vcpu.count,
    maxVcpus: definition.vcpu.count,
    ...(usage === undefined ? {} : { cpuTime: usage.cpuNanoseconds }),
    persistent: store.has(name),
    autostart: store.isAutostarted(name),
    isolation: isolationOf(state.phase === 'running' ? definition : asStarted(session, definition)),
    ...healthOf(session, state, definition),
  });
}

function healthOf(
  session: Session,
  state: FoundDomain['state'],
  definition: DomainDefinition,
): Pick<DomainInfo, 'health'> {
  if (state.phase !== 'running') return {};
  return present({ health: knownHealth(session, state, definition) });
}

/** The running definition, or the stored one. @throws TslxcError NO_DOMAIN; INTERNAL_ERROR when the only record of it is damaged. */
function definitionOf(
  session: Session,
  identity: Identity,
  state: FoundDomain['state'],
): DomainDefinition {
  if (state.phase === 'running') return runningDefinition(session, state);
  if (state.phase === 'damaged' && !session.store.has(identity.name)) {
    if (state.start === undefined) throw state.error;
    return session.parse(state.start.xml).definition;
  }
  return stored(session, identity);
}

/**
 * The live XML of the running container, or the XML of the next start.
 *
 * @throws TslxcError OPERATION_INVALID for the live XML of a domain that is off, NO_DOMAIN.
 */
export async function domainXml(
  session: Session,
  identity: Identity,
  which: 'live' | 'inactive' | undefined,
): Promise<string> {
  const state = await currentState(session, identity);
  if (which === 'live') requireRunning(state, 'liveXml', identity);
  if (state.phase !== 'running') return formatDomain(stored(session, identity));
  const definition = runningDefinition(session, state);
  if (which === 'inactive') {
    const isStored = session.store.has(identity.name);
    return formatDomain(isStored ? stored(session, identity) : definition);
  }
  const linked = await withLiveLinks(session, state, definition);
  const ports = portUuids(session, state.start);
  return formatLive(linked, state.start, { ...state.running, ports });
}

/**
 * What `edit` begins with: the XML of the next start, or the text of a stored file that is not a valid definition.
 *
 * @throws TslxcError NO_DOMAIN; SyscallError.
 */
export async function editableXml(session: Session, identity: Identity): Promise<string> {
  const { name } = identity;
  const { unreadable } = withDefinition(session, await currentOrDamaged(session, identity));
  const text = unreadable === undefined ? undefined : session.store.text(name);
  return text ?? domainXml(session, identity, 'inactive');
}

/** The host pty of a console; undefined while nothing runs. @throws TslxcError INVALID_ARG. */
export function consolePath(
  session: Session,
  { name, uuid }: Identity,
  device: number | string | undefined,
): string | undefined {
  const index = consoleIndex(device);
  const state = session.containers.readRunState(session.paths, name);
  if (state.phase !== 'running' || state.start.uuid !== uuid) return undefined;
  return state.running.consoles[index];
}

/** @throws TslxcError OPERATION_INVALID when nothing runs, INVALID_ARG when there is no such console. */
export async function openConsole(
  session: Session,
  identity: Identity,
  options: ConsoleOptions,
): Promise<ConsoleStream> {
  const { device, size, from = 'replay', replay = 'raw' } = options;
  const index = consoleIndex(device);
  const state = await currentState(session, identity);
  requireRunning(state, 'openConsole', identity);
  if (index >= state.running.consoles.length) throw noConsole(device ?? index);
  const monitor = await connectRunning(session, identity, 'openConsole');
  try {
    const hasEnded = (): boolean => isKnownToHaveEnded(session, identity, state.running.id);
    const asked = { index, from, replay, hasEnded, ...(size ? { size } : {}) };
    const stream = await monitor.openConsole(asked);
    closeWithConnection(session, stream);
    return stream;
  } catch (error) {
    monitor.close();
    throw error;
  }
}

/** Looked at again while it is not known. */
function isKnownToHaveEnded(
  { containers, paths }: Session,
  { name }: Identity,
  id: number,
): boolean {
  try {
    const state = containers.readRunState(paths, name);
    return state.phase !== 'running' || state.running.id !== id;
  } catch {
    return false;
  }
}

/** What consoles that were dropped leave with their connections. */
const dropped = new FinalizationRegistry<() => void>((stop) => stop());

/** An error that nobody listens for would end the process. One that was dropped is not kept by its connection. */
function closeWithConnection({ calls }: Session, stream: ConsoleStream): void {
  const held = new WeakRef(stream);
  const stop = calls.whenClosed(() => {
    const open = held.deref();
    open?.destroy(open.listenerCount('error') > 0 ? connectionClosed() : undefined);
  });
  stream.once('close', stop);
  dropped.register(stream, stop);
}

/** @throws TslxcError INVALID_ARG, OPERATION_INVALID when nothing runs or init is being restarted; SyscallError. */
export async function sendSignal(
  session: Session,
  identity: Identity,
  signal: number | string,
): Promise<void> {
  const number = askedSignal(signal, 0);
  requireRunning(await currentState(session, identity), 'sendSignal', identity);
  const monitor = await connectRunning(session, identity, 'sendSignal');
  try {
    await monitor.signal(number);
  } catch (error) {
    if (!TslxcError.is(error) || error.errno !== system.errno.ESRCH) throw error;
    const { containers, paths } = session;
    throw initHasEnded(containers.readRunState(paths, identity.name), identity.name, error);
  } finally {
    monitor.close();
  }
}

async function connectRunning(
  session: Session,
  { name }: Identity,
  verb: Verb,
): Promise<MonitorConnection> {
  const monitor = await session.containers.connectMonitor(session.paths, name);
  if (monitor !== undefined) return monitor;
  // It has ended since its state was read.
  transition(verb, 'off', name);
  throw noDomain(`No domain with matching name '${name}'`);
}

/** An index, or an alias as in the live XML: `console0`. */
function consoleIndex(device: number | string = 0): number {
  const text = String(device);
  const digits = /^(?:console)?(\d{1,3})$/.exec(text)?.[1];
  if (digits === undefined) throw noConsole(device);
  return Number(digits);
}

function noConsole(device: number | string): TslxcError {
  return new TslxcError('INVALID_ARG', `cannot find console device '${device}'`, {
    element: 'options.device',
  });
}
