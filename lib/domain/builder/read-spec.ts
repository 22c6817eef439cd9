/** The parts of a definition that a DomainSpec can express. The caller checks whether anything is lost. Pure. */
import { present } from '../../present';
import type { DomainDefinition, HostDeviceDefinition, IdRange } from '../definition';
import type { FilesystemDefinition, OverlayOptions } from '../filesystem/definition';
import type {
  InterfaceAddress,
  InterfaceDefinition,
  InterfaceRoute,
  PortForward,
} from '../interface/definition';
import { usualHealth } from '../elements/extension/health-check';
import { unlimited } from '../elements/extension/resource-limits';
import { signalName } from '../elements/extension/stop-signal';
import { imageOrigin } from './image-origin';
import { sizeOf } from './size-element';
import type {
  CapabilitySpec,
  DeviceSpec,
  DomainSpec,
  IdRangeSpec,
  InterfaceSpec,
  LimitSpec,
  MountSpec,
  OverlaySpec,
  PortForwardSpec,
  ResourceLimitSpec,
  RootSpec,
  RouteSpec,
} from './spec';

export function specOf(definition: DomainDefinition): DomainSpec {
  const { os, vcpu, memory, currentMemory, extension, interfaces, clockOffset } = definition;
  const mounts = definition.filesystems.map((one) => mountOf(one, definition));
  const [root, ...rest] = mounts;
  const hasRoot = root?.target === '/' && (root.type ?? 'mount') === 'mount';
  return present({
    name: definition.name,
    uuid: definition.uuid,
    title: definition.title,
    description: definition.description,
    memory: sizeOf(memory),
    currentMemory: currentMemory === memory ? undefined : sizeOf(currentMemory),
    vcpus: vcpu.count === 1 ? undefined : vcpu.count,
    cpuset: vcpu.cpuset,
    limits: unlessEmpty(limitsOf(definition)),
    init: os.init === '/sbin/init' ? undefined : os.init,
    args: unlessNone(os.initArgs),
    env: unlessEmpty(
      Object.fromEntries(os.initEnvironment.map(({ name, value }) => [name, value])),
    ),
    cwd: os.initDirectory,
    user: os.initUser,
    group: os.initGroup,
    root: hasRoot ? rootOf(root as RootSpec & { readonly target: string }) : undefined,
    mounts: unlessNone(hasRoot ? rest : mounts),
    devices: unlessNone(definition.hostDevices.map(deviceOf)),
    interfaces: unlessNone(interfaces.map(interfaceOf)),
    privateNetwork: definition.features.privateNetwork || undefined,
    consoles: definition.consoles.length === 1 ? undefined : definition.consoles.length,
    idMap: idMapOf(definition),
    capabilities: capabilitiesOf(definition),
    hardening: extension.hardening,
    noNewPrivileges: extension.noNewPrivileges,
    resourceLimits: resourceLimitsOf(definition),
    stopSignal: extension.stopSignal === undefined ? undefined : signalName(extension.stopSignal),
    clock: clockOffset === 'localtime' ? 'localtime' : undefined,
    onPoweroff: definition.onPoweroff === 'destroy' ? undefined : definition.onPoweroff,
    onReboot: definition.onReboot === 'restart' ? undefined : definition.onReboot,
    onCrash: definition.onCrash === 'destroy' ? undefined : definition.onCrash,
    restart: restartOf(definition),
    health: healthOf(definition),
    image: imageOrigin(definition.metadata),
  }) as DomainSpec;
}

function unlessNone<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function unlessEmpty<T extends object>(data: T): T | undefined {
  return Object.keys(data).length === 0 ? undefined : data;
}

function limitsOf(definition: DomainDefinition): LimitSpec {
  const { memoryTuning = {}, cpuTuning = {}, blockTuning, extension } = definition;
  const { softLimit, swapHardLimit }: { softLimit?: number; swapHardLimit?: number } = memoryTuning;
  const { shares, period, quota }: { shares?: number; period?: number; quota?: number } = cpuTuning;
  return present({
    softMemory: softLimit === undefined ? undefined : sizeOf(softLimit),
    memoryAndSwap: swapHardLimit === undefined ? undefined : sizeOf(swapHardLimit),
    ...{ cpuShares: shares, cpuPeriod: period, cpuQuota: quota },
    blockWeight: blockTuning?.weight,
    processes: extension.processLimit?.max,
    cgroups: extension.cgroupLimit?.max,
    terminals: extension.terminalLimit?.max,
  });
}

function rootOf({ source, readonly, overlay }: RootSpec): string | RootSpec {
  if (readonly === undefined && overlay === undefined) return source;
  return present({ source, readonly, overlay });
}

