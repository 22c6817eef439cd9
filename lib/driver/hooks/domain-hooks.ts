/**
 * The hooks of domains. A start that has called `prepare` leaves a mark in the domain's run folder until `release` has been
 * called: by whichever process cleans up after it, also when the one that started it was killed.
 */
import { existsSync } from 'node:fs';
import type { Rollback } from '../../container/start/rollback';
import type { DomainDefinition } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import { readRecord, removeRecord, writeRecord } from '../../host/state/record-file';
import { runPaths } from '../../host/state/state-paths';
import type { Session } from '../session/session';
import { findScripts, runScripts } from './scripts';
import type { HookCall, Scripts } from './scripts';

/** What is called while a domain starts, after `prepare`. Without scripts, nothing. */
export interface StartHooks {
  /** Before the container is made. @throws as `runScripts`: the start is refused. */
  readonly start: () => Promise<void>;
  /** When the container runs. @throws as `runScripts`: the container is to be ended. */
  readonly started: () => Promise<void>;
}

/** What is called at the end of a domain. Failures are logged. */
export interface EndHooks {
  /** Before anything is given back to the host. */
  readonly stopped: () => Promise<void>;
  /** When everything is given back. `reason`: how it ended, in a word of libvirt's, such as `shutdown`. */
  readonly released: (reason: string) => Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();
const noStartHooks: StartHooks = { start: nothing, started: nothing };
const noEndHooks: EndHooks = { stopped: nothing, released: nothing };

/**
 * Calls `prepare`, before anything is taken of the host for a start; `rollback` calls the last ones, when everything is given
 * back. Under the domain's lock.
 *
 * @throws as `runScripts`: the start is refused.
 */
export async function prepareHooks(
  session: Session,
  definition: DomainDefinition,
  rollback: Rollback,
): Promise<StartHooks> {
  const scripts = findScripts(session, 'lxc');
  if (scripts.paths.length === 0) return noStartHooks;
  const { name } = definition;
  const input = formatDomain(definition);
  const begin = (operation: string): Promise<void> =>
    runScripts(session, scripts, { object: name, operation, phase: 'begin', input });
  writeRecord(runPaths(session.paths, name).hooks, { input });
  rollback.add(() => endRefused(session, endsOf(session, scripts, { name, input }), name));
  await begin('prepare');
  return { start: () => begin('start'), started: () => begin('started') };
}

/** A transient domain that does not start has no run folder. */
async function endRefused(session: Session, ends: EndHooks, name: string): Promise<void> {
  const { containers, paths, store } = session;
  await ends.stopped();
  await ends.released('failed');
  const isOff = containers.readRunState(paths, name).phase === 'off';
  if (isOff && !store.has(name)) containers.forget(paths, name);
}

/** Those of the end of what has called `prepare`, and has not called `release`. Under the domain's lock. */
export function endHooks(session: Session, name: string): EndHooks {
  const { hooks: mark } = runPaths(session.paths, name);
  if (!existsSync(mark)) return noEndHooks;
  const input = inputOf(readRecord(mark));
  return endsOf(session, findScriptsIfAny(session, name), { name, input });
}

function endsOf(
  session: Session,
  scripts: Scripts,
  { name, input }: { readonly name: string; readonly input: string },
): EndHooks {
  const end = (operation: string, extra = '-'): Promise<void> =>
    runLogged(session, scripts, { object: name, operation, phase: 'end', extra, input });
  return {
    stopped: () => end('stopped'),
    released: async (reason) => {
      await end('release', reason);
      removeRecord(runPaths(session.paths, name).hooks);
    },
  };
}

/**
 * Calls the last hooks of a start that has come to nothing, if its process was killed before it did. The domain is off. Under
 * its lock.
 */
export async function settleHooks(session: Session, name: string): Promise<void> {
  const hooks = endHooks(session, name);
  await hooks.stopped();
  await hooks.released('failed');
}

/** An end is not held up by settings that can't be read. */
function findScriptsIfAny(session: Session, name: string): Scripts {
  try {
    return findScripts(session, 'lxc');
  } catch (error) {
    session.logger.error({ err: error, domain: name }, 'the hooks of its end are not called');
    return { paths: [], timeout: 0 };
  }
}

async function runLogged(session: Session, scripts: Scripts, call: HookCall): Promise<void> {
  try {
    await runScripts(session, scripts, call);
  } catch (error) {
    session.logger.warn({ err: error, domain: call.object }, 'a hook has failed');
  }
}

function inputOf(mark: unknown): string {
  const isRecord = typeof mark === 'object' && mark !== null && 'input' in mark;
  return isRecord && typeof mark.input === 'string' ? mark.input : '';
}
