/** Writes a DomainSpec as escaped XML. Its content is checked when the XML is parsed. Pure. */
import { present } from '../../present';
import { checkGiven } from '../../shape/arguments';
import { usualIds } from '../namespaces/allocated-ids';
import { node, printXml, type Attributes, type PrintableElement } from '../xml/print';
import { interfaceElement } from './interface-element';
import { mountElements, mountExtensions, mountsOf } from './mount-elements';
import { imageElements } from './image-origin';
import { from, keysBelow, type KeyPath } from './origin';
import { sizeElement } from './size-element';
import { domainSpec } from './spec-shape';
import type {
  CapabilitySpec,
  DeviceSpec,
  DomainSpec,
  HealthSpec,
  ResourceLimitSpec,
  RestartSpec,
  Size,
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
  return printXml(documentOf(spec));
}

/** The document, each of whose elements has the key that it is written from: see `keyAt`. */
export function documentOf(spec: DomainSpec): PrintableElement {
  const { consoles = 1, vcpus = 1, cpuset, clock } = spec;
  return node('domain', { type: 'lxc' }, [
    ...text('name', spec.name, ['name']),
    ...text('uuid', spec.uuid, ['uuid']),
    ...text('title', spec.title, ['title']),
    ...text('description', spec.description, ['description']),
    ...parent('metadata', [...extension(spec), ...imageElements(spec)]),
    ...size('memory', spec.memory, ['memory']),
    ...size('currentMemory', spec.currentMemory, ['currentMemory']),
    ...tuning(spec),
    from(['vcpus'], node('vcpu', { cpuset }, [String(vcpus)]), { cpuset: ['cpuset'] }),
    ...cpuTuning(spec),
    osElement(spec),
    ...idMapElements(spec),
    ...parent('features', features(spec)),
    ...(clock === undefined ? [] : [from(['clock'], node('clock', { offset: clock }))]),
    ...text('on_poweroff', spec.onPoweroff, ['onPoweroff']),
    ...text('on_reboot', spec.onReboot, ['onReboot']),
    ...text('on_crash', spec.onCrash, ['onCrash']),
    devicesElement(spec, [
      ...mountsOf(spec).flatMap(mountElements),
      ...(spec.devices ?? []).map(deviceElement),
      ...(spec.interfaces ?? []).map(interfaceElement),
      ...Array.from({ length: consoles }, () =>
        from(['consoles'], node('console', { type: 'pty' })),
      ),
    ]),
  ]);
}

/** `<devices>`. What it lacks in an error of its own is a console. */
function devicesElement(
  { consoles }: DomainSpec,
  devices: readonly PrintableElement[],
): PrintableElement {
  const element = node('devices', {}, devices);
  return consoles === 0 ? from(['consoles'], element) : element;
}

/** An element with this text; none if `value` is undefined. */
function text(name: string, value: string | number | undefined, at: KeyPath): PrintableElement[] {
  return value === undefined ? [] : [from(at, node(name, {}, [String(value)]))];
}

function size(name: string, value: Size | undefined, at: KeyPath): PrintableElement[] {
  return value === undefined ? [] : [from(at, sizeElement(name, value))];
}

/** An element with these children; none if there are no children. */
function parent(name: string, children: readonly PrintableElement[]): PrintableElement[] {
  return children.length === 0 ? [] : [node(name, {}, children)];
}

function tuning({ limits = {} }: DomainSpec): PrintableElement[] {
  return [
    ...parent('blkiotune', text('weight', limits.blockWeight, ['limits', 'blockWeight'])),
    ...parent('memtune', [
      ...size('soft_limit', limits.softMemory, ['limits', 'softMemory']),
      ...size('swap_hard_limit', limits.memoryAndSwap, ['limits', 'memoryAndSwap']),
    ]),
  ];
}

function cpuTuning({ limits = {} }: DomainSpec): PrintableElement[] {
  return parent('cputune', [
    ...text('shares', limits.cpuShares, ['limits', 'cpuShares']),
    ...text('period', limits.cpuPeriod, ['limits', 'cpuPeriod']),
    ...text('quota', limits.cpuQuota, ['limits', 'cpuQuota']),
  ]);
}

function osElement({ init, args = [], env = {}, cwd, user, group }: DomainSpec): PrintableElement {
  return node('os', {}, [
    ...text('type', 'exe', []),
    ...text('init', init ?? '/sbin/init', ['init']),
    ...args.flatMap((word, index) => text('initarg', word, ['args', index])),
    ...Object.entries(present(env)).map(([name, value]) =>
      from(['env', name], node('initenv', { name }, [value])),
    ),
    ...text('initdir', cwd, ['cwd']),
    ...text('inituser', user, ['user']),
    ...text('initgroup', group, ['group']),
  ]);
}

