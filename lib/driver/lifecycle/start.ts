/** Starts a container for a domain, for every verb that does so. Under the domain's lock, while the domain is off. */
import { mkdirSync } from 'node:fs';
import type { ContainerStart } from '../../container/start/container-start';
import { Rollback } from '../../container/start/rollback';
import type { DomainDefinition, Hardening } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import { checkStartable } from '../../domain/validate';
import type { Strictness } from '../../domain/validate';
import { startsWithout } from '../../domain/warnings';
import type { HostRange } from '../../host/kernel/id-ranges';
import { readSettings, visibleSettings } from '../../host/settings';
import type { HostSettings } from '../../host/settings';
import { fileError, ofFile } from '../../host/state/file-error';
import { admission } from '../session/admission';
import type { OwnedContainer } from '../session/containers';
import type { Plan } from '../../plan/plan';
import { warningWords } from '../../plan/warnings';
import { present } from '../../present';
import { prepareHooks } from '../hooks/domain-hooks';
import type { StartHooks } from '../hooks/domain-hooks';
import { tellOfPorts } from '../hooks/port-hooks';
import { haveWatched } from '../health/watcher';
import { finish } from './finish';
import { killInit, withinPatience } from './kill';
import { restoreLostLabels } from './lost-labels';
import { portsOf } from '../interfaces/ports';
import { namingLogHolder } from '../lookup/log-holder';
import { tellOfReboots } from './reboots';
import type { Session } from '../session/session';
import { checkFloors, whenLinked } from '../interfaces/shaping';
import type { StartOptions, StartResult, Warning } from '../types';

export interface Launch {
  readonly definition: DomainDefinition;
  /** The file that the definition is stored in, which errors about it name. */
  readonly file?: string;
  readonly persistence: 'persistent' | 'transient';
  /** Default: that of the connection. */
  readonly hardening?: Hardening;
  readonly options: StartOptions;
  /** Restarts in a row that have led to this start; 0 when left out. */
  readonly restarts?: number;
  /** Called at the end of a container that this process owns. */
  readonly onExited: () => void;
}

/**
 * Starts the container and announces it, with warnings of the parts of its definition that have no effect.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED for what would be dangerous to ignore, or if strict for all that is not carried
 * out; and as `startContainer`. After every error the host is as it was before.
 */
export async function launch(session: Session, what: Launch): Promise<StartResult> {
  const { logger } = session;
  const { definition, options } = what;
  const { name } = definition;
  const rollback = new Rollback((failure) => {
    logger.error({ err: failure, domain: name }, 'what a failed start has taken is not given back');
  });
  using _place = await admission.starts.enter(options.signal);
  // Even for a domain that asks for no label: the host may give it one.
  await restoreLostLabels(session);
  makeLogFolder(session, name);
  const container = await makeContainer(session, what, rollback);
  const warnings = warningsOf(container, definition, what.file);
  await tellOfStart(session, definition, { id: container.id, warnings });
  haveWatched(session, definition);
  for (const warning of warnings) options.onWarning?.(warning);
  return { warnings };
}

/**
 * Prepares and makes the container: hook scripts, where the interfaces are plugged in, the container itself, and the hook that
 * may still refuse it. If something fails, gives back all that was taken. @throws as `launch`.
 */
async function makeContainer(
  session: Session,
  what: Launch,
  rollback: Rollback,
): Promise<OwnedContainer> {
  const { containers, logger, paths } = session;
  const { definition, file, options } = what;
  const { signal, onNetworkStarted } = options;
  const start = describeStart(session, what, rollback);
  let container: OwnedContainer;
  let hooks: StartHooks | undefined;
  try {
    checkOnce(definition, strictness(readSettings(paths), options));
    hooks = await prepareHooks(session, { definition, rollback, signal });
    const ports = await portsOf(session, definition, { intent: 'start', onNetworkStarted });
    await checkFloors(session, { definition, ports });
    await tellOfPorts(session, { definition, ports }, { rollback, signal });
    const shape = whenLinked(session, { definition, ports }, rollback);
    await hooks.start();
    // While the scripts ran, other containers may have been promised a share of the network's rate.
    await checkFloors(session, { definition, ports });
    const { isProvisional, onDead } = hooks;
    const placed = withPlaces(session, definition);
    const running = { ...start, ...placed, isProvisional, onDead };
    container = await containers.startContainer({ ...running, ports, whenLinked: shape });
  } catch (cause) {
    const error = await namingLogHolder(session, cause);
    await hooks?.onDead();
    await rollback.run(error);
    logger.error({ err: error, domain: definition.name }, 'starting failed');
    rememberFailure(session, what);
    throw file === undefined ? error : ofFile(file, error);
  }
  if (start.ownership === 'keep') session.own(definition.name, container);
  await letGoOn(session, definition.name, { container, hooks });
  if (start.ownership !== 'keep') container.release();
  return container;
}

/** The live definition says where its USB devices are on the host, as in libvirt. */
function withPlaces(
  { containers }: Session,
  definition: DomainDefinition,
): Pick<ContainerStart, 'definition' | 'xml'> {
  const placed = containers.withUsbPlaces(definition);
  return { definition: placed, xml: canonicalText(placed) };
}

