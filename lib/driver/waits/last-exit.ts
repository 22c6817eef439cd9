/** How the last container of a domain has ended, also when the domain is gone with it. */
import type { ExitRecord } from '../../container/record/exit-record';
import { TslxcError } from '../../errors';
import { lastEvent } from '../events/event-log';
import { findByName, noDomain, type FoundDomain } from '../lookup/lookup';
import type { Session } from '../session/session';

/**
 * Of the domain that has this name, or had it last, as far as that is on record since the host booted.
 *
 * @throws TslxcError OPERATION_INVALID while it runs, and when none of its containers has ended since the host booted; NO_DOMAIN when there
 * is neither the domain nor a record of its end.
 */
export async function lastExit(session: Session, name: string): Promise<ExitRecord> {
  const found = await findByName(session, name).catch(unlessUnknown);
  if (found?.state.phase === 'running') throw invalid('domain is running', name);
  const exit = exitOnRecord(session, name, found);
  if (exit !== undefined) return exit;
  if (found === undefined) throw noDomain(`No domain with matching name '${name}'`);
  throw invalid('no container of the domain has ended since the host booted', name);
}

function unlessUnknown(error: unknown): undefined {
  if (!TslxcError.is(error, 'NO_DOMAIN')) throw error;
}

/** A transient domain leaves no record but the event of its end. */
function exitOnRecord(
  { containers, paths }: Session,
  name: string,
  found: FoundDomain | undefined,
): ExitRecord | undefined {
  const boot = containers.bootId();
  const last = found?.state.phase === 'off' ? found.state.last : undefined;
  if (last?.boot === boot) return last;
  const told = lastEvent(paths.events, ({ event, domain, uuid }) => {
    const isIts = found === undefined || uuid === found.uuid;
    return event === 'stopped' && domain === name && isIts;
  });
  return told?.exit?.boot === boot ? told.exit : undefined;
}

function invalid(detail: string, domain: string): TslxcError {
  return new TslxcError('OPERATION_INVALID', detail, { domain });
}
