/**
 * Attaches a device to a running container, or detaches it. The change is recorded before anything is done, so that the
 * device is either in or out in the end, whatever dies. A process that has the domain's lock and finds a pending change
 * takes the device out.
 */
import { constants as system } from 'node:os';
import type { DomainDefinition } from '../../domain/definition';
import { TslxcError } from '../../errors';
import { changeDevices } from '../../plan/cgroups/device-rules';
import { containerFolder } from '../../plan/cgroups/names';
import { cgroupPlaces } from '../../plan/cgroups/places';
import { planDetached, planRemovedNode, type FitOperations } from '../../plan/devices';
import type { HostDevice } from '../../plan/mounts/host-devices';
import type { FittingPlan } from '../../plan/plan';
import { native } from '../../host/native';
import { isInitOf } from '../init/init-process';
import type { Lookers } from '../looks/looks';
import { armedFailpoint, failActions, failpoints } from '../monitor/failpoints';
import { reach } from '../monitor/failpoint';
import type { MessageNamed } from '../monitor/messages';
import type { LiveUndo, MountRecord } from '../record/live-undo';
import { atOnce, type Recording } from '../record/recording';
import { replaceStart } from '../record/run-state';
import type { DeviceFields, Plug, StartRecord } from '../record/run-state';
import { undoAll } from '../record/undo';
import { layoutInPartition } from '../cgroups/partition';
import { restoreSource } from '../security/relabel/restore';
import { runPaths } from '../../host/state/state-paths';
import { fit, untilAlone, type FitTarget } from './fitter';
import { goesOn, lifeNow, requireGoingOn } from './lives';
import { isMounted, mountedAt, mountedFromStart } from './mounted-at';
import type { FitPlaces } from './fit-failure';

/** A running container, as the code that changes its devices sees it. */
export interface PlugContext extends FitTarget {
  /** The definition that runs, with the ids that it was given. */
  readonly definition: DomainDefinition;
  readonly lookers: Lookers;
  /** Milliseconds that the file systems of the container and of the device's source may take to answer. */
  readonly within: number;
  /** Stores a plan by which the monitor starts init again with the devices of this record. */
  readonly keepPlan: (record: StartRecord) => Promise<void>;
  /** Called with a message when something could not be undone the usual way. */
  readonly notice: (text: string) => void;
  /**
   * Called when the pending device is out, before it is taken off the record. If the call does not finish, the next
   * process repeats it.
   */
  readonly onOut: (record: StartRecord) => Promise<void>;
}

/** How a device is attached. */
export interface Plugging {
  /** The fields of the record with the device. */
  readonly record: DeviceFields;
  /** What undoes the steps, in the order of the steps. */
  readonly undo: readonly LiveUndo[];
  /** Default: `atOnce`. */
  readonly recording?: Recording;
  /** Steps on the host, before the container is changed. */
  readonly onHost: readonly (() => Promise<void>)[];
  readonly operations: FitOperations;
  readonly places: FitPlaces;
  /** Puts the identity of what is attached into the record and its undo steps, once it is known. */
  readonly identify?: (record: StartRecord, prepared: MessageNamed<'prepared'>) => StartRecord;
  /** Steps once the device is in. */
  readonly afterwards: readonly ((record: StartRecord) => Promise<StartRecord>)[];
}

/**
 * Attaches a device. Returns the resulting record; after an error, the container and the record are as they were.
 *
 * @throws as `fit`, and as the steps of `plugging`.
 */
export async function plugIn(
  context: PlugContext,
  start: StartRecord,
  plugging: Plugging,
): Promise<StartRecord> {
  const { paths } = context;
  const { recording = atOnce } = plugging;
  reach('plug:before-record');
  const asked: StartRecord = {
    ...withFields(start, plugging.record),
    plug: { way: 'in', undo: plugging.undo, without: fieldsOf(start) },
  };
  await recording(() => replaceStart(paths, asked));
  let record = asked;
  reach('plug:after-record');
  try {
    for (const step of plugging.onHost) {
      await step();
      reach('plug:after-host-step');
    }
    // An interface that the host lends would die with the network of a life if the next one did not know of it.
    if (isLent(plugging)) await context.keepPlan(withoutPlug(record));
    await fit(context, {
      plan: fittingPlan(context, plugging.operations),
      places: plugging.places,
      onPrepared: (prepared) => {
        const known = plugging.identify?.(record, prepared) ?? record;
        if (known !== record) replaceStart(paths, known);
        record = known;
        reach('plug:after-prepared');
      },
    });
    reach('plug:after-fitted');
    for (const step of plugging.afterwards) record = await step(record);
    const done = withoutPlug(record);
    if (!isLent(plugging)) await context.keepPlan(done);
    requireGoingOn(context);
    reach('plug:before-commit');
    replaceStart(paths, done);
    reach('plug:after-commit');
    return done;
  } catch (error) {
    await takeOut(context, record).catch((second: unknown) => {
      context.notice(`a device is still half attached: ${String(second)}`);
    });
    throw error;
  }
}

