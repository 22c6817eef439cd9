/** The shape of a DomainSpec. What its texts say, such as names and addresses, is checked when the XML is parsed. Pure. */
import { mostConsoles } from '../devices/console';
import { capabilityNumbers, type CapabilityName } from '../elements/capability-numbers';
import {
  absolutePath,
  byField,
  command,
  either,
  filledText,
  flag,
  hasOneOf,
  listOf,
  number,
  object,
  oneOf,
  optional,
  recordOf,
  text,
  value,
  variablesOf,
  variants,
  whole,
  wholeBetween,
  withoutContradiction,
  type Contradiction,
  type Fields,
  type Shape,
} from '../../shape/shape';
import { rate } from '../interface/rate-shape';
import { filterNames } from '../interface/port/filter';
import { healthRanges } from '../elements/extension/health-check';
import { hardeningLevels } from '../../hardening';
import { otherWords } from './other-words';
import { sizePattern } from './size-element';
import type {
  BandwidthSpec,
  BindMount,
  BridgeInterfaceSpec,
  CapabilitySpec,
  CommandHealth,
  CommonInterfaceSpec,
  DeviceSpec,
  DirectInterfaceSpec,
  DirectoryMount,
  DomainSpec,
  EthernetInterfaceSpec,
  HealthCheckSpec,
  HealthSpec,
  IdMapSpec,
  IdRangeSpec,
  ImageMount,
  ImageOriginSpec,
  InterfaceSpec,
  LimitSpec,
  MountSpec,
  NetworkInterfaceSpec,
  OverlaySpec,
  PortForwardSpec,
  PortHealth,
  PortRangeSpec,
  RamMount,
  ResourceLimitSpec,
  RestartSpec,
  RootSpec,
  RouteSpec,
  Size,
  VolumeMount,
} from './spec';

const size: Shape<Size> = value({
  words: "a whole number with a unit, such as '64MiB'",
  fits: (one) => typeof one === 'string' && sizePattern.test(one),
  example: '64MiB',
});

const lifecycleAction = oneOf(
  'destroy',
  'restart',
  'rename-restart',
  'preserve',
  'coredump-destroy',
  'coredump-restart',
);

const limits = object<LimitSpec>({
  softMemory: optional(size),
  memoryAndSwap: optional(size),
  cpuShares: optional(whole),
  cpuPeriod: optional(whole),
  cpuQuota: optional(number),
  blockWeight: optional(whole),
  processes: optional(whole),
  cgroups: optional(whole),
  terminals: optional(whole),
});

const overlay = either(text, object<OverlaySpec>({ upper: text, lower: optional(listOf(text)) }));

const root = object<RootSpec>({
  source: text,
  readonly: optional(flag),
  overlay: optional(overlay),
});

const image: Fields<ImageMount> = {
  target: absolutePath,
  readonly: optional(flag),
  type: oneOf('file', 'block'),
  source: text,
};

const mount: Shape<MountSpec> = variants<{
  mount: DirectoryMount;
  bind: BindMount;
  ram: RamMount;
  file: ImageMount;
  block: ImageMount;
  volume: VolumeMount;
}>(byField('type', ['mount', 'bind', 'ram', 'file', 'block', 'volume'], 'mount'), {
  mount: {
    target: absolutePath,
    readonly: optional(flag),
    type: optional(oneOf('mount')),
    source: text,
    recursive: optional(flag),
    propagation: optional(oneOf('private', 'slave', 'shared')),
    accessMode: optional(oneOf('passthrough', 'mapped')),
    overlay: optional(overlay),
  },
  bind: { target: absolutePath, readonly: optional(flag), type: oneOf('bind'), source: text },
  ram: { target: absolutePath, readonly: optional(flag), type: oneOf('ram'), size },
  file: image,
  block: image,
  volume: {
    target: absolutePath,
    readonly: optional(flag),
    type: oneOf('volume'),
    pool: optional(text),
    volume: text,
    accessMode: optional(oneOf('passthrough', 'mapped')),
  },
});

const route = object<RouteSpec>({ to: text, via: text, metric: optional(whole) });

const bandwidth = object<BandwidthSpec>({ inbound: optional(rate), outbound: optional(rate) });

const portForward = object<PortForwardSpec>({
  protocol: optional(oneOf('tcp', 'udp')),
  address: optional(text),
  device: optional(text),
  ranges: optional(
    listOf(
      object<PortRangeSpec>({
        start: whole,
        end: optional(whole),
        to: optional(whole),
        exclude: optional(flag),
      }),
    ),
  ),
});

const ofEveryInterface: Fields<CommonInterfaceSpec> = {
  mac: optional(text),
  guest: optional(text),
  target: optional(text),
  mtu: optional(whole),
  link: optional(oneOf('up', 'down')),
  addresses: optional(listOf(text)),
  routes: optional(listOf(route)),
  bandwidth: optional(bandwidth),
  isolated: optional(flag),
  filter: optional(oneOf(...filterNames)),
};

