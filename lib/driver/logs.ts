/** What a domain's first console has put out, from the file that its monitor keeps: line by line, and as it comes. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConsoleLogReader, LineCutter } from '../container/console-log';
import { TslxcError } from '../errors';
import { fileError } from '../host/file-error';
import type { Identity } from '../host/definition-store';
import { currentState } from './lookup';
import type { Session } from './session';

export interface LogOptions {
  /** How many of the last lines come first. Default: all that are kept. */
  readonly lines?: number;
  /** Goes on with what the container that runs now writes, until its end. */
  readonly follow?: boolean;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
}

/** Between two looks at the file of a container that runs, in milliseconds. */
const pause = 100;

/** How long a monitor may take to write its last words, in milliseconds. */
const patience = 3000;

/** @throws TslxcError INVALID_ARG for a number of lines that is none; NO_DOMAIN. @throws SyscallError of reading. */
export async function* consoleLines(
  session: Session,
  identity: Identity,
  { lines: wanted, follow = false, signal }: LogOptions,
): AsyncGenerator<string, undefined> {
  if (wanted !== undefined && (!Number.isInteger(wanted) || wanted < 0)) {
    throw new TslxcError('INVALID_ARG', `${wanted} is not a number of lines`);
  }
  const state = await currentState(session, identity);
  using reader = new ConsoleLogReader(session.paths, identity.name);
  const cutter = new LineCutter();
  const take = (): string[] => cutter.take(read(reader));
  const goesOn = follow && state.phase === 'running';
  const kept = take();
  if (!goesOn) kept.push(...cutter.finish());
  yield* wanted === undefined ? kept : kept.slice(kept.length - Math.min(wanted, kept.length));
  if (!goesOn) return undefined;
  for (let isOver = false; !isOver && signal?.aborted !== true;) {
    await sleep(pause, undefined, signal ? { signal } : {}).catch(() => undefined);
    session.checkOpen();
    if (hasEnded(session, identity, state.running.id)) {
      await untilSilent(state.running.id);
      isOver = true;
    }
    yield* take();
  }
  yield* cutter.finish();
  return undefined;
}

function read(reader: ConsoleLogReader): Buffer[] {
  try {
    return reader.read();
  } catch (error) {
    throw fileError(error, 'read the console log');
  }
}

function hasEnded({ containers, paths }: Session, { name }: Identity, id: number): boolean {
  const state = containers.readRunState(paths, name);
  return state.phase !== 'running' || state.running.id !== id;
}

/** It may deliver what was slow in coming after the end is on record. */
async function untilSilent(monitor: number): Promise<void> {
  const deadline = performance.now() + patience;
  while (isMonitor(monitor) && performance.now() < deadline) await sleep(pause / 10);
}

/** Whether the process is still what it was: not a zombie, nor the program that cleans up. */
function isMonitor(pid: number): boolean {
  try {
    return /^\d+ \(tslxc-monitor\) [^ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
