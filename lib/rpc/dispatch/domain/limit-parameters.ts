/** Which typed parameters each kind of limit has, how they are read from a domain, and how they are set. */
import { cpuParameterFault, schedulerParameters } from '../../../domain/tuning/cpu-ranges';
import { numaModes } from '../../../domain/tuning/numa-tuning';
import type { BlockDeviceTuning } from '../../../domain/tuning/definition';
import type { Domain } from '../../../driver/domain';
import type { MemoryLimit } from '../../../driver/limits/types';
import type { WhichOption } from '../../../driver/types';
import { parameterTypes } from '../../protocol/values';
import type { Parameter } from '../../protocol/values';
import {
  hyperOf,
  intOf,
  numberIn,
  textOf,
  uintOf,
  unsignedHyperOf,
  wrongType,
} from '../base/parameters';
import { directions, rateChange, rateParameters } from '../base/rates';
import { WireError } from '../base/wire-error';

export interface LimitParameters {
  read(domain: Domain, which: WhichOption): Promise<Parameter[]>;
  /** @throws WireError INVALID_ARG for an unknown parameter. */
  write(domain: Domain, parameters: readonly Parameter[], which: WhichOption): Promise<void>;
}

/** KiB that mean no limit. */
const unlimited = 9_007_199_254_740_991;

const memoryNames = {
  hard_limit: 'hardLimit',
  soft_limit: 'softLimit',
  swap_hard_limit: 'swapHardLimit',
} as const;

export const memoryTuning: LimitParameters = {
  read: async (domain, which) => {
    const found = await domain.getMemoryTuning(which);
    return Object.entries(memoryNames).map(([field, name]) =>
      unsignedHyperOf(field, found[name] === 'unlimited' ? unlimited : found[name]),
    );
  },
  write: async (domain, parameters, which) => {
    const numbers = numberIn(parameters, Object.keys(memoryNames));
    const limitOf = (value: number): MemoryLimit => (value >= unlimited ? 'unlimited' : value);
    const change = Object.entries(memoryNames).flatMap(([field, name]) => {
      const value = numbers.get(field);
      return value === undefined ? [] : [[name, limitOf(value)] as const];
    });
    await domain.setMemoryTuning(Object.fromEntries(change), which);
  },
};

export const cpuTuning: LimitParameters = {
  read: async (domain, which) => {
    const { shares, period, quota } = await domain.getCpuTuning(which);
    return [
      unsignedHyperOf('cpu_shares', shares),
      unsignedHyperOf('vcpu_period', period),
      hyperOf('vcpu_quota', quota === 'unlimited' ? -1 : quota),
    ];
  },
  write: async (domain, parameters, which) => {
    const names = Object.keys(schedulerParameters) as SchedulerParameter[];
    const numbers = numberIn(parameters, names);
    for (const { field, value } of parameters) {
      if (typeof value.value === 'bigint') checkExactly(field as SchedulerParameter, value.value);
    }
    const [shares, period, quota] = names.map((name) => numbers.get(name));
    await domain.setCpuTuning(
      {
        ...(shares === undefined ? {} : { shares }),
        ...(period === undefined ? {} : { period }),
        ...(quota === undefined ? {} : { quota: quota < 0 ? 'unlimited' : quota }),
      },
      which,
    );
  },
};

type SchedulerParameter = keyof typeof schedulerParameters;

/**
 * Before it becomes a number, since the error quotes all of its digits: virsh sends the shares -1 as 18446744073709551615.
 *
 * @throws WireError INVALID_ARG.
 */
function checkExactly(field: SchedulerParameter, value: bigint): void {
  const fault = cpuParameterFault(schedulerParameters[field], value);
  if (fault !== undefined) throw new WireError('INVALID_ARG', fault);
}

/** Parameters of block devices are texts: paths and numbers, separated by commas. */
const blockNames = {
  device_weight: 'weight',
  device_read_iops_sec: 'readIops',
  device_write_iops_sec: 'writeIops',
  device_read_bytes_sec: 'readBytes',
  device_write_bytes_sec: 'writeBytes',
} as const;