const networkInterface: Shape<InterfaceSpec> = variants<{
  network: NetworkInterfaceSpec;
  bridge: BridgeInterfaceSpec;
  direct: DirectInterfaceSpec;
  ethernet: EthernetInterfaceSpec;
}>(byField('type', ['network', 'bridge', 'direct', 'ethernet']), {
  network: {
    ...ofEveryInterface,
    type: oneOf('network'),
    network: text,
    portgroup: optional(text),
    portForwards: optional(listOf(portForward)),
  },
  bridge: { ...ofEveryInterface, type: oneOf('bridge'), bridge: text },
  direct: {
    ...ofEveryInterface,
    type: oneOf('direct'),
    device: text,
    mode: optional(oneOf('vepa', 'bridge', 'private', 'passthrough')),
  },
  ethernet: { ...ofEveryInterface, type: oneOf('ethernet') },
});

const idRanges = listOf(object<IdRangeSpec>({ start: whole, target: whole, count: whole }));

const capabilityNames = listOf(
  oneOf<CapabilityName>(...(Object.keys(capabilityNumbers) as CapabilityName[])),
);

const resourceLimit = object<ResourceLimitSpec>({
  soft: either(oneOf('unlimited'), whole),
  hard: either(oneOf('unlimited'), whole),
});

const ofEveryCheck: Fields<HealthCheckSpec> = {
  interval: optional(wholeBetween(...healthRanges.interval)),
  timeout: optional(wholeBetween(...healthRanges.timeout)),
  retries: optional(wholeBetween(...healthRanges.retries)),
  grace: optional(wholeBetween(...healthRanges.grace)),
  action: optional(oneOf('none', 'restart')),
};

const checks: {
  readonly exec: Fields<CommandHealth>;
  readonly port: Fields<PortHealth>;
} = {
  exec: { ...ofEveryCheck, exec: command },
  port: { ...ofEveryCheck, port: wholeBetween(...healthRanges.port) },
};

const health: Shape<HealthSpec> = variants<{ exec: CommandHealth; port: PortHealth }>(
  hasOneOf(['exec', 'port']),
  checks,
);

/** With the check of an image, times alone do. */
export const healthOfImage: Shape<HealthSpec | HealthCheckSpec | 'none'> = either(
  oneOf('none'),
  variants<{ exec: CommandHealth; port: PortHealth; times: HealthCheckSpec }>(
    {
      ...hasOneOf(['exec', 'port']),
      words: 'one with exec, port or times',
      choose: ({ exec, port }) =>
        exec === undefined ? (port === undefined ? 'times' : 'port') : 'exec',
    },
    { ...checks, times: ofEveryCheck },
  ),
);

const restart = object<RestartSpec>({
  policy: oneOf('on-failure', 'always'),
  max: optional(whole),
  delay: optional(whole),
});

const device = object<DeviceSpec>({ type: oneOf('character', 'block'), source: text });

const imageOrigin = object<ImageOriginSpec>({
  name: text,
  digest: text,
  ports: optional(listOf(text)),
  volumes: optional(listOf(text)),
});

export const memorySize = size;

/** Those that a domain of an image has as well. */
export const commonFields: Fields<
  Omit<DomainSpec, 'name' | 'memory' | 'root' | 'image' | 'health'>
> = {
  uuid: optional(filledText),
  title: optional(text),
  description: optional(text),
  currentMemory: optional(size),
  vcpus: optional(whole),
  cpuset: optional(filledText),
  limits: optional(limits),
  init: optional(filledText),
  args: optional(listOf(filledText)),
  env: optional(variablesOf(filledText)),
  cwd: optional(filledText),
  user: optional(filledText),
  group: optional(filledText),
  devices: optional(listOf(device)),
  mounts: optional(listOf(mount)),
  interfaces: optional(listOf(networkInterface)),
  privateNetwork: optional(flag),
  consoles: optional(wholeBetween(0, mostConsoles)),
  idMap: optional(
    either(oneOf('auto', 'host'), object<IdMapSpec>({ uids: idRanges, gids: idRanges })),
  ),
  capabilities: optional(
    object<CapabilitySpec>({
      policy: optional(oneOf('default', 'allow', 'deny')),
      on: optional(capabilityNames),
      off: optional(capabilityNames),
    }),
  ),
  hardening: optional(oneOf(...hardeningLevels)),
  noNewPrivileges: optional(flag),
  resourceLimits: optional(recordOf(resourceLimit)),
  stopSignal: optional(filledText),
  clock: optional(oneOf('utc', 'localtime')),
  onPoweroff: optional(lifecycleAction),
  onReboot: optional(lifecycleAction),
  onCrash: optional(lifecycleAction),
  restart: optional(restart),
};

/** What asks for the ids of the host and for others. */
export function contradictoryIds({
  idMap,
  hardening,
}: Pick<DomainSpec, 'idMap' | 'hardening'>): Contradiction | undefined {
  if (idMap !== 'host' || hardening !== 'isolated') return undefined;
  const what = "'host' asks for the ids of the host, and hardening 'isolated' for others";
  return { field: 'idMap', what };
}

export const domainSpec = withoutContradiction<DomainSpec>(
  object<DomainSpec>(
    {
      ...commonFields,
      name: text,
      memory: size,
      root: optional(either(text, root)),
      image: optional(imageOrigin),
      health: optional(health),
    },
    otherWords,
  ),
  contradictoryIds,
);
