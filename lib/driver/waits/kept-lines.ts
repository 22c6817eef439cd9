/** The output of a container that has ended, from the log of its console: for who comes too late to follow the console itself. */
import type { LogLine } from '../../container/console/line-cutter';
import type { ExitRecord } from '../../container/record/exit-record';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { lastEvent } from '../events/event-log';
import { consoleLines } from '../inspect/console-lines';
import type { Session } from '../session/session';
import type { DomainEvent } from '../types';
import { shown } from './console-follower';

type StoppedEvent = Extract<DomainEvent, { event: 'stopped' }>;

/** How many lines are looked through for those that are shown: some may be empty. */
const mostRead = 100;

/** The last of them; those before a failure if the log can't be read to its end. */
export async function lastLinesOfRun(
  session: Session,
  identity: Identity,
  exit: ExitRecord,
): Promise<string[]> {
  const lines: string[] = [];
  try {
    for await (const { line } of linesOfRun(session, identity, exit)) {
      lines.push(line);
      if (lines.length > mostRead) lines.shift();
    }
  } catch (error) {
    if (!TslxcError.is(error)) throw error;
  }
  return shown(lines);
}

/**
 * What the domain has put out in the run that ended so, as far as it is kept; nothing if another domain has had its name since.
 *
 * @throws SyscallError when the log can't be read.
 */
export async function* linesOfRun(
  session: Session,
  identity: Identity,
  exit: ExitRecord,
): AsyncGenerator<LogLine, undefined> {
  const isOwn = ({ uuid, exit: told }: StoppedEvent): boolean =>
    uuid === identity.uuid && told.time === exit.time;
  // From the newest to the one before its own.
  const ends: StoppedEvent[] = [];
  let isFound = false;
  lastEvent(session.paths.events, (one) => {
    if (one.event !== 'stopped' || one.domain !== identity.name) return false;
    ends.push(one);
    const isBefore = isFound;
    isFound ||= isOwn(one);
    return isBefore;
  });
  const own = ends.findIndex(isOwn);
  const later = ends.slice(0, Math.max(own, 0));
  if (later.some(({ uuid }) => uuid !== identity.uuid)) return undefined;
  // An end that is not announced yet comes after all that are. What comes after it is of a restart.
  const [before, after] = [ends[own + 1], ends[own]];
  const options = {
    ...(before === undefined ? {} : { since: new Date(before.time) }),
    ...(after === undefined ? {} : { until: new Date(after.time) }),
  };
  try {
    yield* consoleLines(session, identity, options);
  } catch (error) {
    // Another domain has the name by now.
    if (!TslxcError.is(error, 'NO_DOMAIN')) throw error;
  }
  return undefined;
}
