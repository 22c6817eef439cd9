/**
 * Devices that are only stored: fills in libvirt's defaults, and puts their children in libvirt's order. Controllers and
 * addresses, which libvirt adds for the buses of a virtual machine, are not added here. Pure.
 */
import type { XmlAttribute, XmlElement } from '../xml/element';
import { inVocabularyOrder, contentOf } from '../xml/reading';
import type { Vocabulary } from '../xml/vocabulary';
import { parseBytes } from '../xml/scaled-integer';
import { filesystemVocabulary } from '../filesystem/vocabulary';
import { interfaceVocabulary } from '../interface/vocabulary';
import { consoleVocabulary, diskVocabulary, hostdevVocabulary } from './device-vocabulary';
import { busOfDisk } from './disk/disk-bus';

/** The device as libvirt prints it. */
export function canonicalDevice(element: XmlElement): XmlElement {
  const canonical = devices[element.name];
  return canonical === undefined ? element : canonical(element);
}

type Canonical = (element: XmlElement) => XmlElement;

const devices: Readonly<Record<string, Canonical | undefined>> = {
  filesystem: (element) =>
    ordered(
      withDefaults(mapped(withModes(element), filesystemParts), {
        type: 'mount',
        accessmode: 'passthrough',
      }),
      filesystemVocabulary,
    ),
  disk: (element) =>
    ordered(
      readonlyDrive(
        withDefaults(mapped(element, { target: diskTarget }), { type: 'file', device: 'disk' }),
      ),
      diskVocabulary,
    ),
  interface: (element) =>
    ordered(
      mapped(withDefaults(element, { type: 'user' }), interfaceParts(element)),
      interfaceVocabulary,
    ),
  hostdev: (element) =>
    ordered(
      attributeOf(element, 'mode') === 'capabilities'
        ? element
        : withDefaults(element, { mode: 'subsystem', managed: 'no' }),
      hostdevVocabulary,
    ),
  console: (element) => canonicalConsole(element, 0),
  serial: (element) => withChild(element, 'target', { port: '0' }),
  parallel: (element) => withChild(element, 'target', { port: '0' }),
};

/** As libvirt prints it as the `port`th console: it counts them, whatever the text says. */
export function canonicalConsole(element: XmlElement, port: number): XmlElement {
  const isStream = attributeOf(element, 'type') === 'tcp';
  const complete = withChild(
    isStream ? withChild(element, 'protocol', { type: 'raw' }) : element,
    'target',
    {},
  );
  const target: Canonical = (one) => {
    const type = { name: 'type', value: attributeOf(one, 'type') ?? 'lxc' };
    return { ...one, attributes: [type, { name: 'port', value: String(port) }] };
  };
  return ordered(mapped(complete, { target }), consoleVocabulary);
}

const limitInBytes: Canonical = (element) => {
  const text = contentOf(element);
  const location = { path: element.name, position: element.position };
  const unit = attributeOf(element, 'unit') ?? 'bytes';
  const bytes = unit === 'bytes' ? text : String(parseBytes({ text, unit, location }));
  return { ...element, attributes: [{ name: 'unit', value: 'bytes' }], children: [bytes] };
};

const filesystemParts = { space_hard_limit: limitInBytes, space_soft_limit: limitInBytes };

/** The element with its `fmode` and `dmode` padded to four digits. */
export function withModes<T extends Pick<XmlElement, 'attributes'>>(element: T): T {
  const attributes = element.attributes.map(({ name, value }) =>
    name === 'fmode' || name === 'dmode'
      ? { name, value: value.padStart(4, '0') }
      : { name, value },
  );
  return { ...element, attributes };
}

function interfaceParts(element: XmlElement): Readonly<Record<string, Canonical>> {
  return attributeOf(element, 'type') === 'direct' ? { source: directSource } : {};
}

const directSource: Canonical = (element) => {
  const mode = { name: 'mode', value: attributeOf(element, 'mode') ?? 'vepa' };
  const others = element.attributes.filter(({ name }) => name !== 'mode');
  return { ...element, attributes: [...others, mode] };
};

const diskTarget: Canonical = (element) => {
  const bus = busOfDisk(attributeOf(element, 'dev') ?? '');
  return bus === undefined ? element : withDefaults(element, { bus });
};

/** As in libvirt, a cdrom is always read-only. */
function readonlyDrive(element: XmlElement): XmlElement {
  return attributeOf(element, 'device') === 'cdrom' ? withChild(element, 'readonly', {}) : element;
}

/** Adds the defaults of missing attributes. The attributes that have defaults are put before the others; see also `isBefore`. */
function withDefaults(element: XmlElement, defaults: Readonly<Record<string, string>>): XmlElement {
  const names = Object.keys(defaults);
  const own = element.attributes.filter(({ name }) => !names.includes(name));
  const [first, last] = [own.filter(isBefore), own.filter((one) => !isBefore(one))] as const;
  const filled = Object.entries(defaults).map(([name, value]) => ({
    name,
    value: attributeOf(element, name) ?? value,
  }));
  return { ...element, attributes: placed(first, filled, last) };
}

/** `type` of a `<hostdev>` comes between `mode` and `managed`, and `dev` of a `<target>` before its bus. */
function isBefore({ name }: XmlAttribute): boolean {
  return name === 'type' || name === 'dev';
}

function placed(
  first: readonly XmlAttribute[],
  filled: readonly XmlAttribute[],
  last: readonly XmlAttribute[],
): XmlAttribute[] {
  const [mode, ...others] = filled;
  return mode?.name === 'mode'
    ? [mode, ...first, ...others, ...last]
    : [...first, ...filled, ...last];
}

function withChild(
  element: XmlElement,
  name: string,
  attributes: Readonly<Record<string, string>>,
): XmlElement {
  const has = element.children.some((child) => typeof child !== 'string' && child.name === name);
  if (has) return element;
  const child: XmlElement = {
    name,
    namespace: '',
    attributes: Object.entries(attributes).map(([key, value]) => ({ name: key, value })),
    children: [],
    position: element.position,
  };
  return { ...element, children: [...element.children, child] };
}

/** The element with its children of these names changed. */
function mapped(
  element: XmlElement,
  parts: Readonly<Record<string, Canonical | undefined>>,
): XmlElement {
  const children = element.children.map((child) =>
    typeof child === 'string' ? child : (parts[child.name]?.(child) ?? child),
  );
  return { ...element, children };
}

/** The element with its children in the vocabulary's order; text between them is layout, and dropped. */
function ordered(element: XmlElement, vocabulary: Vocabulary): XmlElement {
  const children = element.children.flatMap((child) =>
    typeof child === 'string' ? [] : [{ element: withoutLayout(child) }],
  );
  return {
    ...element,
    children: inVocabularyOrder(children, vocabulary).map((one) => one.element),
  };
}

/** The element without text among elements. */
function withoutLayout(element: XmlElement): XmlElement {
  const elements = element.children.filter((child) => typeof child !== 'string');
  return elements.length === 0 ? element : { ...element, children: elements.map(withoutLayout) };
}

function attributeOf({ attributes }: XmlElement, wanted: string): string | undefined {
  return attributes.find(({ name }) => name === wanted)?.value;
}
