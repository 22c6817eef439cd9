/** Formats the content of `<devices>` in libvirt's order, as inactive or as live XML. */
import type {
  ConsoleDefinition,
  DiskDefinition,
  DomainDefinition,
  HostDeviceDefinition,
  LiveState,
} from '../definition';
import type { Position } from '../xml/element';
import type { FilesystemDefinition, ImageDriver } from '../filesystem/definition';
import { formatHostInterface, formatInterface } from '../interface/format';
import { diskSources } from './disk/disk';
import { hostDeviceSources } from './host-device';
import { formatUsb } from './usb-device';
import { comparePositions } from '../xml/source-location';
import { node, type PrintableElement } from '../xml/print';
import { formatSourceLabels } from '../security/source-label';
import { withKept } from '../xml/kept';
import { formatSpaceLimits } from '../filesystem/space-limits';
import { filesystemVocabulary } from '../filesystem/vocabulary';
import {
  consoleVocabulary,
  devicesVocabulary,
  diskVocabulary,
  hostdevVocabulary,
} from './device-vocabulary';
import { inLibvirtOrder } from './disk/disk-order';

/** The children of `<devices>`. */
export function formatDevices(
  definition: DomainDefinition,
  live: LiveState | undefined,
): PrintableElement[] {
  const supported = new Map<string, readonly PrintableElement[]>([
    ['emulator', [node('emulator', {}, [definition.emulator])]],
    ['disk', formatDisks(definition)],
    ['filesystem', formatFilesystems(definition, live)],
    ['interface', formatInterfaces(definition, live)],
    ['console', definition.consoles.map((item, port) => formatConsole(item, port, live))],
    ['hostdev', formatHostDevices(definition)],
  ]);
  return [...devicesVocabulary.children.keys()].flatMap(
    (word) => supported.get(word) ?? definition.otherDevices.filter(({ name }) => name === word),
  );
}

/** The supported elements and those that are kept as written, in document order. */
function inDocumentOrder(
  supported: readonly (PrintableElement & { readonly position: Position })[],
  { otherDevices }: DomainDefinition,
  word: string,
): PrintableElement[] {
  const raw = otherDevices.filter(({ name }) => name === word);
  return [...supported, ...raw].sort((a, b) => comparePositions(a.position, b.position));
}

function formatDisks(definition: DomainDefinition): PrintableElement[] {
  const disks = definition.disks.map((item) => ({
    ...withKept(formatDisk(item), item.kept, {
      path: 'domain/devices/disk',
      vocabulary: diskVocabulary,
    }),
    position: item.position,
  }));
  return inLibvirtOrder(inDocumentOrder(disks, definition, 'disk'));
}

function formatDisk(disk: DiskDefinition): PrintableElement {
  const { type, driver } = disk;
  return node('disk', { type, device: disk.device ?? 'disk' }, [
    ...(driver === undefined ? [] : [node('driver', { name: driver.name, type: driver.format })]),
    node('source', sourceOfDisk(disk), formatSourceLabels(disk.sourceLabels)),
    node('target', { dev: disk.target, bus: disk.bus }),
    ...(disk.readonly ? [node('readonly')] : []),
    ...(disk.shareable ? [node('shareable')] : []),
  ]);
}

function sourceOfDisk(disk: DiskDefinition): Readonly<Record<string, string>> {
  if (disk.type === 'volume') return { ...disk.volume };
  return { [diskSources[disk.type]]: disk.source };
}

function formatHostDevice({ type, source, usb, sourceLabels }: HostDeviceDefinition) {
  if (type === 'usb') {
    const { startupPolicy } = usb ?? {};
    return node('hostdev', { mode: 'subsystem', type }, [
      node('source', { startupPolicy }, formatUsb(usb ?? {})),
    ]);
  }
  return node('hostdev', { mode: 'capabilities', type }, [
    node('source', {}, [
      node(hostDeviceSources[type], {}, [source]),
      ...formatSourceLabels(sourceLabels),
    ]),
  ]);
}

