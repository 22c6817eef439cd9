/**
 * Starts one container: claim, look up, plan, record, take, hand over. Whatever fails, the host is afterwards as it was
 * before. The caller holds the domain's lock.
 */
import type { DomainDefinition } from '../../domain/definition';
import type { Placement } from '../../domain/tuning/definition';
import { wayBack } from '../../domain/namespaces/level';
import { withPlacement } from '../../domain/tuning/placement';
import type { HostFacts } from '../../host/facts';
import { ensureBaseCgroups, holdBaseCgroups } from '../../host/kernel/base-cgroups';
import { planBaseCgroups } from '../../plan/cgroups/base';
import { placeFilter } from '../interfaces/tables/link-filter';
import { placeReach } from '../interfaces/port/link-reach';
import { lastingCgroups } from '../../plan/cgroups/cgroups';
import { LinkNumbers } from '../interfaces/link-numbers';
import { lookUpLinks } from '../interfaces/links';
import type { ResolvedLinks } from '../interfaces/links';
import { rescue, undoInNetwork } from '../interfaces/network-rescue';
import { addSwitchPort } from '../interfaces/switch-port';
import { OwnLeaves } from '../cgroups/own-leaves';
import { Channel } from '../monitor/channel';
import { reach } from '../monitor/failpoint';
import { armedFailpoint } from '../monitor/failpoints';
import { abandonStart } from '../record/cleanup';
import { atOnce } from '../record/recording';
import type { Undo } from '../record/undo';
import { readStart } from '../record/run-state';
import { takeQuota } from '../trees/tree-quota';
import { applyLabelling, claimLabelling, giveUpLabelling } from '../security/labelling';
import type { Labelling } from '../security/labelled-start';
import {
  attachImages,
  claimImages,
  hasImages,
  noImages,
  releaseEarlierImages,
  releaseImages,
} from '../sources/image-devices';
import type { ImageDevices } from '../sources/image-devices';
import { claimTarget } from '../sources/mount-target';
import { advisedPlacement } from '../sources/numad';
import { claimOverlayUpper } from '../sources/overlay-upper';
import { claimIds, releaseIds } from '../users/id-allocation';
import type { ContainerStart } from './container-start';
import { EarlyMonitor } from './early-monitor';
import { Handshake } from './handshake';
import { endMonitor, spawnMonitor } from './monitor-process';
import { prepare, userOf } from './preparation';
import type { Preparation } from './preparation';
import { RunningContainer } from './running-container';
import { giveStreams } from './standard-streams';
import { startRecord, takenOf, writeStartRecord } from './start-record';

/** Milliseconds that the caller waits longer than the monitor, whose own error says better how far the start got. */
const grace = 2000;

/**
 * Starts the container; tries again, with other names, when a name of a network interface turns out to be taken.
 *
 * @throws SyscallError, TslxcError or ProtocolError with `step`, and with `path` and `errno` where they apply.
 */
export async function startContainer(
  start: ContainerStart,
  host: HostFacts,
): Promise<RunningContainer> {
  const { rollback } = start;
  const { mark } = rollback;
  let taken: readonly string[] = [];
  for (;;) {
    using names = new LinkNumbers(taken);
    try {
      return await attemptStart(start, names, host);
    } catch (error) {
      await rollback.run(error, mark);
      const known = names.takenBy(error);
      if (known === undefined) throw error;
      taken = known;
    }
  }
}

/** The whole sequence of a start, from claim to hand over; each stage puts what it takes on the stack of the rollback. */
async function attemptStart(
  start: ContainerStart,
  names: LinkNumbers,
  host: HostFacts,
): Promise<RunningContainer> {
  const { mark } = start.rollback;
  await using waiting = new EarlyMonitor({ ...start, name: start.definition.name }, host.cgroups);

  const claimed = await claim(start);
  const known = await lookUp(start, claimed, { names, host });

  using _cgroups = await holdBaseCgroups();
  using leaves = OwnLeaves.open(known.definition, host.cgroups);
  const preparation = await plan(start, known, leaves);
  reach('controller:before-start-record');
  const { recording = atOnce } = start;
  await recording(() => record(start, known, { preparation, names, mark }));
  leaves.make(start.paths.root);
  await take(start, known, preparation);
  const socket = await spawnMonitor({ ...start, waiting }, preparation, host.cgroups);
  start.trace?.('cgroups made, monitor spawned');

  return await handOver(start, preparation, Channel.fromDescriptor(socket));
}

interface Claimed {
  /** With everything that was chosen. */
  readonly definition: DomainDefinition;
  readonly labelling: Labelling | undefined;
  readonly placement: Placement | undefined;
}

