/** Weights and rates of block devices in the files of both versions. Pure. */
import type { BlockDeviceTuning, BlockTuning } from '../../domain/tuning/definition';
import type { CgroupPlace } from '../cgroups/places';
import type { LimitWrite } from './limit-write';

/** `major:minor` of each device, by its path. */
export type BlockNumbers = ReadonlyMap<string, string>;

type Rate = 'readBytes' | 'writeBytes' | 'readIops' | 'writeIops';

/** In the order in which io.max prints them. */
const rates: readonly { rate: Rate; v1: string; v2: string }[] = [
  { rate: 'readBytes', v1: 'read_bps', v2: 'rbps' },
  { rate: 'writeBytes', v1: 'write_bps', v2: 'wbps' },
  { rate: 'readIops', v1: 'read_iops', v2: 'riops' },
  { rate: 'writeIops', v1: 'write_iops', v2: 'wiops' },
];

/** The largest weight that the BFQ scheduler accepts. */
const bfqMost = 1000;

export interface BlockContext {
  readonly numbers: BlockNumbers;
  /** Files that hold weights on this host: `io.weight`, `io.bfq.weight`, `blkio.bfq.weight`. */
  readonly weightFiles: readonly string[];
}

/** The writes for each given device. A limit that is left out is removed. */
export function blockWrites(
  place: CgroupPlace,
  { weight, devices }: Pick<BlockTuning, 'weight' | 'devices'>,
  context: BlockContext,
): LimitWrite[] {
  return [
    ...(weight === undefined ? [] : weightWrites(place, weight, context)),
    ...devices.flatMap((device) => {
      const number = context.numbers.get(device.path) ?? '';
      return [
        ...deviceWeightWrites(place, { number, weight: device.weight }, context),
        ...rateWrites(place, number, device),
      ];
    }),
  ];
}

/** The largest weight that this host's files accept. */
export function mostWeight({ weightFiles }: Pick<BlockContext, 'weightFiles'>): number {
  return weightFiles.some((name) => name.includes('bfq')) ? bfqMost : 10_000;
}

/** The current limits of these devices. */
export function readBlock(
  place: CgroupPlace,
  read: (path: string) => string | undefined,
  { numbers, weightFiles }: BlockContext,
): Pick<BlockTuning, 'weight' | 'devices'> {
  const [file] = weightFiles;
  const weights = file === undefined ? '' : (read(`${place.path}/${file}`) ?? '');
  const own = Number(lineOf(weights, 'default') ?? weights.trim());
  const ofDevices =
    place.version === 'v1' ? (read(`${place.path}/${file ?? ''}_device`) ?? '') : weights;
  const devices = [...numbers].map(([path, number]): BlockDeviceTuning => {
    const weight = lineOf(ofDevices, number);
    return {
      path,
      ...(weight === undefined ? {} : { weight: Number(weight) }),
      ...readRates(place, number, read),
    };
  });
  return { ...(own > 0 ? { weight: own } : {}), devices };
}

function weightWrites(
  { version, path }: CgroupPlace,
  weight: number,
  { weightFiles }: BlockContext,
): LimitWrite[] {
  return weightFiles.map((name) =>
    version === 'v1'
      ? { path: `${path}/${name}`, value: String(weight), as: 'text' }
      : { path: `${path}/${name}`, value: `default ${weight}`, as: 'line', key: 'default' },
  );
}

function deviceWeightWrites(
  { version, path }: CgroupPlace,
  { number, weight }: { readonly number: string; readonly weight: number | undefined },
  { weightFiles }: BlockContext,
): LimitWrite[] {
  const none = `${number} default`;
  return weightFiles.map((name) => ({
    path: `${path}/${name}${version === 'v1' ? '_device' : ''}`,
    value: weight === undefined ? none : `${number} ${weight}`,
    as: 'line',
    key: number,
    none,
  }));
}

function rateWrites(
  { version, path, joined }: CgroupPlace,
  number: string,
  device: BlockDeviceTuning,
): LimitWrite[] {
  if (version === 'v1') {
    return rates.map(({ rate, v1 }) => ({
      path: `${joined}/blkio.throttle.${v1}_device`,
      value: `${number} ${device[rate] ?? 0}`,
      as: 'line',
      key: number,
      none: `${number} 0`,
    }));
  }
  const line = (of: { readonly [Name in Rate]?: number | undefined }): string =>
    [number, ...rates.map(({ rate, v2 }) => `${v2}=${of[rate] ?? 'max'}`)].join(' ');
  return [{ path: `${path}/io.max`, value: line(device), as: 'line', key: number, none: line({}) }];
}

function readRates(
  { version, path, joined }: CgroupPlace,
  number: string,
  read: (path: string) => string | undefined,
): Partial<Record<Rate, number>> {
  const found = rates.map(({ rate, v1, v2 }) => {
    const text =
      version === 'v1'
        ? lineOf(read(`${joined}/blkio.throttle.${v1}_device`) ?? '', number)
        : new RegExp(`\\b${v2}=(\\d+)`).exec(
            lineOf(read(`${path}/io.max`) ?? '', number) ?? '',
          )?.[1];
    return [rate, Number(text ?? 0)] as const;
  });
  return Object.fromEntries(found.filter(([, value]) => value > 0));
}

/** The rest of the line that begins with `key`. */
function lineOf(text: string, key: string): string | undefined {
  const line = text.split('\n').find((one) => one.startsWith(`${key} `));
  return line?.slice(key.length + 1).trim();
}
