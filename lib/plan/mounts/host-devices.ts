/** Devices of the host in the container: their nodes, and the cgroup rules that allow them. Pure. */
import { lookedUp } from '../../domain/devices/volume-source';
import type { DomainDefinition, HostDeviceDefinition } from '../../domain/definition';
import { servedBy } from '../../domain/devices/disk/disk-driver';
import { definitionError } from '../../domain/xml/source-location';
import type { SourceLocation } from '../../domain/xml/source-location';
import type { CgroupStep, DeviceRule } from '../../host/native';
import { deviceLine } from '../cgroups/device-rules';
import type { CgroupPlan } from '../cgroups/cgroups';
import { blockDevice, characterDevice } from '../constants';
import { ownDeviceNames } from './devices';
import { planOwnership } from '../process/id-map';
import type { Operation } from '../operation';

/** A device that the definition asks for. */
export interface WantedDevice {
  /** What the source is: a node on the host, or an image, of which a block device is made. */
  readonly kind: 'block device' | 'character device' | 'image';
  /** What makes a block device of the image, and the image's format. */
  readonly server?: 'loop' | 'nbd';
  readonly format?: string;
  /** Path on the host. */
  readonly source: string;
  /** Name below the container's /dev. */
  readonly node: string;
  readonly access: 'rwm' | 'rm' | 'r';
  /** The message for a source that is something else. */
  readonly otherwise: string;
  readonly place: SourceLocation;
}

/** A device that exists. */
export interface HostDevice {
  readonly node: string;
  readonly rule: DeviceRule;
  /** The permissions of its node. Default: those of libvirt, for a block device that an image gets. */
  readonly mode?: number;
}

/** The devices of timers on the host, as libvirt takes them. */
const timerSources = { rtc: '/dev/rtc0', hpet: '/dev/hpet' } as const;

/** Who may open it: as on the host, since who may is a matter of the device. libvirt has this default for all. */
export function nodeMode({ mode = 0o700 }: HostDevice): number {
  return mode;
}

/**
 * In document order: disks, then host devices, then timers.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED for a source that is not an absolute path or gives no name below
 * /dev, and for a name that is already used in /dev.
 */
export function wantedDevices(definition: DomainDefinition): WantedDevice[] {
  const wanted = [
    ...definition.disks
      .map(lookedUp)
      .map(({ type, driver, source, target, readonly, position }): WantedDevice => ({
        kind: type === 'file' ? 'image' : 'block device',
        ...(type === 'file' ? servedBy(driver) : {}),
        source,
        node: target,
        // As in libvirt: the node of a read-only disk may be made with mknod, but not written.
        access: readonly ? 'rm' : 'rwm',
        otherwise: `disk source ${source} is not a ${type === 'file' ? 'regular file' : 'block device'}`,
        place: { path: 'domain/devices/disk', position },
      })),
    // One without a source is a USB device that is still to be found, or that need not be there.
    ...definition.hostDevices.filter(hasSource).map(({ source, type, position }): WantedDevice => ({
      kind: type === 'storage' ? 'block device' : 'character device',
      source,
      node: nodeOf(source),
      access: 'rwm',
      otherwise:
        type === 'storage'
          ? `Storage source ${source} must be a block device`
          : `Character source ${source} must be a character device`,
      place: { path: 'domain/devices/hostdev', position },
    })),
    ...(definition.timers ?? []).map(({ name, position }): WantedDevice => ({
      kind: 'character device',
      source: timerSources[name],
      node: name,
      access: 'r',
      otherwise: `${timerSources[name]} is not a character device`,
      place: { path: 'domain/clock/timer', position },
    })),
  ];
  wanted.forEach((device, index) => {
    checkSource(device);
    checkNode(device, [
      ...ownDeviceNames(definition),
      ...wanted.slice(0, index).map(({ node }) => node),
    ]);
  });
  return wanted;
}

const hasSource = ({ source, usb }: HostDeviceDefinition): boolean =>
  usb === undefined || source !== '';

/** Makes the nodes, and the folders that they are in, in the tree `dev`. */
export function planHostDevices(
  { idMap }: DomainDefinition,
  devices: readonly HostDevice[],
): Operation[] {
  const folders = [...new Set(devices.flatMap(({ node }) => foldersOf(node)))];
  const nodes = devices.map(({ node }) => node);
  return [
    ...folders.map((path): Operation => ({
      op: 'makeDirectory',
      tree: 'dev',
      path,
      mode: 0o755,
    })),
    ...devices.map((device): Operation => ({
      op: 'makeNode',
      tree: 'dev',
      path: device.node,
      type: device.rule.type === 'b' ? blockDevice : characterDevice,
      major: device.rule.major,
      minor: device.rule.minor,
      mode: nodeMode(device),
    })),
    ...planOwnership(idMap, 'dev', [...folders, ...nodes]),
  ];
}

/** The cgroups, with the devices allowed in the v1 hierarchy or the v2 program, whichever filters. */
export function allowDevices(cgroups: CgroupPlan, devices: readonly HostDevice[]): CgroupPlan {
  if (devices.length === 0) return cgroups;
  const rules = devices.map(({ rule }) => rule);
  return {
    ...cgroups,
    steps: cgroups.steps.flatMap((step): CgroupStep[] => {
      if (step.step === 'devices') return [{ ...step, rules: [...step.rules, ...rules] }];
      if (step.step !== 'write' || !step.path.endsWith('/devices.deny')) return [step];
      const path = step.path.replace(/deny$/, 'allow');
      return [
        step,
        ...rules.map((rule) => ({ step: 'write', path, value: deviceLine(rule) }) as const),
      ];
    }),
  };
}

/** By libvirt's rule, the path without its first component, whatever that is. */
function nodeOf(source: string): string {
  return source.split('/').slice(2).join('/');
}

function checkSource({ source, node, place }: WantedDevice): void {
  const parts = source.split('/').slice(1);
  if (!source.startsWith('/') || parts.some((part) => ['', '.', '..'].includes(part))) {
    throw definitionError(
      'CONFIG_UNSUPPORTED',
      `device source '${source}' is not an absolute path`,
      place,
    );
  }
  if (node !== '') return;
  const detail = `device source '${source}' has no name below a folder like /dev`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, place);
}

function checkNode({ node, place }: WantedDevice, taken: readonly string[]): void {
  const isInside = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);
  const other = taken.find((name) => name === node || isInside(node, name) || isInside(name, node));
  if (other === undefined) return;
  const detail = `/dev/${node} can't be made: the container has a /dev/${other}`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, place);
}

/** `a` and `a/b` for `a/b/c`. */
function foldersOf(node: string): string[] {
  const parts = node.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
