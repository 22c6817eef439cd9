/**
 * A device that is attached to a running container, or detached from it: on record before anything is done, so that it is
 * in or out whatever dies. A process that has the domain's lock and finds one on its way takes it out.
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

/** A running container, as what changes its devices sees it. */
export interface PlugContext extends FitTarget {
  /** What runs, with the ids that it was given. */
  readonly definition: DomainDefinition;
  readonly lookers: Lookers;
  /** Milliseconds that what the container or the device's source lies on may take to answer. */
  readonly within: number;
  /** Has the monitor start init again with the devices of this record. */
  readonly keepPlan: (record: StartRecord) => Promise<void>;
  /** Told of what was given back in another way than it was taken. */
  readonly notice: (text: string) => void;
  /** Called when what is on its way is out, before it is off the record: again by the next process if that does not come to its end. */
  readonly onOut: (record: StartRecord) => Promise<void>;
}

/** How a device gets in. */
export interface Plugging {
  /** The record with it. */
  readonly record: DeviceFields;
  /** In the order in which it is done. */
  readonly undo: readonly LiveUndo[];
  /** Before the container is changed. */
  readonly onHost: readonly (() => Promise<void>)[];
  readonly operations: FitOperations;
  readonly places: FitPlaces;
  /** The record and what is undone, once it is known what is attached. */
  readonly identify?: (record: StartRecord, prepared: MessageNamed<'prepared'>) => StartRecord;
  /** When it is in. */
  readonly afterwards: readonly ((record: StartRecord) => Promise<StartRecord>)[];
}

/**
 * Attaches it. The record that stands at the end; after an error the container, and the record, are as they were.
 *
 * @throws as `fit`, and as the steps of `plugging`.
 */
export async function plugIn(
  context: PlugContext,
  start: StartRecord,
  plugging: Plugging,
): Promise<StartRecord> {
  const { paths } = context;
  reach('plug:before-record');
  let record: StartRecord = {
    ...withFields(start, plugging.record),
    plug: { way: 'in', undo: plugging.undo, without: fieldsOf(start) },
  };
  replaceStart(paths, record);
  reach('plug:after-record');
  try {
    for (const step of plugging.onHost) {
      await step();
      reach('plug:after-host-step');
    }
    // What the host lends would die with the network of a life, if the next one did not know of it.
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
      context.notice(`a device is still on its way: ${String(second)}`);
    });
    throw error;
  }
}

/**
 * Detaches a device: `undo` in reverse. The record that stands at the end. When its first step fails, nothing is changed;
 * when a later one does, or it is not known what has been done, the next process that has the domain's lock goes on with it.
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
        context.notice(`a device is still on its way out: ${String(second)}`);
      });
    }
    throw error;
  }
}

/** Of what was killed, or has not answered, it is not known how far it has come. */
function isReported(error: unknown): boolean {
  const unknown = ['OPERATION_FAILED', 'OPERATION_TIMEOUT', 'OPERATION_INVALID'] as const;
  return !unknown.some((code) => TslxcError.is(error, code));
}

/** Told without a look at what may not answer. */
function isStillMounted(context: PlugContext, { undo }: Plug): boolean {
  const first = undo.at(-1);
  if (first?.undo !== 'detachTree') return false;
  const known = inThisLife(context, first, 'out');
  return known !== undefined && isMounted(context, known);
}

/** In this life. The next one may have begun by the plan without the device: then it is still to be taken out. */
async function leaveIn(context: PlugContext, start: StartRecord): Promise<void> {
  await context.keepPlan(start);
  if (goesOn(context)) replaceStart(context.paths, start);
}

/** In how many lives of a container that reboots on and on. */
const mostLives = 5;

/** Takes out what is on its way, in the life that runs; the record that stands then. `onStep` is told of each thing that is taken back. */
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
 * False when the next life may have begun with the device. The plan for it comes first, so that no later life has the device; for what
 * the host lends it comes last, since what a life does not know of dies with the network of the one before.
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
 * Root inside can keep its /dev from being changed, by remounting it read-only or by a file system of its own that does not
 * answer. The node stays then: the device is not kept by that, which the filter allows no more after this.
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

/** In the container's own mounts. */
async function fitInside(context: PlugContext, operations: FitOperations): Promise<void> {
  await fit(context, { plan: fittingPlan(context, operations), places: new Map() });
}

/** One that the container has unmounted itself is gone; one that it has covered can't be reached. */
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

/** After a reboot it is another mount. Undefined where none was made. */
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

/** What of the record is another with another device. */
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

/** The record with these, and with none where there are none. */
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

/** What the container's filter allows besides what every container may use. */
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
