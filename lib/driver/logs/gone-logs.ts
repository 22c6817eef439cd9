/**
 * Removes the oldest logs of domains that are gone: each run of a transient domain leaves some, which would be kept for ever. Those of
 * domains that exist are kept, and so are the youngest of the others.
 */
import { join } from 'node:path';
import { rmSync, statSync } from 'node:fs';
import { namesIn } from '../../host/names-in';
import { fileError, unlessMissing } from '../../host/state/file-error';
import { logNames } from '../../host/state/state-paths';
import type { Session } from '../session/session';

/** Of how many domains that are gone the logs are kept. */
const mostGone = 100;

/** Room for more before the folder is looked through again: removing one at a time would look at all of them each time. */
const slack = 20;

/** Never throws: a failure is logged, and the next call tries again. */
export function pruneLogs(session: Session): void {
  const { paths, logger } = session;
  try {
    const domains = new Set(namesIn(paths.logs).map(domainOf));
    if (domains.size <= mostGone + slack) return;
    const gone = goneDomains(session, domains);
    if (gone.length <= mostGone + slack) return;
    const byAge = gone.map((name) => ({ name, changed: lastChange(session, name) }));
    byAge.sort((a, b) => b.changed - a.changed);
    for (const { name } of byAge.slice(mostGone)) removeLogs(session, name);
  } catch (error) {
    logger.warn({ err: fileError(error) }, 'logs of domains that are gone could not be removed');
  }
}

/** The name of the domain that a file belongs to; names may contain dots. */
function domainOf(file: string): string {
  return file.replace(/(?:\.console)?\.log(?:\.1)?(?:\.times)?$/, '');
}

function goneDomains({ paths, containers, store }: Session, domains: Set<string>): string[] {
  // A run folder is there from before the first line of a start until its end.
  const there = new Set([...store.names(), ...containers.runNames(paths)]);
  return [...domains].filter((name) => !there.has(name));
}

function lastChange({ paths }: Session, name: string): number {
  const times = logNames(name).map(
    (file) =>
      unlessMissing(() => statSync(join(paths.logs, file), { throwIfNoEntry: false }))?.mtimeMs ??
      0,
  );
  return Math.max(...times);
}

function removeLogs({ paths }: Session, name: string): void {
  for (const file of logNames(name)) rmSync(join(paths.logs, file), { force: true });
}
