/** Weights and rates of block devices: `<blkiotune>`. Pure. */
import { chosen, count } from './cgroup-values';
import { valueError, wordsOf, type Entry } from '../entry';
import type { Scene } from '../scene';
import { deviceLimits } from '../../tuning/block-tuning';
import { node, type PrintableElement } from '../../xml/print';

type Limit = (typeof deviceLimits)[number]['element'];

/** Limits of each device, by `MAJOR:MINOR`. */
type Devices = Map<string, Map<Limit, number>>;

/** Files of version 1 that have a line `MAJOR:MINOR VALUE` for each device. */
const deviceFiles: Readonly<Record<string, Limit>> = {
  'blkio.weight_device': 'weight',
  'blkio.bfq.weight_device': 'weight',
  'blkio.throttle.read_iops_device': 'read_iops_sec',
  'blkio.throttle.write_iops_device': 'write_iops_sec',
  'blkio.throttle.read_bps_device': 'read_bytes_sec',
  'blkio.throttle.write_bps_device': 'write_bytes_sec',
};

/** Words of io.max. */
const rates: Readonly<Record<string, Limit>> = {
  riops: 'read_iops_sec',
  wiops: 'write_iops_sec',
  rbps: 'read_bytes_sec',
  wbps: 'write_bytes_sec',
};

/** `<blkiotune>`, or nothing. @throws TslxcError CONF_SYNTAX. */
export function convertBlockLimits(scene: Scene): PrintableElement[] {
  const devices: Devices = new Map();
  const legacy = readWeight(scene, ['lxc.cgroup.blkio.weight', 'lxc.cgroup.blkio.bfq.weight']);
  const unified = readWeights(scene, devices);
  const weight = chosen(scene, legacy, unified);
  readDeviceFiles(scene, devices);
  readRates(scene, devices);
  const elements = [
    ...(weight === undefined ? [] : [node('weight', {}, [String(weight)])]),
    ...[...devices].map(([numbers, limits]) => deviceElement(scene, numbers, limits)),
  ];
  return elements.length === 0 ? [] : [node('blkiotune', {}, elements)];
}

function deviceElement(
  { host }: Scene,
  numbers: string,
  limits: ReadonlyMap<Limit, number>,
): PrintableElement {
  const path = host.deviceNames.get(`b ${numbers}`) ?? `/dev/block/${numbers}`;
  const children = deviceLimits.flatMap(({ element }) => {
    const value = limits.get(element);
    return value === undefined ? [] : [node(element, {}, [String(value)])];
  });
  return node('device', {}, [node('path', {}, [path]), ...children]);
}

function readWeight({ settings }: Scene, keys: readonly string[]) {
  const entry = keys.flatMap((key) => settings.take(key) ?? []).at(-1);
  const value = entry && count(entry);
  return entry === undefined || value === undefined ? undefined : { entry, value };
}

/** io.weight has the container's weight (`default 100`, or the number alone) and weights of devices (`8:0 200`). */
function readWeights({ settings }: Scene, devices: Devices) {
  let own: { readonly entry: Entry; readonly value: number } | undefined;
  for (const key of ['lxc.cgroup2.io.weight', 'lxc.cgroup2.io.bfq.weight']) {
    for (const entry of settings.takeAll(key)) {
      const [first = '', second] = wordsOf(entry);
      const value = count({ ...entry, value: second ?? first });
      if (value === undefined) continue;
      if (second === undefined || first === 'default') own = { entry, value };
      else limitsOf(devices, numbersOf(entry)).set('weight', value);
    }
  }
  return own;
}

function readDeviceFiles({ settings }: Scene, devices: Devices): void {
  for (const [file, limit] of Object.entries(deviceFiles)) {
    for (const entry of settings.takeAll(`lxc.cgroup.${file}`)) {
      const [, second = ''] = wordsOf(entry);
      const value = count({ ...entry, value: second });
      if (value !== undefined) limitsOf(devices, numbersOf(entry)).set(limit, value);
    }
  }
}

function readRates({ settings }: Scene, devices: Devices): void {
  for (const entry of settings.takeAll('lxc.cgroup2.io.max')) {
    const limits = limitsOf(devices, numbersOf(entry));
    for (const word of wordsOf(entry).slice(1)) {
      const [name = '', text = ''] = word.split('=');
      const limit = rates[name];
      if (limit === undefined) throw valueError(entry, `no rate '${name}'`);
      const value = count({ ...entry, value: text });
      if (value !== undefined) limits.set(limit, value);
    }
  }
}

function numbersOf(entry: Entry): string {
  const [numbers = ''] = wordsOf(entry);
  if (/^\d{1,4}:\d{1,7}$/.test(numbers)) return numbers;
  throw valueError(entry, 'begins with no numbers of a device, such as 8:0');
}

function limitsOf(devices: Devices, numbers: string): Map<Limit, number> {
  const limits = devices.get(numbers) ?? new Map<Limit, number>();
  devices.set(numbers, limits);
  return limits;
}
