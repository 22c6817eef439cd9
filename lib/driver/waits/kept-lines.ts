/** The last lines of a container that has ended, from the log of its console: for who comes too late to follow the console itself. */
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { lastEvent } from '../events/event-log';
import { consoleLines } from '../inspect/console-lines';
import type { Session } from '../session/session';
import type { DomainEvent } from '../types';
import { shown } from './console-follower';

/** How many lines are looked through for those that are shown: some may be empty. */
const mostRead = 100;

/** Those of the domain's last run; none if another domain has had its name since, or the log can't be read. */
export async function linesOfLastRun(session: Session, identity: Identity): Promise<string[]> {
  const ends: DomainEvent[] = [];
  lastEvent(session.paths.events, (one) => {
    if (one.event === 'stopped' && one.domain === identity.name) ends.push(one);
    return ends.length === 2;
  });
  const [end, before] = ends;
  if (end?.uuid !== identity.uuid) return [];
  const since = before === undefined ? undefined : new Date(before.time);
  const lines: string[] = [];
  try {
    const kept = consoleLines(session, identity, { lines: mostRead, since });
    for await (const { line } of kept) lines.push(line);
  } catch (error) {
    if (!TslxcError.is(error)) throw error;
  }
  return shown(lines);
}
