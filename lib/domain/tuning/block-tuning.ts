/** `<blkiotune>`: limits and weights of block devices. */
import { definitionError } from '../xml/source-location';
import { node, type PrintableElement } from '../xml/print';
import {
  childOf,
  childrenOf,
  readElement,
  readText,
  type LocatedElement,
  type Reading,
} from '../xml/reading';
import type { ParseSession } from '../parse-session';
import type { BlockDeviceTuning, BlockTuning } from './definition';
import { textVocabulary, vocabulary } from '../xml/vocabulary';

/** The weights that the kernel accepts. */
const blockWeights = [1, 10_000] as const;

export const blockTuningVocabulary = vocabulary({ children: { weight: 'one', device: 'many' } });

/** The elements of a device in libvirt's output order, their properties, and their names in libvirt's messages. */
export const deviceLimits = [
  { element: 'weight', property: 'weight', words: 'weight' },
  { element: 'read_iops_sec', property: 'readIops', words: 'read iops sec' },
  { element: 'write_iops_sec', property: 'writeIops', words: 'write iops sec' },
  { element: 'read_bytes_sec', property: 'readBytes', words: 'read bytes sec' },
  { element: 'write_bytes_sec', property: 'writeBytes', words: 'write bytes sec' },
] as const;

/** `<device>` of `<blkiotune>`. */
export const blockDeviceVocabulary = vocabulary({
  children: {
    path: 'one',
    ...Object.fromEntries(deviceLimits.map(({ element }) => [element, 'one' as const])),
  },
});

/** As in libvirt, 0 means no limit. @throws DefinitionError XML_ERROR, INVALID_ARG or CONFIG_UNSUPPORTED, as libvirt. */
export function parseBlockTuning(
  domain: Reading,
  session: ParseSession,
): { blockTuning?: BlockTuning } {
  const at = childOf(domain, 'blkiotune');
  if (at === undefined) return {};
  const reading = readElement(at, blockTuningVocabulary, session);
  const weight = parseWeight(childOf(reading, 'weight'), session);
  const devices: BlockDeviceTuning[] = [];
  for (const element of childrenOf(reading, 'device')) {
    const device = parseDevice(element, session);
    if (devices.some(({ path }) => path === device.path)) {
      const detail = `duplicate blkio device path '${device.path}'`;
      throw definitionError('CONFIG_UNSUPPORTED', detail, element);
    }
    devices.push(device);
  }
  if (weight === undefined && devices.length === 0) return {};
  return {
    blockTuning: { ...(weight === undefined ? {} : { weight }), devices, position: at.position },
  };
}

/** The children of `<blkiotune>`. */
export function formatBlockTuning(tuning: BlockTuning | undefined): PrintableElement[] {
  if (tuning === undefined) return [];
  return [
    ...number('weight', tuning.weight),
    ...tuning.devices.map((device) =>
      node('device', {}, [
        node('path', {}, [device.path]),
        ...deviceLimits.flatMap(({ element, property }) => number(element, device[property])),
      ]),
    ),
  ];
}

function parseDevice(at: LocatedElement, session: ParseSession): BlockDeviceTuning {
  const reading = readElement(at, blockDeviceVocabulary, session);
  const path = readText(childOf(reading, 'path'), session);
  if (path === undefined)
    throw definitionError('CONFIG_UNSUPPORTED', 'missing per-device path', at);
  const limits = deviceLimits.flatMap(({ element, property, words }) => {
    const child = childOf(reading, element);
    const value =
      property === 'weight'
        ? parseWeight(child, session)
        : parseCount(child, `could not parse ${words}`, session);
    return value === undefined ? [] : [[property, value] as const];
  });
  return { path, ...Object.fromEntries(limits) };
}

function parseWeight(at: LocatedElement | undefined, session: ParseSession): number | undefined {
  const weight = parseCount(at, 'could not parse weight', session);
  if (at === undefined || weight === undefined || weight <= blockWeights[1]) return weight;
  const detail = `weight '${weight}' must be in range [${blockWeights.join(', ')}]`;
  throw definitionError('INVALID_ARG', detail, at);
}

function parseCount(
  at: LocatedElement | undefined,
  fault: string,
  session: ParseSession,
): number | undefined {
  if (at === undefined) return undefined;
  const { text } = readElement(at, textVocabulary, session);
  const value = /^\s*\+?\d{1,16}\s*$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value)) return value === 0 ? undefined : value;
  throw definitionError('XML_ERROR', `${fault} ${text}`, at);
}

function number(name: string, value: number | undefined): PrintableElement[] {
  return value === undefined ? [] : [node(name, {}, [String(value)])];
}