/**
 * Detaches a device: runs `undo` in reverse and returns the resulting record. When the first step fails, nothing is
 * changed; when a later one does, or it is not known how far it got, the next process that has the domain's lock
 * continues.
 *
 * @throws as `fit` and `lifeNow`.
 */
export async function plugOut(
  context: PlugContext,
  start: StartRecord,
  out: Omit<Plug, 'way'>,
): Promise<StartRecord> {
  reach('plug:before-record');
  const plug: Plug = { way: 'out', ...out };
  const record = { ...start, plug };
  replaceStart(context.paths, record);
  reach('plug:after-record');
  let steps = 0;
  try {
    return await takeOut(context, record, () => (steps += 1));
  } catch (error) {
    const isIn = isReported(error) || isStillMounted(context, plug);
    if (steps === 0 && isIn) {
      await leaveIn(context, start).catch((second: unknown) => {
        context.notice(`a device is still half detached: ${String(second)}`);
      });
    }
    throw error;
  }
}

/** False when the process was killed or has not answered: then it is not known how far it got. */
function isReported(error: unknown): boolean {
  const unknown = ['OPERATION_FAILED', 'OPERATION_TIMEOUT', 'OPERATION_INVALID'] as const;
  return !unknown.some((code) => TslxcError.is(error, code));
}

/** Found out without asking a file system that may not answer. */
function isStillMounted(context: PlugContext, { undo }: Plug): boolean {
  const first = undo.at(-1);
  if (first?.undo !== 'detachTree') return false;
  const known = inThisLife(context, first, 'out');
  return known !== undefined && isMounted(context, known);
}

/**
 * Leaves the device in if this life goes on. The next life may have begun by the plan without the device, which is then
 * still to be taken out.
 */
async function leaveIn(context: PlugContext, start: StartRecord): Promise<void> {
  await context.keepPlan(start);
  if (goesOn(context)) replaceStart(context.paths, start);
}

/** How many lives this is tried in, for a container that keeps rebooting. */
const mostLives = 5;

/** Takes the pending device out of the current life; returns the resulting record. `onStep` is called after each undo step. */
export async function takeOut(
  context: PlugContext,
  record: StartRecord,
  onStep?: () => void,
): Promise<StartRecord> {
  const { plug } = record;
  if (plug === undefined) return record;
  await untilAlone(context);
  const done = withFields(withoutPlug(record), plug.without);
  for (let lives = 1; ; lives += 1) {
    const life = { ...context, running: await lifeNow(context) };
    try {
      if (await takeOutOfLife(life, { plug, done }, onStep)) break;
    } catch (error) {
      if (goesOn(life) || lives >= mostLives) throw error;
    }
    if (lives >= mostLives) requireGoingOn(life);
  }
  await context.onOut(record);
  replaceStart(context.paths, done);
  return done;
}

/**
 * False when the next life may have begun with the device. The plan for later lives is replaced first, so that none of
 * them has the device; for an interface that the host lends it is replaced last, since one that a life does not know of
 * dies with the network of the life before.
 */
async function takeOutOfLife(
  life: PlugContext,
  { plug, done }: { readonly plug: Plug; readonly done: StartRecord },
  onStep?: () => void,
): Promise<boolean> {
  const isLast = isLent(plug);
  if (!isLast) {
    await life.keepPlan(done);
    if (!goesOn(life)) return false;
  }
  for (const undo of [...plug.undo].reverse()) {
    await takeBack(life, plug, undo);
    onStep?.();
    reach('plug:after-taken');
  }
  if (!isLast) return true;
  await life.keepPlan(done);
  return goesOn(life);
}

function isLent({ undo }: Pick<Plug, 'undo'>): boolean {
  return undo.some((one) => one.undo === 'returnLink');
}

