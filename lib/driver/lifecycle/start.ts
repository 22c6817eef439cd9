/** Starts a container for a domain, for every verb that does so. Under the domain's lock, while the domain is off. */
import { Rollback } from '../../container/start/rollback';
import type { ContainerStart } from '../../container/start/container-start';
import type { DomainDefinition } from '../../domain/definition';
import type { Hardening } from '../../hardening';
import { isolationWarnings } from '../../domain/namespaces/isolation-warnings';
import { atLevel, confinementAt, hardeningOf } from '../../domain/namespaces/level';
import { startsWithout } from '../../domain/warnings';
import { readSettings } from '../../host/settings';
import { fileError, ofFile } from '../../host/state/file-error';
import { admission } from '../session/admission';
import { levelOf } from '../session/level';
import type { OwnedContainer } from '../session/containers';
import { warningWords } from '../../plan/warnings';
import { present } from '../../present';
import { defaultNetwork } from '../../network/lifecycle/default-network';
import { prepareHooks } from '../hooks/domain-hooks';
import type { StartHooks } from '../hooks/domain-hooks';
import { markPorts, unmarkPorts } from '../hooks/hook-mark';
import { preparePortHooks } from '../hooks/port-hooks';
import { ensureHealthWatcher } from '../health/watcher';
import { finish, restoreLostLabels } from './finish';
import { killInit, withinPatience } from './kill';
import { namingAddressHolder, ownAddresses } from '../interfaces/own-addresses';
import { portsOf } from '../interfaces/ports';
import { StartedNetworks } from '../networks/start';
import { namingLogHolder } from '../lookup/log-holder';
import { hiddenPortWarnings } from '../interfaces/hidden-ports';
import type { Session } from '../session/session';
import { checkFloors, whenLinked } from '../interfaces/shaping';
import { withVolumes } from '../storage/sources';
import { keepVolumesOf } from '../storage/volume-lock';
import { checkOnce, describeStart, strictness, withPlaces } from './start-input';
import type { Launch } from './start-input';
import type { StartResult, Warning } from '../types';
import { makeOwnFolder } from '../../host/state/own-folder';

/**
 * Starts the container and announces it, with warnings of the parts of its definition that have no effect. Before that, it calls the
 * hook `prepare`, finds out where the interfaces are plugged in, calls the hooks `port-created` and `start`, makes the container, and
 * calls the hook `started`. If something fails before the container runs, `rollback` gives back all that was taken; if `started`
 * refuses it, it is ended.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED for what would be dangerous to ignore, or if strict for all that is not carried
 * out; and as `withVolumes` and `startContainer`. After every error the host is as it was before.
 */
export async function launch(session: Session, what: Launch): Promise<StartResult> {
  const { file, options } = what;
  const { name } = what.definition;
  const rollback = newRollback(session, name);
  using _place = await admission.starts.enter(options.signal);
  // Even for a domain that asks for no label: the host may give it one.
  await restoreLostLabels(session);
  makeLogFolder(session, name);
  const networks = new StartedNetworks(session, name);
  let launched: Launched;
  try {
    launched = await attempt(session, what, { rollback, networks });
  } catch (cause) {
    const error = await namingLogHolder(session, cause);
    await rollback.run(error);
    await networks.takeBack();
    session.logger.error({ err: error, domain: name }, 'starting failed');
    rememberFailure(session, what);
    throw file === undefined ? error : ofFile(file, error);
  }
  const { start, container, hooks, level, hidden } = launched;
  const { definition } = start;
  if (start.ownership === 'keep') session.own(name, container);
  await confirmStart(session, name, { container, hooks, networks });
  networks.tell(options.onNetworkStarted);
  if (start.ownership !== 'keep') container.release();
  const warnings = [...warningsOf(container, { definition, level, file }), ...hidden];
  await announceStart(session, definition, { id: container.id, warnings });
  ensureHealthWatcher(session, definition);
  for (const warning of warnings) options.onWarning?.(warning);
  return { warnings };
}

interface Launched {
  readonly start: ContainerStart;
  readonly container: OwnedContainer;
  readonly hooks: StartHooks;
  /** That of the domain. */
  readonly level: Hardening;
  /** Warnings of ports. */
  readonly hidden: readonly Warning[];
}

