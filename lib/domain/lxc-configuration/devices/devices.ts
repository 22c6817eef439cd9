/**
 * Devices of the host: those that the configuration allows the container to open, and those that it binds into /dev. Each becomes
 * a `<hostdev>`, which gives the container a node that it may open. Pure.
 */
import { isAbout, isOpen, isOwnNode, isUsual, readDevicePolicies } from './policy';
import type { DevicePolicy, DeviceRule } from './policy';
import type { Entry } from '../entry';
import type { DeviceNode } from '../host-view';
import type { Scene } from '../scene';
import { node, type PrintableElement } from '../../xml/print';

/** A device that a line of the configuration binds into the container. */
export interface BoundDevice {
  readonly device: DeviceNode;
  readonly entry: Entry;
  /** `<disk>`, for a device that has another name in the container. */
  readonly disk?: PrintableElement;
}

/** The elements of the devices. @throws TslxcError CONF_SYNTAX for an invalid rule. */
export function convertDevices(scene: Scene, bound: readonly BoundDevice[]): PrintableElement[] {
  const policies = readDevicePolicies(scene.settings);
  const elements = new Map<string, PrintableElement>();
  for (const { device, entry, disk } of bound) {
    const { path } = device;
    const isShut = !policies.every((policy) => isOpen(policy, device));
    if (isShut) scene.report.tell(entry, `lxc.cgroup.devices does not let ${path} be opened`);
    else elements.set(path, disk ?? elementOf(device));
  }
  const nodes = bound.map(({ device }) => device);
  for (const policy of policies) {
    for (const device of policyDevices(scene, policy, nodes)) {
      elements.set(device.path, elementOf(device));
    }
  }
  return [...elements.values()];
}

function elementOf({ path, type }: DeviceNode): PrintableElement {
  const [kind, child] = type === 'b' ? ['storage', 'block'] : ['misc', 'char'];
  const source = node('source', {}, [node(child, {}, [path])]);
  return node('hostdev', { mode: 'capabilities', type: kind }, [source]);
}

/** Devices that a policy names, and that no line of the configuration binds. */
function policyDevices(
  { host, report }: Scene,
  policy: DevicePolicy,
  bound: readonly DeviceNode[],
): DeviceNode[] {
  if (policy.opensAll !== undefined) {
    report.tell(policy.opensAll, 'a container opens no devices but its own and its <hostdev>s');
  }
  if (policy.open === 'others') {
    for (const { entry } of policy.rules.filter(isUsual)) {
      report.tell(entry, 'every container may open that device');
    }
    return [];
  }
  return policy.rules.flatMap((rule): DeviceNode[] => {
    // Any node may be made (access `m`); only devices in the device filter can be opened.
    if (isUsual(rule) || rule.access === 'm' || bound.some((one) => isAbout(rule, one))) return [];
    const device = namedDevice(rule, host.deviceNames);
    if (device === undefined) {
      report.tell(rule.entry, 'a <hostdev> is of one device of this host, by its path');
      return [];
    }
    if (isOwnNode(device.path)) {
      report.tell(rule.entry, `the ${device.path} of the container is its own`);
      return [];
    }
    if (!rule.access.includes('w')) report.tell(rule.entry, 'the device can be written as well');
    return [device];
  });
}

function namedDevice(
  { type, major, minor }: DeviceRule,
  names: ReadonlyMap<string, string>,
): DeviceNode | undefined {
  const path = names.get(`${type} ${major}:${minor}`);
  if (path === undefined || major === '*' || minor === '*') return undefined;
  return { path, type, major, minor };
}
