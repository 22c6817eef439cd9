/** Starting a container for a domain, whatever asked for it. Under the domain's lock, with the domain off. */
import { mkdirSync } from 'node:fs';
import type { ContainerStart } from '../../container/start/controller';
import type { DomainDefinition, Hardening } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import { checkStartable } from '../../domain/validate';
import { fileError } from '../../host/state/file-error';
import type { OwnedContainer } from '../session/containers';
import type { Plan } from '../../plan/operation';
import type { Port } from '../../plan/network/links';
import { warningWords } from '../../plan/warnings';
import { definedIds } from './defined-ids';
import { restoreLostLabels } from './lost-labels';
import { portsOf } from '../interfaces/ports';
import { tellOfReboots } from './reboots';
import type { Session } from '../session/session';
import { checkFloors, giveUpFloors, sharedNetworks, whenLinked } from '../interfaces/shaping';
import type { StartOptions } from '../types';

export interface Launch {
  readonly definition: DomainDefinition;
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
 * Starts the container and tells of it.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED for what this version does not carry out; whatever
 * `startContainer` throws, and then the host is as before.
 */
export async function launch(session: Session, what: Launch): Promise<void> {
  const { definition } = what;
  const { name, uuid } = definition;
  const start = describeStart(session, what);
  // Whatever it asks for: the host may label those that ask for nothing.
  await restoreLostLabels(session);
  makeLogFolder(session, name);
  const container = await startOrRemember(session, start);
  if (start.ownership === 'keep') session.own(name, container);
  else container.release();
  await session.announce({ event: 'started', detail: 'booted', domain: name, uuid });
  session.logger.info({ domain: name, id: container.id }, 'container started');
  for (const warning of container.warnings) {
    await session.announce({ event: 'warning', detail: warning, domain: name, uuid });
    session.logger.warn({ domain: name, warning }, warningWords[warning]);
  }
}

/** What a start would do, as far as can be said without taking anything. @throws as `launch`. */
export async function planStart(session: Session, definition: DomainDefinition): Promise<Plan> {
  checkStartable(definition);
  const { paths, hardening, startTimeout, containers } = session;
  const ports = await portsOf(session, definition, 'preview');
  const links = await containers.previewLinks(definition, ports);
  const labelling = containers.previewLabelling({ paths, definition, hardening });
  const input = { paths, definition, hardening, startTimeout, links, labelling };
  return containers.prepare({ ...input, consoleDescriptors: 0, passDescriptors: 0 }).plan;
}

/** A start that fails, or that is refused, is why the domain is off from then on. */
async function startOrRemember(session: Session, start: ContainerStart): Promise<OwnedContainer> {
  const { paths, containers, logger } = session;
  const { definition, persistence } = start;
  const { name } = definition;
  try {
    checkStartable(definition);
    const ports = await portsOf(session, definition, 'start');
    return await startShaped(session, { ...start, ports });
  } catch (error) {
    logger.error({ err: error, domain: name }, 'starting failed');
    try {
      if (persistence === 'persistent') containers.rememberFailedStart(paths, name);
    } catch (second) {
      logger.error({ err: second, domain: name }, 'a failed start could not be put on record');
    }
    throw error;
  }
}

async function startShaped(
  session: Session,
  start: ContainerStart & { readonly ports: readonly Port[] },
): Promise<OwnedContainer> {
  const { definition, ports } = start;
  checkFloors(session, definition, ports);
  const shape = whenLinked(session, definition, ports);
  if (shape === undefined) return session.containers.startContainer(start);
  const networks = new Set<string>();
  try {
    const shapeKnown: typeof shape = async (links) => {
      for (const name of sharedNetworks(links)) networks.add(name);
      await shape(links);
    };
    return await session.containers.startContainer({ ...start, whenLinked: shapeKnown });
  } catch (error) {
    await giveUpFloors(session, [...networks]);
    throw error;
  }
}

/** The monitor keeps the console's output there. Without it the container runs all the same. */
function makeLogFolder({ paths, logger }: Session, domain: string): void {
  try {
    mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
  } catch (error) {
    logger.warn({ err: fileError(error), domain }, 'the output of its console can not be kept');
  }
}

const texts = new WeakMap<DomainDefinition, string>();

/** Definitions never change: one that is started again is not printed again. */
function canonicalText(definition: DomainDefinition): string {
  const text = texts.get(definition) ?? formatDomain(definition);
  texts.set(definition, text);
  return text;
}

function describeStart(session: Session, what: Launch): ContainerStart {
  const { paths, startTimeout } = session;
  const { definition, persistence, options, restarts = 0, onExited } = what;
  const { passDescriptors = [], consoleDescriptor, signal, autodestroy = false } = options;
  const { onProgress } = options;
  const ownership = autodestroy ? 'keep' : (options.ownership ?? 'keep');
  return {
    paths,
    definition,
    definedIds: () => definedIds(session),
    xml: canonicalText(definition),
    hardening: what.hardening ?? session.hardening,
    persistence,
    startTimeout,
    restarts,
    passDescriptors,
    ownership,
    onExited,
    trace: (step, fields = {}) =>
      session.logger.debug({ domain: definition.name, ...fields }, step),
    onRebooted: () => tellOfReboots(session, definition.name),
    autodestroy,
    ...(consoleDescriptor === undefined ? {} : { consoleDescriptor }),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onLabelling: onProgress }),
  };
}