/** Lets the started container run on, or ends it if a hook refuses it now that it runs. @throws the hook's error. */
async function letGoOn(
  session: Session,
  name: string,
  { container, hooks }: { readonly container: OwnedContainer; readonly hooks: StartHooks },
): Promise<void> {
  try {
    await hooks.started({ id: container.id, consoles: container.consolePaths });
  } catch (refusal) {
    session.logger.error({ err: refusal, domain: name }, 'ended, since a hook has refused it');
    await endRefused(session, name).catch((error: unknown) => {
      session.logger.error({ err: error, domain: name }, 'what a hook has refused is not ended');
    });
    container.release();
    throw refusal;
  }
  container.confirm();
}

async function endRefused(session: Session, name: string): Promise<void> {
  await withinPatience(killInit(session, name));
  const state = session.containers.readRunState(session.paths, name);
  if (state.phase === 'off') return;
  await finish(session, name, { ...state, phase: 'ended' });
}

/** Announces the start and its warnings, and logs them. */
async function tellOfStart(
  session: Session,
  { name: domain, uuid }: DomainDefinition,
  { id, warnings }: { readonly id: number; readonly warnings: readonly Warning[] },
): Promise<void> {
  await session.announce(
    { event: 'started', detail: 'booted', domain, uuid },
    ...warnings.map(({ detail, element, line, column }) => {
      const place = present({ element, line, column });
      return { event: 'warning', detail, domain, uuid, ...place } as const;
    }),
  );
  session.logger.info({ domain, id }, 'container started');
  for (const { detail, message } of warnings) {
    session.logger.warn({ domain, warning: detail }, message);
  }
}

/** First the parts of the definition that have no effect, then other things that a user might not expect. */
function warningsOf(
  { warnings }: OwnedContainer,
  definition: DomainDefinition,
  file: string | undefined,
): Warning[] {
  const others = warnings.map((detail) => ({ detail, message: warningWords[detail] }));
  return [...startsWithout(definition, file), ...others];
}

/** The host's settings hold for every start. */
function strictness(
  settings: Pick<HostSettings, 'strict'>,
  options: Pick<StartOptions, 'strict'>,
): Strictness {
  return settings.strict || options.strict === true ? 'strict' : 'usual';
}

/** What a start would do, as far as that is known without allocating anything. @throws as `launch`. */
export async function planStart(
  session: Session,
  stored: DomainDefinition,
  asked: Pick<StartOptions, 'strict'>,
): Promise<Plan> {
  checkStartable(stored, strictness(visibleSettings(session.paths), asked));
  const definition = session.containers.withUsbPlaces(stored);
  const { paths, hardening, startTimeout, containers } = session;
  const ports = await portsOf(session, definition, { intent: 'preview' });
  const links = await containers.previewLinks(definition, ports);
  const images = await containers.previewImages(definition);
  const labelling = containers.previewLabelling({ paths, definition, hardening });
  using looks = session.lookers.looks({ within: startTimeout });
  const input = { paths, definition, looks, hardening, startTimeout, links, images, labelling };
  const noDescriptors = { consoleDescriptors: 0, passDescriptors: 0 };
  return (await containers.prepare({ ...input, ...noDescriptors })).plan;
}

/** Puts a failed or refused start on record, as the reason why a persistent domain is off from then on. */
function rememberFailure({ containers, paths, logger }: Session, what: Launch): void {
  const { definition, persistence } = what;
  try {
    if (persistence === 'persistent') containers.rememberFailedStart(paths, definition.name);
  } catch (error) {
    const detail = 'a failed start could not be put on record';
    logger.error({ err: error, domain: definition.name }, detail);
  }
}

/** The monitor keeps the console's output there. Without the folder, the container runs all the same. */
function makeLogFolder({ paths, logger }: Session, domain: string): void {
  try {
    mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
  } catch (error) {
    logger.warn({ err: fileError(error), domain }, 'the output of its console can not be kept');
  }
}

// Definitions are immutable: for a restart, they are neither checked nor printed again.
const startable = new WeakMap<DomainDefinition, Strictness>();
const texts = new WeakMap<DomainDefinition, string>();

/** @throws as `checkStartable`. */
function checkOnce(definition: DomainDefinition, wanted: Strictness): void {
  if (startable.get(definition) === wanted) return;
  checkStartable(definition, wanted);
  startable.set(definition, wanted);
}

function canonicalText(definition: DomainDefinition): string {
  const text = texts.get(definition) ?? formatDomain(definition);
  texts.set(definition, text);
  return text;
}

function describeStart(session: Session, what: Launch, rollback: Rollback): ContainerStart {
  const { paths, startTimeout, logger } = session;
  const { definition, persistence, options, restarts = 0, onExited } = what;
  const { passDescriptors = [], autodestroy = false, ownership = 'keep' } = options;
  const { consoleDescriptor, signal, onProgress } = options;
  const domain = definition.name;
  return {
    rollback,
    paths,
    definition,
    definedIds: () => definedIds(session),
    xml: canonicalText(definition),
    hardening: what.hardening ?? session.hardening,
    persistence,
    startTimeout,
    lookers: session.lookers,
    restarts,
    passDescriptors,
    consoleDescriptor,
    ownership: autodestroy ? 'keep' : ownership,
    onExited,
    trace: (step, fields = {}) => logger.debug({ domain, ...fields }, step),
    onRebooted: () => tellOfReboots(session, domain),
    autodestroy,
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  };
}

/** The ranges of host ids in all `<idmap>`s of this root. A stored file that is not a valid definition has none. */
async function definedIds({ store }: Session): Promise<HostRange[]> {
  const definitions = await store.definitions();
  return definitions.flatMap(({ idMap }) => {
    return [...(idMap?.uids ?? []), ...(idMap?.gids ?? [])].map(({ target, count }) => ({
      first: target,
      count,
    }));
  });
}