function formatHostDevices(definition: DomainDefinition): PrintableElement[] {
  const place = { path: 'domain/devices/hostdev', vocabulary: hostdevVocabulary };
  const devices = definition.hostDevices.map((device) => ({
    ...withKept(formatHostDevice(device), device.kept, place),
    position: device.position,
  }));
  const interfaces = definition.hostInterfaces.map((item) => ({
    ...formatHostInterface(item),
    position: item.position,
  }));
  return inDocumentOrder([...devices, ...interfaces], definition, 'hostdev');
}

/** In document order, which decides their names in the container. */
function formatInterfaces(
  definition: DomainDefinition,
  live: LiveState | undefined,
): PrintableElement[] {
  const interfaces = definition.interfaces.map((item, index) => ({
    ...formatInterface(item, live?.interfaces?.[index]),
    position: item.position,
  }));
  return inDocumentOrder(interfaces, definition, 'interface');
}

/**
 * All filesystems in document order, since they are mounted in that order. Live XML begins with the host's root if the
 * container has no root of its own.
 */
function formatFilesystems(
  { filesystems, otherDevices }: DomainDefinition,
  live: LiveState | undefined,
): PrintableElement[] {
  const raw = otherDevices.filter(({ name }) => name === 'filesystem');
  const all = [
    ...filesystems.map((item) => ({ ...formatFilesystem(item), position: item.position })),
    ...raw,
  ].sort((a, b) => comparePositions(a.position, b.position));
  const hasRoot = live === undefined || filesystems.some(({ target }) => target === '/');
  return hasRoot ? all : [formatFilesystem(hostRoot), ...all];
}

const hostRoot: FilesystemDefinition = {
  type: 'mount',
  source: '/',
  target: '/',
  readonly: false,
  position: { line: 1, column: 1 },
};

function formatFilesystem(filesystem: FilesystemDefinition): PrintableElement {
  const { type, accessMode, written, readonly, kept } = filesystem;
  const target = written?.target ?? filesystem.target;
  const element = node('filesystem', { type, accessmode: accessMode }, [
    ...formatSource(filesystem),
    node('target', { dir: target }),
    ...(readonly ? [node('readonly')] : []),
    ...formatSpaceLimits(filesystem),
  ]);
  const place = { path: 'domain/devices/filesystem', vocabulary: filesystemVocabulary };
  return withKept(element, kept, place);
}

function formatSource(filesystem: FilesystemDefinition): PrintableElement[] {
  const labels = formatSourceLabels(filesystem.sourceLabels);
  if (filesystem.type === 'ram') {
    return [node('source', { usage: String(filesystem.usage), units: 'KiB' }, labels)];
  }
  if (filesystem.type === 'volume') {
    return [...formatDriver(filesystem), node('source', { ...filesystem.volume }, labels)];
  }
  const source = filesystem.written?.source ?? filesystem.source;
  switch (filesystem.type) {
    case 'mount':
    case 'bind':
      return [node('source', { dir: source }, labels)];
    case 'file':
      return [...formatDriver(filesystem), node('source', { file: source }, labels)];
    case 'block':
      return [node('source', { dev: source }, labels)];
  }
}

function formatDriver({ driver }: { readonly driver?: ImageDriver }): PrintableElement[] {
  if (driver === undefined) return [];
  return [node('driver', { type: driver.type, format: driver.format })];
}

function formatConsole(
  item: ConsoleDefinition,
  port: number,
  live: LiveState | undefined,
): PrintableElement {
  if (item.raw !== undefined) return item.raw;
  const { type, log, targetType = 'lxc', sourceLabels, kept } = item;
  const path = live?.consolePaths[port];
  const labels = formatSourceLabels(sourceLabels);
  const isPlain = path === undefined && labels.length === 0;
  // libvirt gives the tty attribute to the first console only.
  const tty = port === 0 ? path : undefined;
  const element = node('console', { type, tty }, [
    ...(isPlain ? [] : [node('source', { path }, labels)]),
    ...(log === undefined ? [] : [node('log', { file: log.file, append: log.append })]),
    node('target', { type: targetType, port: String(port) }),
    ...(path === undefined ? [] : [node('alias', { name: `console${port}` })]),
  ]);
  const place = { path: 'domain/devices/console', vocabulary: consoleVocabulary };
  return withKept(element, kept, place);
}