export const blockTuning: LimitParameters = {
  read: async (domain, which) => {
    const { weight = 0, devices } = await domain.getBlockTuning(which);
    const pairs = (name: (typeof blockNames)[keyof typeof blockNames]): string =>
      devices
        .flatMap((one) => (one[name] === undefined ? [] : [`${one.path},${one[name]}`]))
        .join(',');
    const texts = Object.entries(blockNames).map(([field, name]) => textOf(field, pairs(name)));
    return [uintOf('weight', weight), ...texts];
  },
  write: async (domain, parameters, which) => {
    const { texts, numbers } = sorted(parameters, Object.keys(blockNames));
    const weight = numberIn(numbers, ['weight']).get('weight');
    const found = new Map<string, BlockDeviceTuning>();
    for (const [field, text] of texts) {
      const name = blockNames[field as keyof typeof blockNames];
      for (const [path, value] of pairsOf(field, text)) {
        found.set(path, { ...(found.get(path) ?? { path }), [name]: value });
      }
    }
    await domain.setBlockTuning(
      {
        ...(weight === undefined ? {} : { weight }),
        ...(found.size === 0 ? {} : { devices: [...found.values()] }),
      },
      which,
    );
  },
};

export const numaTuning: LimitParameters = {
  read: async (domain, which) => {
    const { mode, nodeset } = await domain.getNumaTuning(which);
    return [intOf('numa_mode', numaModes.indexOf(mode)), textOf('numa_nodeset', nodeset)];
  },
  write: async (domain, parameters, which) => {
    const { texts, numbers } = sorted(parameters, ['numa_nodeset']);
    const number = numberIn(numbers, ['numa_mode']).get('numa_mode');
    const nodeset = texts.get('numa_nodeset');
    const mode = number === undefined ? undefined : numaModes[number];
    if (number !== undefined && mode === undefined) {
      throw new WireError('INVALID_ARG', `unsupported numatune mode: '${number}'`);
    }
    await domain.setNumaTuning(
      { ...(mode === undefined ? {} : { mode }), ...(nodeset === undefined ? {} : { nodeset }) },
      which,
    );
  },
};

/** Of one interface. As in libvirt, its name in the container is none by which a client may call it. */
export function interfaceRates(device: string): LimitParameters {
  return {
    read: async (domain, which) => {
      await refuseNameInside(domain, device, which);
      const rates = await domain.getBandwidth(device, which);
      return directions.flatMap((direction) => rateParameters(rates, direction));
    },
    write: async (domain, parameters, which) => {
      await refuseNameInside(domain, device, which);
      await domain.setBandwidth(device, rateChange(parameters), which);
    },
  };
}

/** @throws WireError INVALID_ARG for a name that an interface has only in the container. */
async function refuseNameInside(
  domain: Domain,
  device: string,
  { which }: WhichOption,
): Promise<void> {
  const interfaces = await domain.interfaces(
    which === undefined || which === 'both' ? {} : { which },
  );
  const isOutside = interfaces.some(({ name }) => name === device);
  if (isOutside || !interfaces.some(({ guest }) => guest === device)) return;
  throw new WireError('INVALID_ARG', `invalid path, '${device}' is not a known interface`);
}

/**
 * Separates the parameters with these names, which are texts, from the others.
 *
 * @throws WireError INVALID_ARG if one of them is not a text.
 */
function sorted(
  parameters: readonly Parameter[],
  names: readonly string[],
): { texts: Map<string, string>; numbers: Parameter[] } {
  const texts = new Map<string, string>();
  const numbers: Parameter[] = [];
  for (const parameter of parameters) {
    const { field, value } = parameter;
    if (!names.includes(field)) numbers.push(parameter);
    else if (value.type === parameterTypes.text) texts.set(field, value.value);
    else throw wrongType(field);
  }
  return { texts, numbers };
}

/** `/dev/sda,100,/dev/sdb,200`. */
function pairsOf(field: string, text: string): [string, number][] {
  const words = text.split(',');
  const pairs: [string, number][] = [];
  for (let at = 0; at < words.length; at += 2) {
    const [path = '', value = ''] = words.slice(at, at + 2);
    const number = /^\d{1,16}$/.test(value) ? Number(value) : NaN;
    if (path === '' || !Number.isSafeInteger(number)) {
      throw new WireError('INVALID_ARG', `unable to parse blkio device '${field}' '${text}'`);
    }
    pairs.push([path, number]);
  }
  return pairs;
}
