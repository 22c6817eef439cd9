/** Writes a DomainSpec as escaped XML. Its content is checked when the XML is parsed. Pure. */
import { present } from '../../present';
import { checkGiven } from '../../shape/arguments';
import { usualIds } from '../namespaces/allocated-ids';
import { node, printXml, type PrintableElement } from '../xml/print';
import { interfaceElement } from './interface-element';
import { mountElements, mountExtensions, mountsOf } from './mount-elements';
import { imageElements } from './image-origin';
import { sizeElement } from './size-element';
import { domainSpec } from './spec-shape';
import type {
  CapabilitySpec,
  DeviceSpec,
  DomainSpec,
  HealthSpec,
  IdRangeSpec,
  LimitSpec,
  RestartSpec,
} from './spec';

/** The namespace of `<tslxc:container>`. */
const extensionNamespace = 'urn:tslxc:domain:1';

/**
 * The XML of a domain, for `defineDomain` and `createDomain`. It is complete and escaped, but its content, such as names and
 * addresses, is only checked by these.
 *
 * @param spec - what the container is to be
 * @throws TslxcError INVALID_ARG for a field that a DomainSpec does not have or that is of another type, for a size without a unit, and
 * for a character that XML doesn't allow, such as U+0000.
 * @example
 * const xml = domainXml({ name: 'web', memory: '256MiB', root: '/srv/web', init: '/bin/httpd', args: ['-f'] });
 * const domain = await connection.defineDomain(xml);
 */
export function domainXml(spec: DomainSpec): string;
export function domainXml(...given: readonly [spec: DomainSpec]): string {
  const [spec] = checkGiven('domainXml', [['spec', domainSpec]], given);
  return writeSpec(spec);
}

/** The XML of a DomainSpec that is one. */
export function writeSpec(spec: DomainSpec): string {
  const { limits = {}, consoles = 1 } = spec;
  return printXml(
    node('domain', { type: 'lxc' }, [
      ...text('name', spec.name),
      ...text('uuid', spec.uuid),
      ...text('title', spec.title),
      ...text('description', spec.description),
      ...parent('metadata', [...extension(spec), ...imageElements(spec)]),
      sizeElement('memory', spec.memory),
      ...(spec.currentMemory === undefined
        ? []
        : [sizeElement('currentMemory', spec.currentMemory)]),
      ...parent('blkiotune', text('weight', limits.blockWeight)),
      ...parent('memtune', memoryLimits(limits)),
      node('vcpu', { cpuset: spec.cpuset }, [String(spec.vcpus ?? 1)]),
      ...parent('cputune', [
        ...text('shares', limits.cpuShares),
        ...text('period', limits.cpuPeriod),
        ...text('quota', limits.cpuQuota),
      ]),
      osElement(spec),
      ...idMapElements(spec),
      ...parent('features', features(spec)),
      ...(spec.clock === undefined ? [] : [node('clock', { offset: spec.clock })]),
      ...text('on_poweroff', spec.onPoweroff),
      ...text('on_reboot', spec.onReboot),
      ...text('on_crash', spec.onCrash),
      node('devices', {}, [
        ...mountsOf(spec).flatMap(mountElements),
        ...(spec.devices ?? []).map(deviceElement),
        ...(spec.interfaces ?? []).map(interfaceElement),
        ...Array.from({ length: consoles }, () => node('console', { type: 'pty' })),
      ]),
    ]),
  );
}

/** An element with this text; none if `value` is undefined. */
function text(name: string, value: string | number | undefined): PrintableElement[] {
  return value === undefined ? [] : [node(name, {}, [String(value)])];
}

/** An element with these children; none if there are no children. */
function parent(name: string, children: readonly PrintableElement[]): PrintableElement[] {
  return children.length === 0 ? [] : [node(name, {}, children)];
}

function osElement({ init, args = [], env = {}, cwd, user, group }: DomainSpec): PrintableElement {
  return node('os', {}, [
    ...text('type', 'exe'),
    ...text('init', init ?? '/sbin/init'),
    ...args.flatMap((word) => text('initarg', word)),
    ...Object.entries(present(env)).map(([name, value]) => node('initenv', { name }, [value])),
    ...text('initdir', cwd),
    ...text('inituser', user),
    ...text('initgroup', group),
  ]);
}

