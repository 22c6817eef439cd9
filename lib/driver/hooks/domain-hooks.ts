/**
 * The hooks of domains. A start that has called `prepare` leaves a mark in the domain's run folder until `release` has been
 * called, by whichever process cleans up after it, even if the one that started it was killed.
 */
import type { RunningRecord, StartRecord } from '../../container/record/run-state';
import type { Rollback } from '../../container/start/rollback';
import type { DomainDefinition } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import { formatGone, formatLive } from '../inspect/live-xml';
import { portUuids } from '../networks/container-ports';
import type { Session } from '../session/session';
import { clearMark, hasMark, readMark, removeMark, writeMark } from './hook-mark';
import type { HookMark } from './hook-mark';
import { announceMarkedPorts } from './port-hooks';
import { findScripts, runScripts } from './scripts';
import type { HookCall, Scripts } from './scripts';

/** The hooks that are called while a domain starts, after `prepare`. Without scripts, they do nothing. */
export interface StartHooks {
  /** Whether the container has to end with its caller until `started` has agreed. */
  readonly isProvisional: boolean;
  /** Before the container is made. @throws as `runScripts`: the start is refused. */
  readonly start: () => Promise<void>;
  /** When the container runs. @throws as `runScripts`: the container is to be ended. */
  readonly started: (running: Pick<RunningRecord, 'id' | 'consoles'>) => Promise<void>;
  /** When the start has failed, and no process of a container runs any more. `start`: the record of what it had taken. */
  readonly onDead: (start?: StartRecord) => Promise<void>;
}

/** The hooks that are called at the end of a domain. Failures are logged. */
export interface EndHooks {
  /** `unfinished` when `started` has not agreed: the start was never completed. */
  readonly start: 'finished' | 'unfinished';
  /** When nothing of it runs, before anything is given back to the host. */
  readonly stopped: () => Promise<void>;
  /** When everything is given back. `reason`: how it ended, in a word of libvirt's, such as `shutdown`. */
  readonly released: (reason: string) => Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();
const noEndHooks: EndHooks = { start: 'finished', stopped: nothing, released: nothing };

/** A start that hooks may refuse. */
export interface HookedStart {
  readonly definition: DomainDefinition;
  readonly rollback: Rollback;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls `prepare`, before a start takes anything from the host; `rollback` calls the end hooks, when everything is given back.
 * Under the domain's lock.
 *
 * @throws as `runScripts`: the start is refused.
 */
export async function prepareHooks(
  session: Session,
  { definition, rollback, signal }: HookedStart,
): Promise<StartHooks> {
  const scripts = findScripts(session, 'lxc');
  const { name } = definition;
  if (scripts.paths.length === 0) return noStartHooks(session, name);
  const input = formatDomain(definition);
  const mark: HookMark = { input, stage: 'starting' };
  const begin = (operation: string, told = input): Promise<void> =>
    runScripts(session, scripts, { object: name, operation, phase: 'begin', input: told, signal });
  let stopped: Promise<void> | undefined;
  const onDead = (start?: StartRecord): Promise<void> => {
    stopped ??= endsOf(session, scripts, { name, mark, start }).stopped();
    return stopped;
  };
  writeMark(session, name, mark);
  rollback.add(async () => {
    await onDead();
    await endsOf(session, scripts, { name, mark }).released('failed');
    clearMark(session, name);
  });
  await begin('prepare');
  return {
    isProvisional: true,
    start: () => begin('start'),
    started: async (running) => {
      writeMark(session, name, { ...mark, running });
      await begin('started', liveInput(session, name, { ...mark, running }));
      writeMark(session, name, { ...mark, running, stage: 'started' });
    },
    onDead,
  };
}

/** Without scripts for domains. Those of networks may be told of its ports all the same: once it runs, other records have these. */
function noStartHooks(session: Session, name: string): StartHooks {
  return {
    isProvisional: false,
    start: nothing,
    started: async () => {
      await Promise.resolve();
      if (hasMark(session, name)) removeMark(session, name);
    },
    onDead: nothing,
  };
}

/** The end hooks of a domain that has called `prepare`, and not yet `release`. Under the domain's lock. */
export function endHooks(session: Session, name: string, start?: StartRecord): EndHooks {
  const mark = readMark(session, name);
  if (mark === undefined) return noEndHooks;
  return endsOf(session, findScriptsIfAny(session, name), { name, mark, start });
}

/** A domain that has called `prepare`, and what it has taken, as far as that is known. */
interface Ending {
  readonly name: string;
  readonly mark: HookMark;
  readonly start?: StartRecord | undefined;
}

function endsOf(session: Session, scripts: Scripts, ending: Ending): EndHooks {
  const { name, mark } = ending;
  const end = async (operation: string, format: Format, extra = '-'): Promise<void> => {
    const input = inputAtEnd(session, ending, format);
    if (input === undefined) return;
    await runLogged(session, scripts, { object: name, operation, phase: 'end', extra, input });
  };
  return {
    start: mark.stage === 'starting' ? 'unfinished' : 'finished',
    stopped: () => end('stopped', formatLive),
    released: async (reason) => {
      await end('release', formatGone, reason);
      removeMark(session, name);
    },
  };
}

/**
 * Calls the end hooks of a start that was never completed, if its process was killed before it could. The domain is off. Under
 * its lock.
 */
export async function settleHooks(session: Session, name: string): Promise<void> {
  const mark = readMark(session, name);
  if (mark === undefined) return;
  const hooks = endHooks(session, name);
  await hooks.stopped();
  await announceMarkedPorts(session, mark.ports ?? []);
  await hooks.released('failed');
  clearMark(session, name);
}

/** Whether the start of the running container was not finished: under the domain's lock, that means that its caller was killed. */
export function isUnfinished(session: Session, name: string): boolean {
  return readMark(session, name)?.stage === 'starting';
}

function liveInput(session: Session, name: string, mark: HookMark): string | undefined {
  const start = session.containers.readStart(session.paths, name);
  return inputAtEnd(session, { name, mark, start }, formatLive);
}

type Format = typeof formatLive | typeof formatGone;

/** The container's XML at that time; the definition if no more is known; undefined if no script has been called. */
function inputAtEnd(
  session: Session,
  { name, mark, start }: Ending,
  format: Format,
): string | undefined {
  if (start === undefined || mark.input === undefined) return mark.input;
  try {
    const ports = portUuids(session, start);
    return format(session.parse(start.xml).definition, start, { ...mark.running, ports });
  } catch (error) {
    const detail = "can't read the definition that it ran with";
    session.logger.warn({ err: error, domain: name }, detail);
    return mark.input;
  }
}

/** Unreadable settings must not hold up an end. */
function findScriptsIfAny(session: Session, name: string): Scripts {
  try {
    return findScripts(session, 'lxc');
  } catch (error) {
    session.logger.error({ err: error, domain: name }, 'its end hooks are not called');
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
