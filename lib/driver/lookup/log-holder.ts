/** Finds the domain that holds a console's log which the start of another domain wants. */
import { constants } from 'node:os';
import { isSame } from '../../domain/xml/path';
import { describePlace, SyscallError, TslxcError } from '../../errors';
import { present } from '../../present';
import type { Session } from '../session/session';
import { readableStates } from './readable-state';

const { EBUSY } = constants.errno;

/**
 * The error of a start that could not lock a log, with the name of the domain of this root that holds the log. Any other error is
 * returned as it is, and so is that of a log which no running domain of this root names: another program or root holds it.
 */
export async function namingLogHolder(session: Session, error: unknown): Promise<unknown> {
  if (!TslxcError.is(error, 'SYSTEM_ERROR')) return error;
  const { errno, syscall, path, step, domain, element, line, column } = error;
  if (errno !== EBUSY || syscall !== 'flock' || path === undefined) return error;
  // A failed lookup must not keep the start from giving back what it has borrowed.
  const holder = await holderOf(session, { path, domain }).catch(() => undefined);
  if (holder === undefined) return error;
  const words = `the log ${path} is that of domain '${holder}', which runs: EBUSY (${describePlace(error)})`;
  const details = present({ step, domain, element, line, column });
  return new SyscallError({ errno, syscall, path, ...details, cause: error }, words);
}

async function holderOf(
  session: Session,
  { path, domain }: { readonly path: string; readonly domain: string | undefined },
): Promise<string | undefined> {
  for (const [name, state] of await readableStates(session)) {
    const isAlive = state.phase === 'starting' || state.phase === 'running';
    if (name === domain || !isAlive) continue;
    const { consoles } = session.parse(state.start.xml).definition;
    if (consoles.some(({ log }) => log !== undefined && isSame(log.file, path))) return name;
  }
  return undefined;
}
