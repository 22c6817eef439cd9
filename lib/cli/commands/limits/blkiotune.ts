/** blkiotune: weights and rates of block devices. */
import { formatOption, showsData } from '../../output/data';
import { deviceLimits } from '../../../domain/tuning/block-tuning';
import { TslxcError } from '../../../errors';
import { CommandError, withErrorMessage } from '../../shell/command-error';
import { domainOption, findDomain } from '../../options/domain-argument';
import { parameterLine } from '../../output/parameter-lines';
import { whichOf, whichOptions } from '../../options/which-option';
import type { BlockDeviceTuning, BlockTuningInfo } from '../../../index';
import type { Options } from '../../shell/arguments';
import type { CommandTable, Context } from '../../shell/command';

type Property = (typeof deviceLimits)[number]['property'];

/** In virsh's order. */
const devices = [
  { option: 'device-weights', name: 'device_weight', property: 'weight' },
  { option: 'device-read-iops-sec', name: 'device_read_iops_sec', property: 'readIops' },
  { option: 'device-write-iops-sec', name: 'device_write_iops_sec', property: 'writeIops' },
  { option: 'device-read-bytes-sec', name: 'device_read_bytes_sec', property: 'readBytes' },
  { option: 'device-write-bytes-sec', name: 'device_write_bytes_sec', property: 'writeBytes' },
] as const satisfies readonly { option: string; name: string; property: Property }[];

export const commands: CommandTable = {
  blkiotune: {
    group: 'domain',
    summary: 'get or set blkio parameters',
    description:
      'Get or set the current blkio parameters for a guest domain. Of a device, 0 takes the limit away. Without\n' +
      'parameters to set, shows those that there are.',
    options: [
      domainOption,
      { name: 'weight', kind: 'number', help: 'IO weight', positional: 'undocumented' },
      ...devices.map(({ option, name }) => ({
        name: option,
        kind: 'string' as const,
        help: `${name.replaceAll('_', ' ')}: /path/to/device,value,…`,
        positional: 'undocumented' as const,
        mayBeEmpty: true as const,
      })),
      ...whichOptions,
      formatOption,
    ],
    example: 'tslxc blkiotune helloworld --device-write-bytes-sec /dev/vda,1048576',
    run: tune,
  },
};

async function tune(context: Context, options: Options): Promise<undefined> {
  const which = whichOf(options);
  const domain = await findDomain(await context.connect(), options.required('domain'));
  const weight = weightOf(options);
  if (devices.some(({ option }) => options.string(option) === '')) {
    throw new CommandError('Unable to parse string parameter', { code: 'INVALID_ARG' });
  }
  if (weight === undefined && devices.every(({ option }) => !options.has(option))) {
    const now = await withErrorMessage('Unable to get number of blkio parameters', () =>
      domain.getBlockTuning(which),
    );
    if (showsData(context.output, options, now)) return undefined;
    for (const line of lines(now)) context.output.line(line);
    return undefined;
  }
  await withErrorMessage('Unable to change blkio parameters', () => {
    const limited = devicesOf(options);
    const change = {
      ...(weight === undefined ? {} : { weight }),
      ...(limited.length === 0 ? {} : { devices: limited }),
    };
    return domain.setBlockTuning(change, which);
  });
  return undefined;
}

function weightOf(options: Options): number | undefined {
  const weight = options.integer('weight');
  if (weight === undefined || weight > 0) return weight;
  throw new CommandError(`Invalid value of ${weight} for I/O weight`, { code: 'INVALID_ARG' });
}

function devicesOf(options: Options): BlockDeviceTuning[] {
  const found = new Map<string, BlockDeviceTuning>();
  for (const { option, name, property } of devices) {
    const text = options.string(option);
    if (text === undefined) continue;
    for (const [path, value] of readPairs(text, name)) {
      found.set(path, { ...(found.get(path) ?? { path }), [property]: value });
    }
  }
  return [...found.values()];
}

/** Parses `/dev/sda,100,/dev/sdb,200`. @throws TslxcError INVALID_ARG, as libvirt's driver does. */
function readPairs(text: string, name: string): [string, number][] {
  const words = text.split(',');
  const pairs: [string, number][] = [];
  for (let at = 0; at < words.length; at += 2) {
    const [path = '', value] = words.slice(at, at + 2);
    if (value !== undefined && !/^\d/.test(value)) {
      const rest = words.slice(at + 1).join(',');
      const detail = `invalid value '${rest}' for parameter '${name}' of device '${path}'`;
      throw new TslxcError('INVALID_ARG', detail);
    }
    const number = /^\d{1,16}$/.test(value ?? '') ? Number(value) : NaN;
    if (path === '' || !Number.isSafeInteger(number)) {
      throw new TslxcError('INVALID_ARG', `unable to parse blkio device '${name}' '${text}'`);
    }
    pairs.push([path, number]);
  }
  return pairs;
}

function lines({ weight = 0, devices: limited }: BlockTuningInfo): string[] {
  const pairs = (property: Property): string =>
    limited
      .flatMap((device) => {
        const value = device[property];
        return value === undefined ? [] : [`${device.path},${value}`];
      })
      .join(',');
  return [
    parameterLine('weight', weight),
    ...devices.map(({ name, property }) => parameterLine(name, pairs(property))),
  ];
}