/** Claims what no other container may have at the same time: ids of the host, and what has to be unique in a label. */
async function claim(start: ContainerStart): Promise<Claimed> {
  const { paths, persistence, rollback, definedIds = async () => Promise.resolve([]) } = start;
  const definition = await claimIds(paths, start.definition, definedIds);
  // A transient domain that never ran keeps no ids.
  if (persistence === 'transient') rollback.add(() => releaseIds(paths, definition.name));
  using looks = start.lookers.looks({ within: start.startTimeout, signal: start.signal });
  const labelling = await claimLabelling({ ...start, definition }, looks);
  if (labelling !== undefined) rollback.add(() => giveUpLabelling(labelling));
  const placement = await advisedPlacement(definition);
  return { definition: withPlacement(definition, placement), labelling, placement };
}

/** What the plan depends on. */
interface Known extends Claimed {
  readonly links: ResolvedLinks;
  readonly images: ImageDevices;
  readonly host: HostFacts;
}

/** Looks up the interfaces, and claims the block devices of images; `plan` looks up everything else. */
async function lookUp(
  start: ContainerStart,
  claimed: Claimed,
  { names, host }: { readonly names: LinkNumbers; readonly host: HostFacts },
): Promise<Known> {
  const { definition } = claimed;
  const { ports = [] } = start;
  const links = await lookUpLinks({ definition, ports, names });
  const images = await claimBlockDevices(start, host);
  return { ...claimed, links, images, host };
}

/** Claims the block devices of images; nothing is attached before they are on record. */
async function claimBlockDevices(
  start: ContainerStart,
  { cgroups }: HostFacts,
): Promise<ImageDevices> {
  const { paths, definition, rollback } = start;
  if (!hasImages(definition)) return noImages;
  const user = userOf(paths, definition);
  await releaseEarlierImages(user, []);
  const images = await claimImages(definition, { user, cgroups: lastingCgroups(cgroups) });
  rollback.add(() => releaseImages(images));
  return images;
}

/**
 * Refuses everything that can be refused before anything is borrowed. Afterwards, the cgroups that all containers are
 * in exist.
 */
async function plan(start: ContainerStart, known: Known, leaves: OwnLeaves): Promise<Preparation> {
  const failpoint = armedFailpoint(process.env);
  const ensureBase = () => ensureBaseCgroups(planBaseCgroups(known.host.cgroups));
  // Those cgroups show which files hold weights.
  if (known.definition.blockTuning !== undefined) await ensureBase();
  using looks = start.lookers.looks({ within: start.startTimeout, signal: start.signal });
  const preparation = await prepare({
    ...known,
    leaves,
    paths: start.paths,
    looks,
    hardening: start.hardening,
    startTimeout: start.startTimeout,
    consoleDescriptors: start.consoleDescriptor === undefined ? 0 : 1,
    passDescriptors: start.passDescriptors.length,
    ...(start.standardStreams === true ? { standardStreams: true } : {}),
    autodestroy: start.autodestroy === true || start.isProvisional === true,
    waitsForCaller: waitsWhenLinked(start, known.links),
    ...(failpoint ? { failpoint } : {}),
  });
  await ensureBase();
  start.trace?.('plan compiled', { operations: countOperations(preparation) });
  return preparation;
}

/** Whether something is to be done when the interfaces are there. */
function waitsWhenLinked({ whenLinked }: ContainerStart, links: ResolvedLinks): boolean {
  if (links.switchPorts.length > 0) return true;
  return whenLinked !== undefined && links.links.length > 0;
}

/** Puts on record what is about to be taken. From then on, everything is given back by that record. */
function record(
  start: ContainerStart,
  { definition, labelling, placement, host }: Known,
  { preparation, names, mark }: Recorded,
): void {
  const { paths, rollback, trace } = start;
  const { boot } = host;
  const written = startRecord(start, definition, { ...preparation, labelling, placement, boot });
  writeStartRecord(paths, written);
  rollback.replace(mark, (reason) =>
    abandonStart(paths, takenOf(written, reason), async () => {
      if (names.takenBy(reason) === undefined) await start.onDead?.(written);
    }),
  );
  trace?.('start record written', { undo: written.undo.length });
  reach('controller:after-start-record');
}

interface Recorded {
  readonly preparation: Preparation;
  readonly names: LinkNumbers;
  /** The height of the rollback's stack when the attempt began. */
  readonly mark: number;
}

