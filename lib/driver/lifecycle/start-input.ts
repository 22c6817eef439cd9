/** What a start passes on to lib/container, from its caller, the session and the host's settings. */
import type { ContainerStart } from '../../container/start/container-start';
import type { Rollback } from '../../container/start/rollback';
import type { DomainDefinition } from '../../domain/definition';
import type { Confinement, Hardening } from '../../hardening';
import { formatDomain } from '../../domain/format';
import { checkStartable } from '../../domain/validate';
import type { Strictness } from '../../domain/validate';
import type { HostRange } from '../../host/kernel/id-ranges';
import type { HostSettings } from '../../host/settings';
import type { Session } from '../session/session';
import type { StartOptions } from '../types';
import { announceRebootsInBackground } from './reboots';

/** What is to be started, and how. */
export interface Launch {
  readonly definition: DomainDefinition;
  /** The file that the definition is stored in, which errors about it name. */
  readonly file?: string;
  readonly persistence: 'persistent' | 'transient';
  /** The level of domains that set none. Default: that of the connection. */
  readonly hardening?: Hardening;
  readonly options: StartOptions;
  /** Restarts in a row that have led to this start; 0 when left out. */
  readonly restarts?: number;
  /** Called at the end of a container that this process owns. */
  readonly onExited: () => void;
}

/** What is to be started, as its level has it: the definition with what that adds, and how it is confined. */
export interface LevelledLaunch extends Omit<Launch, 'hardening'> {
  readonly hardening: Confinement;
}

/** A start as far as it is known before its hooks have agreed. */
export function describeStart(
  session: Session,
  what: LevelledLaunch,
  rollback: Rollback,
): ContainerStart {
  const { paths, startTimeout, logger } = session;
  const { definition, hardening, persistence, options, restarts = 0, onExited } = what;
  const { passDescriptors = [], autodestroy = false, ownership = 'keep' } = options;
  const { consoleDescriptor, standardStreams, signal, onProgress } = options;
  const domain = definition.name;
  return {
    rollback,
    paths,
    definition,
    definedIds: () => definedIds(session),
    xml: canonicalText(definition),
    hardening,
    persistence,
    startTimeout,
    lookers: session.lookers,
    restarts,
    passDescriptors: [...(standardStreams ?? []), ...passDescriptors],
    ...(standardStreams === undefined ? {} : { standardStreams: true }),
    consoleDescriptor,
    ownership: autodestroy ? 'keep' : ownership,
    onExited,
    trace: (step, fields = {}) => logger.debug({ domain, ...fields }, step),
    onRebooted: () => announceRebootsInBackground(session, domain),
    autodestroy,
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  };
}

/** The live definition says where its USB devices are on the host, as in libvirt. */
export function withPlaces(
  { containers }: Session,
  definition: DomainDefinition,
): Pick<ContainerStart, 'definition' | 'xml'> {
  const placed = containers.withUsbPlaces(definition);
  return { definition: placed, xml: canonicalText(placed) };
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

/** The host's settings hold for every start. */
export function strictness(
  settings: Pick<HostSettings, 'strict'>,
  options: Pick<StartOptions, 'strict'>,
): Strictness {
  return settings.strict || options.strict === true ? 'strict' : 'usual';
}

// Definitions are immutable: for a restart, they are neither checked nor printed again.
const startable = new WeakMap<DomainDefinition, Strictness>();
const texts = new WeakMap<DomainDefinition, string>();

/** @throws as `checkStartable`. */
export function checkOnce(definition: DomainDefinition, wanted: Strictness): void {
  if (startable.get(definition) === wanted) return;
  checkStartable(definition, wanted);
  startable.set(definition, wanted);
}

function canonicalText(definition: DomainDefinition): string {
  const text = texts.get(definition) ?? formatDomain(definition);
  texts.set(definition, text);
  return text;
}