function idMapElements({ idMap }: DomainSpec): PrintableElement[] {
  if (idMap === undefined || typeof idMap === 'string') return [];
  const ranges = (name: string, key: 'uids' | 'gids'): PrintableElement[] =>
    idMap[key].map(({ start, target, count }, index) => {
      const at = ['idMap', key, index];
      const attributes = { start: String(start), target: String(target), count: String(count) };
      return from(at, node(name, attributes), keysBelow(at, 'start', 'target', 'count'));
    });
  return [from(['idMap'], node('idmap', {}, [...ranges('uid', 'uids'), ...ranges('gid', 'gids')]))];
}

function features({ privateNetwork = false, capabilities }: DomainSpec): PrintableElement[] {
  return [
    ...(privateNetwork ? [from(['privateNetwork'], node('privnet'))] : []),
    ...(capabilities === undefined ? [] : [capabilitiesElement(capabilities)]),
  ];
}

function capabilitiesElement(spec: CapabilitySpec): PrintableElement {
  const { policy = 'default' } = spec;
  const named = (state: 'on' | 'off'): PrintableElement[] =>
    (spec[state] ?? []).map((name, index) =>
      from(['capabilities', state, index], node(name, { state })),
    );
  const element = node('capabilities', { policy }, [...named('on'), ...named('off')]);
  return from(['capabilities'], element, keysBelow(['capabilities'], 'policy'));
}

/** `<tslxc:container>`, if the spec sets anything that belongs in it. */
function extension(spec: DomainSpec): PrintableElement[] {
  const { hardening, noNewPrivileges = false, resourceLimits = {}, idMap, limits = {} } = spec;
  const { restart, health, stopSignal: signal } = spec;
  const most = (name: string, key: 'processes' | 'cgroups' | 'terminals'): PrintableElement[] =>
    limits[key] === undefined
      ? []
      : [from(['limits', key], node(`tslxc:${name}`, { max: String(limits[key]) }))];
  const children = [
    ...(hardening === undefined
      ? []
      : [from(['hardening'], node('tslxc:hardening', { level: hardening }))]),
    ...(noNewPrivileges ? [from(['noNewPrivileges'], node('tslxc:no-new-privileges'))] : []),
    ...Object.entries(present(resourceLimits)).map(limitElement),
    ...most('pids', 'processes'),
    ...most('cgroups', 'cgroups'),
    ...most('ptys', 'terminals'),
    ...allocationElements(idMap),
    ...mountsOf(spec).flatMap(mountExtensions),
    ...(signal === undefined ? [] : [from(['stopSignal'], node('tslxc:stop', { signal }))]),
    ...(restart === undefined ? [] : [restartElement(restart)]),
    ...(health === undefined ? [] : [healthElement(health)]),
  ];
  if (children.length === 0) return [];
  return [node('tslxc:container', { 'xmlns:tslxc': extensionNamespace }, children)];
}

function limitElement([name, { soft, hard }]: [string, ResourceLimitSpec]): PrintableElement {
  const at = ['resourceLimits', name];
  const element = node('tslxc:rlimit', { name, soft: String(soft), hard: String(hard) });
  return from(at, element, keysBelow(at, 'soft', 'hard'));
}

function allocationElements(idMap: DomainSpec['idMap']): PrintableElement[] {
  const allocate = (attributes: Attributes): PrintableElement[] => [
    from(['idMap'], node('tslxc:idmap', attributes)),
  ];
  if (idMap === 'auto') return allocate({ allocate: 'auto', count: String(usualIds) });
  return idMap === 'host' ? allocate({ allocate: 'none' }) : [];
}

function deviceElement({ type, source }: DeviceSpec, index: number): PrintableElement {
  const [kind, name] = type === 'block' ? ['storage', 'block'] : ['misc', 'char'];
  const path = node('source', {}, [node(name, {}, [source])]);
  const at = ['devices', index];
  const element = node('hostdev', { mode: 'capabilities', type: kind }, [
    from([...at, 'source'], path),
  ]);
  return from(at, element, keysBelow(at, 'type'));
}

function healthElement(health: HealthSpec): PrintableElement {
  const { exec = [], action, ...numbers } = { exec: undefined, ...health };
  const attributes = Object.entries(present(numbers)).map(
    ([name, value]) => [name, String(value)] as const,
  );
  const words = exec.map((word, index) =>
    from(['health', 'exec', index], node('tslxc:arg', {}, [word])),
  );
  const element = node('tslxc:health', { ...Object.fromEntries(attributes), action }, words);
  return from(['health'], element, keysBelow(['health'], 'action', ...Object.keys(numbers)));
}

function restartElement({ policy, max, delay }: RestartSpec): PrintableElement {
  const text = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : String(value);
  const element = node('tslxc:restart', { policy, max: text(max), delay: text(delay) });
  return from(['restart'], element, keysBelow(['restart'], 'policy', 'max', 'delay'));
}
