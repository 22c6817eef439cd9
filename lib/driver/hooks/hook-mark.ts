/**
 * The record of a domain's hooks, in its run folder: it is there from before `prepare` is called until `release` has been called,
 * by whichever process cleans up.
 */
import type { RunningRecord } from '../../container/record/run-state';
import { isDomainLocked } from '../../container/record/locks';
import { fieldsOf, readRecord, removeRecord, writeRecord } from '../../host/state/record-file';
import { runPaths } from '../../host/state/state-paths';
import type { PortDefinition } from '../../network/definition/port';
import type { Session } from '../session/session';
import { isThere } from '../../host/state/file-error';

export interface HookMark {
  /** The definition; absent when no script of domains has been called. */
  readonly input?: string;
  /** `starting` until `started` has agreed: if its caller is killed before that, the start counts as failed. */
  readonly stage: 'starting' | 'started';
  /** Of the container, once it runs. */
  readonly running?: Pick<RunningRecord, 'id' | 'consoles'>;
  /** The ports that `port-created` has been told of, or is about to be, until a record of the start has the interfaces. */
  readonly ports?: readonly MarkedPort[];
}

export interface MarkedPort {
  /** Its name. */
  readonly network: string;
  readonly port: PortDefinition;
}

export function writeMark({ paths }: Session, name: string, mark: HookMark): void {
  writeRecord(runPaths(paths, name).hooks, mark);
}

export function removeMark({ paths }: Session, name: string): void {
  removeRecord(runPaths(paths, name).hooks);
}

/** The same after a failed start: a transient domain that has not started must not keep a run folder. */
export function clearMark(session: Session, name: string): void {
  const { containers, paths, store } = session;
  removeMark(session, name);
  const isOff = containers.readRunState(paths, name).phase === 'off';
  if (isOff && !store.has(name)) containers.forget(paths, name);
}

/** To be called before `port-created` is called for a start. */
export function markPorts(session: Session, name: string, ports: readonly MarkedPort[]): void {
  writeMark(session, name, { stage: 'started', ...readMark(session, name), ports });
}

/** To be called when these ports are gone, or another record has them. */
export function unmarkPorts(session: Session, name: string): void {
  const mark = readMark(session, name);
  if (mark?.ports === undefined) return;
  const { ports: _ports, ...rest } = mark;
  if (rest.input === undefined) clearMark(session, name);
  else writeMark(session, name, rest);
}

/** Undefined when no hook has been called since the last `release`. A field that can't be read counts as missing. */
export function readMark({ paths }: Session, name: string): HookMark | undefined {
  const { hooks } = runPaths(paths, name);
  if (!isThere(hooks)) return undefined;
  const { input, stage, running, ports } = fieldsOf(readRecord(hooks));
  return {
    ...(typeof input === 'string' ? { input } : {}),
    ...(Array.isArray(ports) ? { ports: ports as MarkedPort[] } : {}),
    stage: stage === 'starting' ? 'starting' : 'started',
    ...(isRunning(running) ? { running } : {}),
  };
}

export function hasMark({ paths }: Session, name: string): boolean {
  return isThere(runPaths(paths, name).hooks);
}

/** For a domain that is off: whether a mark is left that no process works on, so that its process must have been killed. */
export function isMarkLeft(session: Session, name: string): boolean {
  return hasMark(session, name) && !isDomainLocked(session.paths, name);
}

function isRunning(record: unknown): record is NonNullable<HookMark['running']> {
  const { id, consoles } = fieldsOf(record);
  return typeof id === 'number' && Array.isArray(consoles);
}
