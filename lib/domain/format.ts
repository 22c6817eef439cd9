/**
 * Formats a DomainDefinition as XML, in libvirt's element order and style. Parsing the result gives the same
 * definition, and formatting that gives the same text.
 */
import type { DomainDefinition, IdRange, LiveState, OsDefinition } from './definition';
import type { KeptPart } from './xml/unsupported';
import type { XmlAttribute, XmlElement } from './xml/element';
import { formatBlockTuning } from './tuning/block-tuning';
import { formatCpuTuning } from './tuning/cpu-tuning';
import { formatDevices } from './devices/format-devices';
import { formatSecurityLabels } from './security/seclabel';
import { formatMemoryTuning, memoryTuningVocabulary } from './tuning/memory-tuning';
import { formatNumaTuning } from './tuning/numa-tuning';
import { formatPartition } from './tuning/partition';
import { node, printXml, type PrintableElement } from './xml/print';
import { wordOf } from './xml/reading';
import { domainVocabulary, osVocabulary } from './elements/vocabulary';
import { lxcNamespace } from './xml/vocabulary';

export interface FormatOptions {
  /** What a running container adds. Default: none, which gives the inactive XML. */
  readonly live?: LiveState;
}

/** The text of a definition, ending with a newline. @throws TslxcError INVALID_ARG. */
export function formatDomain(definition: DomainDefinition, options: FormatOptions = {}): string {
  const { live } = options;
  const supported = new Map<string, readonly PrintableElement[]>([
    ['name', [node('name', {}, [definition.name])]],
    ['uuid', [node('uuid', {}, [definition.uuid])]],
    ['title', formatText('title', definition.title)],
    ['description', formatText('description', definition.description)],
    ['metadata', formatMetadata(definition)],
    ['memory', [formatMemory('memory', definition)]],
    ['currentMemory', [formatMemory('currentMemory', definition)]],
    ['blkiotune', parent('blkiotune', formatBlockTuning(definition.blockTuning), definition)],
    ['memtune', formatMemtune(definition)],
    ['vcpu', [formatVcpu(definition)]],
    ['cputune', parent('cputune', formatCpuTuning(definition.cpuTuning), definition)],
    ['numatune', parent('numatune', formatNumaTuning(definition.numaTuning), definition)],
    ['resource', parent('resource', formatPartition(definition.partition), definition)],
    ['os', [formatOs(definition)]],
    ['idmap', formatIdMap(definition)],
    ['clock', [withKept(node('clock', { offset: definition.clockOffset }), 'clock', definition)]],
    ['on_poweroff', [node('on_poweroff', {}, [definition.onPoweroff])]],
    ['on_reboot', [node('on_reboot', {}, [definition.onReboot])]],
    ['on_crash', [node('on_crash', {}, [definition.onCrash])]],
    ['devices', [node('devices', {}, formatDevices(definition, live))]],
    ['seclabel', formatSecurityLabels(definition, live?.security)],
  ]);
  const { elements, declarations } = hoistNamespace(definition.otherElements);
  const children = [...domainVocabulary.children.keys()].flatMap((word) => [
    ...(supported.get(word) ?? []),
    ...elements.filter((element) => wordOf(element) === word),
  ]);
  const id = live?.id === undefined ? undefined : String(live.id);
  const domain = node('domain', { type: 'lxc', id }, children);
  return printXml({ ...domain, attributes: [...domain.attributes, ...declarations] });
}

/** libvirt declares the lxc prefix on `<domain>`, not on the element that uses it. */
function hoistNamespace(others: readonly XmlElement[]): {
  elements: readonly XmlElement[];
  declarations: readonly XmlAttribute[];
} {
  const isDeclaration = ({ name, value }: XmlAttribute) =>
    name === 'xmlns:lxc' && value === lxcNamespace;
  const declarations: XmlAttribute[] = [];
  const elements = others.map((element) => {
    const found = element.attributes.find(isDeclaration);
    if (element.name !== 'lxc:namespace' || found === undefined) return element;
    declarations.push(found);
    const attributes = element.attributes.filter((attribute) => !isDeclaration(attribute));
    return { ...element, attributes };
  });
  return { elements, declarations };
}