/**
 * Removes the node, or leaves it in place: root inside can prevent changes to its /dev, by remounting it read-only or
 * by a file system of its own that does not answer. That does not keep the device usable, which the filter no longer
 * allows after this.
 */
async function removeNode(
  context: PlugContext,
  node: Extract<LiveUndo, { undo: 'removeNode' }>,
): Promise<void> {
  try {
    await fitInside(context, planRemovedNode(node));
  } catch (error) {
    context.notice(`the node /dev/${node.node} is left, and can't be opened: ${String(error)}`);
  }
}

/** Runs the operations in the container's own mounts. */
async function fitInside(context: PlugContext, operations: FitOperations): Promise<void> {
  await fit(context, { plan: fittingPlan(context, operations), places: new Map() });
}

/** A mount that the container itself has undone is gone; one that it has covered with another can't be reached. */
async function detachTree(
  context: PlugContext,
  mount: MountRecord,
  way: Plug['way'],
): Promise<void> {
  const known = inThisLife(context, mount, way);
  if (known === undefined) return;
  try {
    await fitInside(context, planDetached(known));
  } catch (error) {
    const { ESTALE, EBUSY } = system.errno;
    const isKept = TslxcError.is(error) && [ESTALE, EBUSY].some((one) => one === error.errno);
    if (way === 'out' || !isKept) throw error;
    context.notice(`a file system that was not attached is left mounted: ${String(error)}`);
  }
}

/** The mount in the current life, since it is another one after a reboot. Undefined if none was made. */
function inThisLife(
  context: PlugContext,
  mount: MountRecord,
  way: Plug['way'],
): MountRecord | undefined {
  if (mount.init === context.running.init) return mount;
  const recorded = mountedFromStart(context, mount.target);
  if (recorded !== undefined || way === 'in') return recorded;
  return mountedAt(context, mount.target);
}

/** The fields of a record that depend on its devices. */
export function fieldsOf({ xml, undo, links, devices, mounts }: StartRecord): DeviceFields {
  return {
    xml,
    undo,
    ...(links === undefined ? {} : { links }),
    ...(devices === undefined ? {} : { devices }),
    ...(mounts === undefined ? {} : { mounts }),
  };
}

function withoutPlug(record: StartRecord): StartRecord {
  const { plug: _plug, ...rest } = record;
  return rest;
}

/** The record with these fields; those that are missing here are removed from it. */
function withFields(record: StartRecord, fields: DeviceFields): StartRecord {
  const { links: _links, devices: _devices, mounts: _mounts, ...rest } = record;
  return { ...rest, ...fields };
}

async function takeBack(
  context: PlugContext,
  { way, without }: Plug,
  undo: LiveUndo,
): Promise<void> {
  switch (undo.undo) {
    case 'removeNode':
      await removeNode(context, undo);
      return;
    case 'detachTree':
      await detachTree(context, undo, way);
      return;
    case 'filterDevices':
      await filterDevices(context, { before: undo.before, after: without.devices ?? [] });
      return;
    case 'restoreLabel':
      await restoreSource({ paths: context.paths, user: context.name, path: undo.path });
      return;
    default: {
      const { running, notice } = context;
      const networks = isInitOf(running) ? [`/proc/${running.init}/ns/net`] : [];
      await undoAll([undo], { networks, notice });
    }
  }
}

/** Changes which devices the container's filter allows besides those that every container may use. */
export async function filterDevices(
  { definition, layout }: PlugContext,
  { before, after }: Readonly<Record<'before' | 'after', readonly HostDevice[]>>,
): Promise<void> {
  const places = cgroupPlaces(layoutInPartition(definition, layout), containerFolder(definition));
  const rules = (devices: readonly HostDevice[]) => devices.map(({ rule }) => rule);
  await native().applyCgroupSteps(
    changeDevices(places, definition, { before: rules(before), after: rules(after) }),
  );
}

function fittingPlan(
  { paths, name, within, definition }: PlugContext,
  operations: FitOperations,
): FittingPlan {
  const { namespaces, ...lists } = operations;
  const armed = armedFailpoint(process.env);
  return {
    header: {
      runDirectory: runPaths(paths, name).directory,
      namespaces,
      mapped: definition.idMap === undefined ? 0 : 1,
      deadline: within,
      failpoint: armed === undefined ? 0 : failpoints.indexOf(armed.point) + 1,
      failAction: armed === undefined ? 0 : failActions.indexOf(armed.action),
      failCount: armed?.count ?? 0,
    },
    ...lists,
  };
}