/** Takes what has to be in place before the monitor gets its plan. */
async function take(start: ContainerStart, known: Known, preparation: Preparation): Promise<void> {
  const { definition, labelling, links } = known;
  if (labelling !== undefined) await takeLabel(start, labelling);
  await takeSources(start, preparation, known);
  for (const filter of links.filters) await placeFilter(filter);
  const owner = { root: start.paths.root, name: definition.name };
  for (const one of links.reaches) await placeReach(one, owner);
  giveStreams(start, definition, preparation);
  reach('controller:after-targets');
  start.trace?.('mount targets made', { targets: preparation.targets.length });
}

async function takeLabel(start: ContainerStart, labelling: Labelling): Promise<void> {
  const { definition, trace } = start;
  const skipped = await applyLabelling(labelling, { ...start, user: definition.name });
  const unlabelled = skipped.map(({ path }) => path);
  trace?.('labelled', { label: labelling.security.label, unlabelled });
}

async function takeSources(
  { lookers, startTimeout, signal }: ContainerStart,
  { targets, overlayUppers, limitedTrees, user }: Preparation,
  { images, host }: Known,
): Promise<void> {
  using looks = lookers.looks({ within: startTimeout, signal });
  for (const target of targets) await claimTarget(target, user, looks);
  const taking = { user, boot: host.boot };
  for (const layer of overlayUppers) await claimOverlayUpper(layer, taking, looks);
  for (const tree of limitedTrees) await takeQuota(tree, taking, { looks, signal });
  await attachImages(images.claimed, looks);
}

/** Until init executes its program, the end of this process ends the container; from then on the monitor owns it. */
async function handOver(
  start: ContainerStart,
  preparation: Preparation,
  channel: Channel,
): Promise<RunningContainer> {
  const { rollback, trace, startTimeout, signal } = start;
  const { plan, places, undo } = preparation;
  const deadline = startTimeout + grace;
  const back = wayBack(start.definition);
  const options = { deadline, places, wayBack: back, ...(signal && { signal }) };
  const handshake = new Handshake(channel, plan, options);
  rollback.add(() => abandonMonitor(preparation, { channel, handshake }));
  reach('controller:after-spawn');
  const { pid: id } = await handshake.expect('spawned');
  reach('controller:after-spawned', id);
  trace?.('monitor answers', { monitor: id });
  if (plan.header.pause !== 0) await pauseForCaller(start, preparation, { channel, handshake });
  const { init: initPid, consoles: consolePaths } = await handshake.expect('running');
  reach('controller:after-running', id);
  trace?.('init executes its program', { init: initPid });
  const endsWithCaller = start.autodestroy === true;
  const isProvisional = start.isProvisional === true && !endsWithCaller;
  const { warnings } = preparation;
  const facts = { id, initPid, consolePaths, warnings, endsWithCaller, isProvisional };
  const container = new RunningContainer(channel, facts, networkUndo(start, undo, id));
  const { ownership, onExited, onRebooted } = start;
  if (ownership === 'keep') container.own({ onExited, onRebooted });
  else if (!isProvisional) container.release();
  reach('controller:after-own', id);
  handshake.end();
  return container;
}

/** A function of its own, so that what a running container keeps does not keep alive everything that its start has made. */
function networkUndo(
  { paths, definition }: ContainerStart,
  undo: readonly Undo[],
  monitor: number,
): () => Promise<void> {
  const { name } = definition;
  // By then other interfaces may have been attached.
  return () => undoInNetwork(readStart(paths, name)?.undo ?? undo, monitor);
}

/** How a start communicates with its monitor. */
interface Conversation {
  readonly channel: Channel;
  readonly handshake: Handshake;
}

/** Lets the caller do what needs the names of the interfaces on the host, while init waits. */
async function pauseForCaller(
  start: ContainerStart,
  { links }: Preparation,
  { channel, handshake }: Conversation,
): Promise<void> {
  await handshake.expect('cloned');
  start.trace?.('init cloned, interfaces made', { links: links.records.length });
  for (const port of links.switchPorts) await addSwitchPort(port);
  await start.whenLinked?.(links.records);
  channel.send({ message: 'continue' });
}

/** Ends the monitor of a start that has failed, after giving back what can only be given back while it keeps init's network. */
async function abandonMonitor(
  { undo }: Preparation,
  { channel, handshake }: Conversation,
): Promise<void> {
  try {
    const monitor = await handshake.untilSpawned(grace);
    if (monitor !== undefined) await rescue(undo, { channel, handshake, monitor });
    channel.close();
    if (monitor !== undefined) await endMonitor(monitor);
  } finally {
    handshake.end();
  }
}

function countOperations({ plan }: Preparation): number {
  return plan.outside.length + plan.mapped.length + plan.inside.length;
}