function formatText(name: string, text: string | undefined): readonly PrintableElement[] {
  return text === undefined ? [] : [node(name, {}, [text])];
}

function formatMetadata({ metadata }: DomainDefinition): readonly PrintableElement[] {
  return metadata.length === 0 ? [] : [{ ...node('metadata', {}, metadata), style: 'foreign' }];
}

function formatMemory(
  name: 'memory' | 'currentMemory',
  definition: DomainDefinition,
): PrintableElement {
  const element = node(name, { unit: 'KiB' }, [String(definition[name])]);
  const { attributes } = keptOf(name, definition);
  return { ...element, attributes: [...attributes, ...element.attributes] };
}

function formatVcpu({ vcpu }: DomainDefinition): PrintableElement {
  const { placement, cpuset, current, count } = vcpu;
  const online = current === undefined ? undefined : String(current);
  return node('vcpu', { placement, cpuset, current: online }, [String(count)]);
}

function formatOs(definition: DomainDefinition): PrintableElement {
  const { os } = definition;
  const type = withKept(node('type', { arch: os.arch }, ['exe']), 'os/type', definition);
  const supported = new Map<string, readonly PrintableElement[]>([
    ['type', [type]],
    ...formatInit(os),
  ]);
  const kept = keptOf('os', definition);
  const children = [...osVocabulary.children.keys()].flatMap((word) => [
    ...(supported.get(word) ?? []),
    ...kept.children.filter((element) => wordOf(element) === word),
  ]);
  return { name: 'os', attributes: kept.attributes, children };
}

function formatInit(os: OsDefinition): [string, readonly PrintableElement[]][] {
  const { init, initArgs, initEnvironment } = os;
  return [
    ['init', [node('init', {}, [init])]],
    ['initarg', initArgs.map((argument) => node('initarg', {}, [argument]))],
    ['initenv', initEnvironment.map(({ name, value }) => node('initenv', { name }, [value]))],
    ['initdir', formatText('initdir', os.initDirectory)],
    ['inituser', formatText('inituser', os.initUser)],
    ['initgroup', formatText('initgroup', os.initGroup)],
    ['cmdline', formatText('cmdline', os.commandLine)],
  ];
}

function formatIdMap({ idMap }: DomainDefinition): readonly PrintableElement[] {
  if (idMap === undefined) return [];
  const ranges = (name: string, list: readonly IdRange[]): PrintableElement[] =>
    list.map(({ start, target, count }) =>
      node(name, { start: String(start), target: String(target), count: String(count) }),
    );
  return [node('idmap', {}, [...ranges('uid', idMap.uids), ...ranges('gid', idMap.gids)])];
}

/** `<memtune>`, with its kept parts in order among its limits. */
function formatMemtune(definition: DomainDefinition): PrintableElement[] {
  const words = [...memoryTuningVocabulary.children.keys()];
  const rank = (child: PrintableElement | string): number =>
    typeof child === 'string' ? -1 : words.indexOf(child.name);
  return parent('memtune', formatMemoryTuning(definition.memoryTuning), definition).map(
    (element) => ({
      ...element,
      children: [...element.children].sort((a, b) => rank(a) - rank(b)),
    }),
  );
}

/** An element that is printed only if it has children. */
function parent(
  name: string,
  children: readonly PrintableElement[],
  definition: DomainDefinition,
): readonly PrintableElement[] {
  const element = withKept(node(name, {}, children), name, definition);
  return element.children.length === 0 ? [] : [element];
}

/** `element` with the parts of it that were kept as written; `path` is relative to `<domain>`. */
function withKept(
  element: PrintableElement,
  path: string,
  definition: DomainDefinition,
): PrintableElement {
  const { attributes, children } = keptOf(path, definition);
  return {
    name: element.name,
    attributes: [...element.attributes, ...attributes],
    children: [...element.children, ...children],
  };
}

function keptOf(path: string, { kept = [] }: DomainDefinition): KeptPart {
  const part = kept.find((candidate) => candidate.path === `domain/${path}`);
  return part ?? { path, attributes: [], children: [] };
}
