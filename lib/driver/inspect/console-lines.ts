/** The output of a domain's first console, line by line, from the file that its monitor writes; it can be followed as it grows. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConsoleLogReader, keepsLog, type LogPiece } from '../../container/console/console-log';
import { LineCutter, type LogLine } from '../../container/console/line-cutter';
import { TslxcError } from '../../errors';
import { fileError } from '../../host/state/file-error';
import type { Identity } from '../../host/state/definitions/definition-store';
import { currentState, findByName, holderOfName, type FoundDomain } from '../lookup/lookup';
import { pauseFor } from '../session/abort';
import type { Session } from '../session/session';
import { readText } from '../../host/kernel/text-file';

/**
 * Which lines of a console's log are read. A line whose time is not known (an older version kept none) is within any
 * `since` and `until`.
 */
export interface LogOptions {
  /** How many of the last lines come first, from 0 on. Default: all that are kept. */
  readonly lines?: number | undefined;
  /** Only lines written at this time or later. */
  readonly since?: Date | undefined;
  /** Only lines written at this time or earlier; a `follow` ends at it. */
  readonly until?: Date | undefined;
  /** Goes on with the output of the container that runs now, until its end. Default: false. */
  readonly follow?: boolean | undefined;
  /** Ends the iteration. */
  readonly signal?: AbortSignal | undefined;
}

/** Between two reads of the file of a running container, in milliseconds. */
const pause = 100;

/** How long a monitor may take to write the rest of the output after the container's end, in milliseconds. */
const patience = 3000;

/**
 * @throws TslxcError NO_DOMAIN when there is neither the domain nor a log, and when another domain has its name. @throws SyscallError
 * when the log can't be read.
 */
export function consoleLines(
  session: Session,
  identity: Identity,
  options: LogOptions,
): AsyncGenerator<LogLine, undefined> {
  return linesOf(session, identity.name, {
    ...options,
    look: () => currentState(session, identity),
  });
}

/** The same for the domain that has this name, or had it last. */
export function consoleLinesOfName(
  session: Session,
  name: string,
  options: LogOptions,
): AsyncGenerator<LogLine, undefined> {
  const look = async (): Promise<FoundDomain['state']> => (await findByName(session, name)).state;
  return linesOf(session, name, { ...options, look });
}

/** The lines without their times. */
export async function* textsOf(lines: AsyncIterable<LogLine>): AsyncGenerator<string, undefined> {
  for await (const { line } of lines) yield line;
  return undefined;
}

interface Reading extends LogOptions {
  readonly look: () => Promise<FoundDomain['state']>;
}

async function* linesOf(
  session: Session,
  name: string,
  { look, ...options }: Reading,
): AsyncGenerator<LogLine, undefined> {
  const { lines: wanted, follow = false, signal } = options;
  const state = await look().catch((error: unknown) => unlessKept(session, name, error));
  using reader = new ConsoleLogReader(session.paths, name);
  const cutter = new LineCutter();
  const take = (): LogLine[] => cutter.take(read(reader)).filter((line) => isWithin(line, options));
  const finish = (): LogLine[] => cutter.finish().filter((line) => isWithin(line, options));
  const running = follow && state?.phase === 'running' ? state.running : undefined;
  const kept = take();
  if (running === undefined) kept.push(...finish());
  yield* wanted === undefined ? kept : kept.slice(kept.length - Math.min(wanted, kept.length));
  if (running === undefined) return undefined;
  for (let isOver = false; !isOver && signal?.aborted !== true;) {
    await pauseFor(pause, signal);
    // Asked before reading: what was written until then is read.
    isOver = isPast(options.until);
    session.checkOpen();
    if (hasEnded(session, name, running.id)) {
      await untilSilent(running.id);
      isOver = true;
    }
    yield* take();
  }
  yield* finish();
  return undefined;
}

function isWithin({ time }: LogLine, { since, until }: LogOptions): boolean {
  if (time === undefined) return true;
  return (since === undefined || time >= since) && (until === undefined || time <= until);
}

function isPast(until: Date | undefined): boolean {
  return until !== undefined && Date.now() > until.getTime();
}

/** A log is kept after a transient domain has ended and after an undefine, so that the output of a crash can still be read. */
function unlessKept(session: Session, name: string, error: unknown): undefined {
  const { containers, paths } = session;
  if (!TslxcError.is(error, 'NO_DOMAIN')) throw error;
  const isTaken = holderOfName(session, name, containers.readRunState(paths, name)) !== undefined;
  if (isTaken || !keepsLog(paths, name)) throw error;
}

function read(reader: ConsoleLogReader): LogPiece[] {
  try {
    return reader.read();
  } catch (error) {
    throw fileError(error, 'read the console log');
  }
}

function hasEnded({ containers, paths }: Session, name: string, id: number): boolean {
  const state = containers.readRunState(paths, name);
  return state.phase !== 'running' || state.running.id !== id;
}

/** Waits, but not for long, until a monitor is gone: it may write the last output after it has recorded the end. */
export async function untilSilent(monitor: number): Promise<void> {
  const deadline = performance.now() + patience;
  while (isMonitor(monitor) && performance.now() < deadline) await sleep(pause / 10);
}

/** Whether the process is still a monitor: not a zombie, and not the `tslxc reap` that the monitor executes at the end. */
function isMonitor(pid: number): boolean {
  return /^\d+ \(tslxc-monitor\) [^ZX]/.test(readText(`/proc/${pid}/stat`));
}
