/** The `<disk>` that the options of attach-disk describe, with its parts in virsh's order. */
import { statSync } from 'node:fs';
import { node, type PrintableElement } from '../../../domain/xml/print';
import { CommandError, UsageError } from '../../shell/command-error';
import type { Option, Options } from '../../shell/arguments';
import { addressElement } from './disk-address';

const text = (name: string, help: string): Option => ({ name, kind: 'string', help });

/** Options of virsh for properties of a disk that a container does not see. */
const unused = ['iothread', 'cache', 'io', 'serial', 'wwn', 'alias'].map((name) =>
  text(name, 'accepted: a container gets the device of the host itself'),
);

/** Options of virsh for network disks. */
const networked = [
  text('source-protocol', 'refused: no container has disks of the network'),
  text('source-host-name', 'likewise, with its host'),
  text('source-host-transport', 'likewise, with its transport'),
  text('source-host-socket', 'likewise, with its socket'),
];

export const diskOptions: readonly Option[] = [
  {
    name: 'source',
    kind: 'string',
    help: 'source of disk device',
    positional: 'required',
    mayBeEmpty: true,
  },
  { name: 'target', kind: 'string', help: 'target of disk device', positional: 'required' },
  text('targetbus', 'target bus of disk device'),
  text('driver', 'driver of disk device: loop or nbd for an image'),
  text('subdriver', 'format of an image, such as raw and qcow2'),
  ...unused,
  text('type', 'target device type'),
  {
    ...text('mode', 'mode of device reading and writing'),
    aliases: [{ name: 'shareable', value: 'shareable' }],
  },
  text('sourcetype', 'type of source (block|file)'),
  { name: 'rawio', kind: 'flag', help: 'accepted: no disk gives a container CAP_SYS_RAWIO' },
  text('address', 'accepted: a container has no buses'),
  { name: 'multifunction', kind: 'flag', help: 'accepted: a container has no PCI addresses' },
  ...networked,
  text('throttle-groups', 'refused: their limits would not hold; blkiotune has others'),
];

/** The option that each part of the `<disk>` is from. */
export const diskParts: Readonly<Record<string, string>> = {
  '@type': 'sourcetype',
  '@device': 'type',
  '@rawio': 'rawio',
  'driver/@name': 'driver',
  'driver/@type': 'subdriver',
  'driver/@iothread': 'iothread',
  'driver/@cache': 'cache',
  'driver/@io': 'io',
  source: 'source',
  'source/@protocol': 'source-protocol',
  'source/host/@name': 'source-host-name',
  'source/host/@port': 'source-host-name',
  'source/host/@transport': 'source-host-transport',
  'source/host/@socket': 'source-host-socket',
  target: 'target',
  'target/@bus': 'targetbus',
  throttlefilters: 'throttle-groups',
  readonly: 'mode',
  shareable: 'mode',
  serial: 'serial',
  alias: 'alias',
  wwn: 'wwn',
  address: 'address',
  'address/@multifunction': 'multifunction',
};

/** @throws CommandError with virsh's message. */
export function diskElement(options: Options): PrintableElement {
  checkPairs(options);
  const type = sourceType(options);
  const word = (name: string): string | undefined => options.string(name);
  const driver = {
    name: word('driver'),
    type: word('subdriver'),
    iothread: word('iothread'),
    cache: word('cache'),
    io: word('io'),
  };
  const hasDriver = Object.values(driver).some((value) => value !== undefined);
  const rawio = options.has('rawio') ? 'yes' : undefined;
  const target = options.required('target');
  return node('disk', { type, device: word('type'), rawio }, [
    ...(hasDriver ? [node('driver', driver)] : []),
    sourceElement(type, options),
    node('target', { dev: target, bus: word('targetbus') }),
    ...throttleElement(word('throttle-groups')),
    ...modeElement(word('mode')),
    ...(word('serial') === undefined ? [] : [node('serial', {}, [word('serial') ?? ''])]),
    ...(word('alias') === undefined ? [] : [node('alias', { name: word('alias') })]),
    ...(word('wwn') === undefined ? [] : [node('wwn', {}, [word('wwn') ?? ''])]),
    ...addressElement(word('address'), {
      target,
      functions: options.has('multifunction') ? 'several' : 'one',
    }),
  ]);
}

/** Pairs of options: the first has no meaning without the second. */
const pairs = [
  ['source-host-name', 'source-protocol'],
  ['source-host-transport', 'source-protocol'],
  ['source-host-socket', 'source-protocol'],
  ['source-host-socket', 'source-host-transport'],
] as const;

function checkPairs(options: Options): void {
  const [lonely] = pairs.filter(([name, other]) => options.has(name) && !options.has(other));
  if (lonely === undefined) return;
  throw new UsageError(`Option --${lonely[1]} is required by option --${lonely[0]}`);
}

type SourceType = 'block' | 'file' | 'network';

/** As in virsh, a block device has the type block, and anything else the type file, unless an option says the type. */
function sourceType(options: Options): SourceType {
  const asked = options.string('sourcetype');
  const hasProtocol = options.has('source-protocol');
  const type = asked === undefined ? foundType(options) : known(asked);
  if ((type === 'network') === hasProtocol) return type;
  throw refusal('--source-protocol option requires --sourcetype network');
}

function known(word: string): SourceType {
  if (word === 'block' || word === 'file' || word === 'network') return word;
  throw refusal(`Unknown source type: '${word}'`);
}

function foundType(options: Options): SourceType {
  if (options.has('source-protocol')) return 'network';
  if (['file', 'tap'].includes(options.string('driver') ?? '')) return 'file';
  const state = statSync(options.string('source') ?? '', { throwIfNoEntry: false });
  return state?.isBlockDevice() === true ? 'block' : 'file';
}

function sourceElement(type: SourceType, options: Options): PrintableElement {
  const source = options.string('source') ?? '';
  if (type === 'file') return node('source', { file: source });
  if (type === 'block') return node('source', { dev: source });
  return node(
    'source',
    { protocol: options.string('source-protocol'), name: source },
    hostElement(options),
  );
}

/** As in virsh, `name:port` of a host is split at the first colon. */
function hostElement(options: Options): PrintableElement[] {
  const [name, ...port] = options.string('source-host-name')?.split(':') ?? [];
  const host = {
    transport: options.string('source-host-transport'),
    name,
    port: port.length === 0 ? undefined : port.join(':'),
    socket: options.string('source-host-socket'),
  };
  return Object.values(host).some((value) => value !== undefined) ? [node('host', host)] : [];
}

function throttleElement(groups: string | undefined): PrintableElement[] {
  if (groups === undefined) return [];
  const filters = groups.split(',').map((group) => node('throttlefilter', { group }));
  return [node('throttlefilters', {}, filters)];
}

function modeElement(mode: string | undefined): PrintableElement[] {
  if (mode === undefined) return [];
  if (mode === 'readonly' || mode === 'shareable') return [node(mode)];
  throw refusal(`No support for ${mode} in command 'attach-disk'`);
}

function refusal(message: string): CommandError {
  return new CommandError(message, { code: 'INVALID_ARG' });
}
