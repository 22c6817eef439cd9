/**
 * Changes one part of a network's definition: an element is added, replaced or removed in the text of the definition, and the
 * result is parsed like any definition, so that a change can't give a definition that could not be defined. Pure.
 */
import type { XmlElement } from '../../domain/xml/element';
import { definitionError } from '../../domain/xml/source-location';
import { locateRoot, readElement, textOf } from '../../domain/xml/reading';
import type { UnknownWord } from '../../domain/xml/unsupported';
import { parseXml } from '../../domain/xml/xml';
import { TslxcError } from '../../errors';
import type { NetworkDefinition } from './definition';
import { formatNetwork } from './format';
import { readNetwork } from './parse';
import { networkUpdateCommands } from './update-names';
import type { NetworkSection, NetworkUpdateCommand } from './update-names';
import { sections } from './update-sections';
import type { Candidates, Section } from './update-sections';

/** One change of one part of a network. */
export interface NetworkUpdate {
  /** What is done with the element. */
  readonly command: NetworkUpdateCommand;
  /** The part of the definition that contains the element. */
  readonly section: NetworkSection;
  /** One element of that part. */
  readonly xml: string;
  /** Which `<ip>` of the network is meant, from 0 on. Default: the first that serves DHCP, else the first. */
  readonly parentIndex?: number | undefined;
}

/**
 * The changed definition. As in libvirt, words of the element that its schema does not know are left out; they are listed in
 * `unknown`, with their positions in the element's text.
 *
 * @throws TslxcError INVALID_ARG for an unknown command or part; NO_SUPPORT for a part that can't be changed by itself;
 * OPERATION_INVALID if there is no such element, or already one; DefinitionError, with the position in the element's text.
 */
export function updateNetwork(
  definition: NetworkDefinition,
  update: NetworkUpdate,
): NetworkDefinition {
  const { command, section: name, xml } = update;
  if (!Object.hasOwn(networkUpdateCommands, command)) {
    throw new TslxcError('INVALID_ARG', `unrecognized network update command '${command}'`);
  }
  const section = sectionNamed(name, definition);
  const wanted = parseXml(xml);
  const expected = section.path.at(-1) ?? '';
  if (wanted.name !== expected || wanted.namespace !== '') {
    const detail = `unexpected element <${wanted.name}>, expecting <${expected}>, while updating network '${definition.name}'`;
    throw definitionError('XML_ERROR', detail, { path: wanted.name, position: wanted.position });
  }
  const { uuid, mac = '' } = definition;
  const root = parseXml(formatNetwork(definition));
  const changed = changedBelow(root, section.path, {
    parentIndex: update.parentIndex ?? servedIp(definition),
    change: (present) =>
      changedList({ network: definition.name, wanted, present }, section, command),
  });
  const next = readNetwork(changed, { newUuid: () => uuid, newMac: () => mac });
  if (command !== 'delete') return next;
  const unknown = unknownWords(wanted, section);
  return unknown.length === 0 ? next : { ...next, unknown };
}

/** The unknown words of an element that is only used to find another, so that it is not part of the parsed result. */
function unknownWords(element: XmlElement, { path, vocabulary }: Section): UnknownWord[] {
  const unknown: UnknownWord[] = [];
  const at = { ...locateRoot(element), path: ['network', ...path].join('/') };
  readElement(at, vocabulary, { unsupported: [], kept: [], unknown });
  return unknown;
}

function sectionNamed(name: string, definition: NetworkDefinition): Section {
  if (!Object.hasOwn(sections, name)) {
    throw new TslxcError('INVALID_ARG', `unrecognized network update section '${name}'`);
  }
  const section = sections[name as NetworkSection];
  if (section !== undefined) return section;
  const detail = `can't update '${name}' section of network '${definition.name}'`;
  throw new TslxcError('NO_SUPPORT', detail);
}