/** What a start gives back when it fails, the networks last: until then the container counts as one that uses them. */
interface Taken {
  readonly rollback: Rollback;
  readonly networks: StartedNetworks;
}

async function attempt(
  session: Session,
  what: Launch,
  { rollback, networks }: Taken,
): Promise<Launched> {
  const { options } = what;
  const { signal, onNetworkStarted } = options;
  const settings = readSettings(session.paths);
  const ofOthers = what.hardening ?? levelOf(session, () => settings);
  using _volumes = await keepVolumesOf(session.paths, what.definition);
  const definition = atLevel(await withVolumes(session, what.definition, 'start'), ofOthers);
  const levelled = { ...what, definition, hardening: confinementAt(ofOthers) };
  const start = describeStart(session, levelled, rollback);
  checkOnce(definition, strictness(settings, options));
  const hooks = await prepareHooks(session, { definition, rollback, signal });
  markUser(session, definition, rollback);
  const ports = await portsOf(session, definition, {
    intent: 'start',
    onNetworkStarted,
    started: networks,
  });
  await checkFloors(session, { definition, ports });
  const hidden = await hiddenPortWarnings(session, definition);
  const portHooks = preparePortHooks(session, { definition, ports }, { rollback, signal });
  const shape = whenLinked(session, { definition, ports }, rollback);
  const { isProvisional, onDead } = hooks;
  // Added last, but before a script may refuse a port: scripts are told of the end before ports and shares of networks are given back.
  rollback.add(() => onDead());
  await portHooks.created();
  await hooks.start();
  const placed = withPlaces(session, definition);
  const linked = {
    ports,
    recording: ownAddresses(session, { definition, ports }),
    whenLinked: shape,
  };
  const running = { ...start, ...placed, isProvisional, onDead, ...linked };
  const container = await session.containers
    .startContainer(running)
    .catch(async (error: unknown) => {
      throw await namingAddressHolder(session, { definition, ports }, error);
    });
  return { start, container, hooks, hidden, level: hardeningOf(definition, ofOthers) };
}

/**
 * Lets a start be seen by another one that fails, and so takes the network `default` down again: by a mark in the run folder, which a
 * domain that has not run since the boot gets only later. What clears the marks of ports clears this one.
 */
function markUser(session: Session, definition: DomainDefinition, rollback: Rollback): void {
  const { name, interfaces } = definition;
  if (!interfaces.some((one) => one.type === 'network' && one.network === defaultNetwork)) return;
  markPorts(session, name, []);
  rollback.add(() => unmarkPorts(session, name));
}

function newRollback({ logger }: Session, domain: string): Rollback {
  return new Rollback((failure) => {
    logger.error({ err: failure, domain }, 'could not give back what a failed start had taken');
  });
}

/** Lets the started container run on, or ends it if a hook refuses it now that it runs. @throws the hook's error. */
async function confirmStart(
  session: Session,
  name: string,
  { container, hooks, networks }: Pick<Launched, 'container' | 'hooks'> & Pick<Taken, 'networks'>,
): Promise<void> {
  try {
    await hooks.started({ id: container.id, consoles: container.consolePaths });
  } catch (refusal) {
    session.logger.error({ err: refusal, domain: name }, 'ended, since a hook has refused it');
    await endRefused(session, name).catch((error: unknown) => {
      const detail = 'could not end a container that a hook refused';
      session.logger.error({ err: error, domain: name }, detail);
    });
    container.release();
    await networks.takeBack();
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
async function announceStart(
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

/** First the parts of the definition that have no effect, then what its level costs, then other things that a user might not expect. */
function warningsOf(
  { warnings }: OwnedContainer,
  {
    definition,
    level,
    file,
  }: Pick<Launched, 'level'> & {
    readonly definition: DomainDefinition;
    readonly file: string | undefined;
  },
): Warning[] {
  const others = warnings.map((detail) => ({ detail, message: warningWords[detail] }));
  const ofLevel = level === 'isolated' ? isolationWarnings(definition) : [];
  return [...startsWithout(definition, file), ...ofLevel, ...others];
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
    makeOwnFolder(paths.logs);
  } catch (error) {
    logger.warn({ err: fileError(error), domain }, "can't keep its console output");
  }
}