function memoryLimits({ softMemory, memoryAndSwap }: LimitSpec): PrintableElement[] {
  return [
    ...(softMemory === undefined ? [] : [sizeElement('soft_limit', softMemory)]),
    ...(memoryAndSwap === undefined ? [] : [sizeElement('swap_hard_limit', memoryAndSwap)]),
  ];
}

function idMapElements({ idMap }: DomainSpec): PrintableElement[] {
  if (idMap === undefined || typeof idMap === 'string') return [];
  const range = (name: string, { start, target, count }: IdRangeSpec): PrintableElement =>
    node(name, { start: String(start), target: String(target), count: String(count) });
  return [
    node('idmap', {}, [
      ...idMap.uids.map((one) => range('uid', one)),
      ...idMap.gids.map((one) => range('gid', one)),
    ]),
  ];
}

function features({ privateNetwork = false, capabilities }: DomainSpec): PrintableElement[] {
  return [
    ...(privateNetwork ? [node('privnet')] : []),
    ...(capabilities === undefined ? [] : [capabilitiesElement(capabilities)]),
  ];
}

function capabilitiesElement({
  policy = 'default',
  on = [],
  off = [],
}: CapabilitySpec): PrintableElement {
  return node('capabilities', { policy }, [
    ...on.map((name) => node(name, { state: 'on' })),
    ...off.map((name) => node(name, { state: 'off' })),
  ]);
}

/** `<tslxc:container>`, if the spec sets anything that belongs in it. */
function extension(spec: DomainSpec): PrintableElement[] {
  const { hardening, noNewPrivileges = false, resourceLimits = {}, idMap, limits = {} } = spec;
  const { restart, health, stopSignal } = spec;
  const most = (name: string, max: number | undefined): PrintableElement[] =>
    max === undefined ? [] : [node(`tslxc:${name}`, { max: String(max) })];
  const children = [
    ...(hardening === undefined ? [] : [node('tslxc:hardening', { level: hardening })]),
    ...(noNewPrivileges ? [node('tslxc:no-new-privileges')] : []),
    ...Object.entries(present(resourceLimits)).map(([name, { soft, hard }]) =>
      node('tslxc:rlimit', { name, soft: String(soft), hard: String(hard) }),
    ),
    ...most('pids', limits.processes),
    ...most('cgroups', limits.cgroups),
    ...most('ptys', limits.terminals),
    ...(idMap === 'auto'
      ? [node('tslxc:idmap', { allocate: 'auto', count: String(usualIds) })]
      : []),
    ...(idMap === 'host' ? [node('tslxc:idmap', { allocate: 'none' })] : []),
    ...mountsOf(spec).flatMap(mountExtensions),
    ...(stopSignal === undefined ? [] : [node('tslxc:stop', { signal: stopSignal })]),
    ...(restart === undefined ? [] : [restartElement(restart)]),
    ...(health === undefined ? [] : [healthElement(health)]),
  ];
  if (children.length === 0) return [];
  return [node('tslxc:container', { 'xmlns:tslxc': extensionNamespace }, children)];
}

function deviceElement({ type, source }: DeviceSpec): PrintableElement {
  const [kind, name] = type === 'block' ? ['storage', 'block'] : ['misc', 'char'];
  const path = node('source', {}, [node(name, {}, [source])]);
  return node('hostdev', { mode: 'capabilities', type: kind }, [path]);
}

function healthElement({ exec = [], action, ...numbers }: HealthSpec): PrintableElement {
  const attributes = Object.entries(present(numbers)).map(
    ([name, value]) => [name, String(value)] as const,
  );
  const words = exec.map((word) => node('tslxc:arg', {}, [word]));
  return node('tslxc:health', { ...Object.fromEntries(attributes), action }, words);
}

function restartElement({ policy, max, delay }: RestartSpec): PrintableElement {
  const text = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : String(value);
  return node('tslxc:restart', { policy, max: text(max), delay: text(delay) });
}