function servedIp({ ips }: NetworkDefinition): number {
  const serving = ips.findIndex(({ dhcp }) => dhcp !== undefined);
  const ipv4 = ips.findIndex(({ family }) => family === 'ipv4');
  return serving >= 0 ? serving : Math.max(ipv4, 0);
}

/** The elements of a part after the change. */
function changedList(
  candidates: Candidates,
  section: Section,
  command: NetworkUpdateCommand,
): XmlElement[] {
  const { wanted, present } = candidates;
  if (command === 'modify' && section.unmodifiable !== undefined) {
    throw new TslxcError('OPERATION_INVALID', section.unmodifiable);
  }
  if (command !== 'delete') section.check?.(candidates);
  if (command === 'add-first' || command === 'add-last') {
    if (present.some((one) => section.clashes(wanted, one))) {
      throw new TslxcError('OPERATION_INVALID', section.exists(candidates));
    }
    return command === 'add-first' ? [wanted, ...present] : [...present, wanted];
  }
  const isMeant = command === 'modify' ? section.clashes : section.isMeant;
  const [first, second] = present.filter((one) => isMeant(wanted, one));
  if (first === undefined) {
    throw new TslxcError('OPERATION_INVALID', section.missing(candidates, command));
  }
  if (second !== undefined && section.several !== undefined) {
    throw new TslxcError('OPERATION_INVALID', section.several(candidates));
  }
  return present.flatMap((one) => (one !== first ? [one] : command === 'delete' ? [] : [wanted]));
}

interface Change {
  readonly parentIndex: number;
  readonly change: (present: readonly XmlElement[]) => XmlElement[];
}

/** A copy of `element` with the elements at the end of the path changed. Missing elements along the path are created. */
function changedBelow(
  element: XmlElement,
  [name = '', ...rest]: readonly string[],
  change: Change,
): XmlElement {
  const named = elementsOf(element).filter((child) => child.name === name);
  if (rest.length === 0) return withChildren(element, name, change.change(named));
  const index = name === 'ip' ? change.parentIndex : 0;
  const parent = named[index] ?? missing(element, name, change);
  const inner = changedBelow(name === 'forward' ? withoutDevice(parent) : parent, rest, change);
  const others = named.map((one) => (one === parent ? inner : one));
  return withChildren(element, name, named.includes(parent) ? others : [...others, inner]);
}

/** Creates a missing element. @throws TslxcError OPERATION_INVALID for an `<ip>` or `<forward>`, which can't be created empty. */
function missing(element: XmlElement, name: string, { parentIndex }: Change): XmlElement {
  const network = elementsOf(element).find((child) => child.name === 'name');
  const of = `in network '${network === undefined ? '' : textOf(network)}'`;
  if (name === 'ip') {
    const detail = `couldn't update dhcp host entry - no <ip> element found at index ${String(parentIndex)} ${of}`;
    throw new TslxcError('OPERATION_INVALID', detail);
  }
  if (name === 'forward') {
    throw new TslxcError('OPERATION_INVALID', `there is no <forward> element ${of}`);
  }
  const { position } = element;
  return { name, namespace: '', attributes: [], children: [], position };
}

/** Removes `dev`, which repeats the first device of a pool, and would contradict a changed list. */
function withoutDevice(forward: XmlElement): XmlElement {
  const hasList = elementsOf(forward).some(({ name }) => name === 'interface');
  if (!hasList) return forward;
  return { ...forward, attributes: forward.attributes.filter(({ name }) => name !== 'dev') };
}

/** Replaces the children of that name. Their order relative to children of other names has no meaning. */
function withChildren(
  element: XmlElement,
  name: string,
  replaced: readonly XmlElement[],
): XmlElement {
  const others = element.children.filter(
    (child) => typeof child === 'string' || child.name !== name,
  );
  return { ...element, children: [...others, ...replaced] };
}

function elementsOf({ children }: XmlElement): XmlElement[] {
  return children.filter((child) => typeof child !== 'string');
}
