/** Weights and rates of block devices: `<blkiotune>`. */
import { deviceLimits } from '../../domain/tuning/block-tuning';
import type { DomainDefinition } from '../../domain/definition';
import type { BlockDeviceTuning } from '../../domain/tuning/definition';
import { TslxcError } from '../../errors';
import {
  blockWrites,
  mostWeight,
  readBlock,
  type BlockContext,
} from '../../plan/limits/block-limits';
import type { BlockTuningChange, BlockTuningInfo } from './types';
import {
  changeLimit,
  checkWhole,
  lookAtLimit,
  nowhere,
  type Counted,
  type LimitQuery,
  type Live,
} from './live-limits';

const ownWeight: Counted = { what: 'weight', element: 'change.weight' };

function ofDevice(index: number, property: string): Counted {
  return { what: property, element: `change.devices[${index}].${property}` };
}

export async function getBlockTuning(query: LimitQuery): Promise<BlockTuningInfo> {
  return lookAtLimit(query, {
    live: async (live) => {
      const paths = (live.definition.blockTuning?.devices ?? []).map(({ path }) => path);
      const found = readBlock(live.place('io'), live.read, await contextOf(query, live, paths));
      return { ...found, devices: found.devices.filter(isLimited) };
    },
    stored: ({ blockTuning }) => {
      const { weight, devices = [] } = blockTuning ?? {};
      return { ...(weight === undefined ? {} : { weight }), devices };
    },
  });
}

/** @throws TslxcError INVALID_ARG for a value out of its range and for a path that is not a block device; and as `changeLimit`. */
export async function setBlockTuning(query: LimitQuery, change: BlockTuningChange): Promise<void> {
  const { weight, devices = [] } = change;
  if (weight !== undefined) checkWhole(ownWeight, weight, [1, mostWeight({ weightFiles: [] })]);
  for (const [index, device] of devices.entries()) {
    for (const { property } of deviceLimits) {
      const most = property === 'weight' ? 10_000 : Number.MAX_SAFE_INTEGER;
      checkWhole(ofDevice(index, property), device[property] ?? 0, [0, most]);
    }
  }
  await changeLimit(query, {
    stored: (definition) => withTuning(definition, change),
    live: async (live) => {
      const paths = devices.map(({ path }) => path);
      const context = await contextOf(query, live, paths);
      const wanted = devices.map((device) => merged(live.definition, device));
      checkWeight(ownWeight, weight, context);
      for (const [index, device] of wanted.entries()) {
        checkWeight(ofDevice(index, 'weight'), device.weight, context);
      }
      return {
        writes: blockWrites(
          live.place('io'),
          { ...(weight === undefined ? {} : { weight }), devices: wanted },
          context,
        ),
        definition: withTuning(live.definition, change),
      };
    },
  });
}

async function contextOf(
  { session }: LimitQuery,
  { layout }: Live,
  paths: readonly string[],
): Promise<BlockContext> {
  const { weightFiles = [] } = layout;
  const { lookers, startTimeout } = session;
  using looks = lookers.looks({ within: startTimeout });
  return { numbers: await session.containers.limits.blockNumbers(paths, looks), weightFiles };
}

function checkWeight(argument: Counted, weight: number | undefined, context: BlockContext): void {
  if (weight === undefined) return;
  if (context.weightFiles.length === 0) {
    const detail = 'this kernel does not support weights of block devices';
    throw new TslxcError('OPERATION_UNSUPPORTED', detail);
  }
  checkWhole(argument, weight, [1, mostWeight(context)]);
}

function withTuning(
  definition: DomainDefinition,
  { weight, devices = [] }: BlockTuningChange,
): DomainDefinition {
  const { blockTuning = { devices: [], position: nowhere }, ...rest } = definition;
  const kept = blockTuning.devices.filter((one) => !devices.some(({ path }) => path === one.path));
  const changed = devices.map((device) => merged(definition, device)).filter(isLimited);
  const all = [...kept, ...changed];
  const own = weight ?? blockTuning.weight;
  if (own === undefined && all.length === 0) return rest;
  const { position } = blockTuning;
  const tuning = { ...(own === undefined ? {} : { weight: own }), devices: all, position };
  return { ...rest, blockTuning: tuning };
}

/** The entry of a device, with the limits that the definition already has, and without those that are removed. */
function merged({ blockTuning }: DomainDefinition, change: BlockDeviceTuning): BlockDeviceTuning {
  const before = blockTuning?.devices.find(({ path }) => path === change.path);
  const all = { ...before, ...change };
  const limits = deviceLimits.flatMap(({ property }) => {
    const value = all[property] ?? 0;
    return value === 0 ? [] : [[property, value] as const];
  });
  return { path: change.path, ...Object.fromEntries(limits) };
}

function isLimited(device: BlockDeviceTuning): boolean {
  return deviceLimits.some(({ property }) => device[property] !== undefined);
}