function mountOf(filesystem: FilesystemDefinition, { extension }: DomainDefinition): MountSpec {
  const { type, written } = filesystem;
  // As written: what is defined again is the same text.
  const { target = filesystem.target } = written ?? {};
  const readonly = filesystem.readonly || undefined;
  switch (filesystem.type) {
    case 'ram':
      return present({ type, target, size: sizeOf(filesystem.usage), readonly }) as MountSpec;
    case 'mount': {
      const isOfIt = (one: { readonly target: string }): boolean =>
        one.target === filesystem.target;
      const options = extension.filesystems?.find(isOfIt);
      const overlay = extension.overlays?.find(isOfIt);
      const recursive = options?.recursive;
      return present({
        ...{ source: written?.source ?? filesystem.source, target, readonly },
        recursive: recursive === undefined ? undefined : recursive === 'yes',
        propagation: options?.propagation,
        accessMode: filesystem.accessMode === 'mapped' ? filesystem.accessMode : undefined,
        overlay: overlay === undefined ? undefined : overlayOf(overlay),
      });
    }
    case 'volume':
      return present({ type, ...filesystem.volume, target, readonly }) as MountSpec;
    case 'bind':
    case 'file':
    case 'block':
      return present({
        ...{ type, source: written?.source ?? filesystem.source, target, readonly },
      }) as MountSpec;
  }
}

function overlayOf({ upper, lowers = [] }: OverlayOptions): string | OverlaySpec {
  return lowers.length === 0 ? upper : { upper, lower: lowers.map(({ dir }) => dir) };
}

/** One that can't be expressed, such as a USB device, is found by the caller. */
function deviceOf({ type, source }: HostDeviceDefinition): DeviceSpec {
  return { type: type === 'storage' ? 'block' : 'character', source };
}

function interfaceOf(definition: InterfaceDefinition): InterfaceSpec {
  const { type, mac, guestDevice, targetDevice, mtu, linkState, isolated, bandwidth } = definition;
  const { addresses, routes, filter } = definition;
  return present({
    ...{ type, ...sourceOf(definition), mac, guest: guestDevice, target: targetDevice, mtu },
    link: linkState,
    addresses: unlessNone(addresses.map(addressText)),
    routes: unlessNone(routes.map(routeOf)),
    bandwidth:
      bandwidth === undefined
        ? undefined
        : present({ inbound: bandwidth.inbound, outbound: bandwidth.outbound }),
    ...{ isolated, filter: filter?.filter },
  }) as InterfaceSpec;
}

function sourceOf(definition: InterfaceDefinition): object {
  switch (definition.type) {
    case 'network':
      return {
        network: definition.network,
        portgroup: definition.portgroup,
        portForwards: definition.portForwards?.map(portForwardOf),
      };
    case 'bridge':
      return { bridge: definition.bridge };
    case 'direct':
      return { device: definition.device, mode: definition.mode };
    case 'ethernet':
      return {};
  }
}

function portForwardOf({ protocol, address, device, ranges }: PortForward): PortForwardSpec {
  return present({
    protocol: protocol === 'tcp' ? undefined : protocol,
    ...{ address, device },
    ranges: unlessNone(ranges),
  });
}

/** The address, with a prefix only if the text has one. */
function addressText({ address, written }: InterfaceAddress): string {
  return written?.prefix === undefined ? address : `${address}/${written.prefix}`;
}

function routeOf({ address, prefix, gateway = '', metric }: InterfaceRoute): RouteSpec {
  return present({ to: `${address}/${prefix}`, via: gateway, metric });
}

function idMapOf({ idMap, extension }: DomainDefinition): DomainSpec['idMap'] {
  if (extension.idAllocation !== undefined) return 'auto';
  if (extension.hostIds === true) return 'host';
  if (idMap === undefined) return undefined;
  const range = ({ start, target, count }: IdRange): IdRangeSpec => ({ start, target, count });
  return { uids: idMap.uids.map(range), gids: idMap.gids.map(range) };
}

function capabilitiesOf({ features }: DomainDefinition): CapabilitySpec | undefined {
  const { policy, on, off } = features.capabilities;
  if (policy === 'default' && on.length === 0 && off.length === 0) return undefined;
  return present({
    policy: policy === 'default' ? undefined : policy,
    on: unlessNone(on),
    off: unlessNone(off),
  });
}

/** Numbers that equal the defaults are left out. */
function healthOf({ extension: { health } }: DomainDefinition): DomainSpec['health'] {
  if (health === undefined) return undefined;
  const { probe, interval, timeout, retries, grace, action } = health;
  const unless = <T>(usual: T, value: T): T | undefined => (value === usual ? undefined : value);
  return present({
    ...('port' in probe ? { port: probe.port } : { exec: probe.argv }),
    interval: unless(usualHealth.interval, interval),
    timeout: unless(usualHealth.timeout, timeout),
    retries: unless(usualHealth.retries, retries),
    grace: unless(usualHealth.grace, grace),
    action: action === 'none' ? undefined : action,
  });
}

function restartOf({ extension: { restart } }: DomainDefinition): DomainSpec['restart'] {
  if (restart === undefined) return undefined;
  const { policy, max, delay } = restart;
  return present({ policy, max, delay });
}

function resourceLimitsOf({ extension }: DomainDefinition): DomainSpec['resourceLimits'] {
  const limit = (value: bigint): number | 'unlimited' =>
    value === unlimited ? 'unlimited' : Number(value);
  const pairs = (extension.resourceLimits ?? []).map(
    ({ name, soft, hard }): [string, ResourceLimitSpec] => [
      name,
      { soft: limit(soft), hard: limit(hard) },
    ],
  );
  return unlessEmpty(Object.fromEntries(pairs));
}
