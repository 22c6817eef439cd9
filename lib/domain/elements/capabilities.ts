/** `<features><capabilities>`: which capabilities the container's programs keep, capabilities(7). */
import { capabilityNumbers, type CapabilityName } from './capability-numbers';
import type { CapabilitiesDefinition } from '../definition';
import type { XmlElement } from '../xml/element';
import { attributeLocation, definitionError } from '../xml/source-location';
import {
  childOf,
  locateChildren,
  readExactly,
  type LocatedElement,
  type Reading,
} from '../xml/reading';
import { vocabulary } from '../xml/vocabulary';

const names = Object.keys(capabilityNumbers) as CapabilityName[];
const policies = ['default', 'allow', 'deny'] as const;
const states = ['on', 'off'] as const;

/** An unknown word is refused, since it could be meant to take a capability away. */
export const capabilitiesVocabulary = vocabulary({
  attributes: { policy: 'supported' },
  children: Object.fromEntries(Object.keys(capabilityNumbers).map((name) => [name, 'one'])),
  unknown: 'refused',
});

/** A child of `<capabilities>`. */
export const capabilityVocabulary = vocabulary({
  attributes: { state: 'supported' },
  unknown: 'refused',
});

/** @throws DefinitionError CONFIG_UNSUPPORTED for an unknown capability, XML_ERROR for another policy or state. */
export function parseCapabilities(at: LocatedElement | undefined): CapabilitiesDefinition {
  if (at === undefined) return { policy: 'default', on: [], off: [] };
  for (const child of locateChildren(at)) {
    const { name, namespace } = child.element;
    if (namespace === '' && names.some((known) => known === name)) continue;
    throw definitionError('CONFIG_UNSUPPORTED', `unexpected capability feature '${name}'`, child);
  }
  const reading = readExactly(at, capabilitiesVocabulary);
  const policy = choiceOf(reading, 'policy', policies) ?? 'default';
  const stated = names.flatMap((name) => {
    const child = childOf(reading, name);
    return child === undefined ? [] : [{ name, state: stateOf(child) }];
  });
  const namesIn = (wanted: (typeof states)[number]) =>
    stated.filter(({ state }) => state === wanted).map(({ name }) => name);
  return { policy, on: namesIn('on'), off: namesIn('off') };
}

/** The element as libvirt prints it; undefined if it means the same as a missing one. */
export function canonicalCapabilities(
  { policy, on, off }: CapabilitiesDefinition,
  { position }: XmlElement,
): XmlElement | undefined {
  const children = names
    .filter((name) => on.includes(name) || off.includes(name))
    .map((name) => element(name, { state: on.includes(name) ? 'on' : 'off' }));
  if (policy === 'default' && children.length === 0) return undefined;
  return { ...element('capabilities', { policy }), children };

  function element(name: string, attributes: Readonly<Record<string, string>>): XmlElement {
    return {
      name,
      namespace: '',
      attributes: Object.entries(attributes).map(([key, value]) => ({ name: key, value })),
      children: [],
      position,
    };
  }
}

/** A capability without a state is on. */
function stateOf(at: LocatedElement): (typeof states)[number] {
  return choiceOf(readExactly(at, capabilityVocabulary), 'state', states) ?? 'on';
}

function choiceOf<Choice extends string>(
  { at, attributes }: Reading,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = attributes.get(name);
  const choice = choices.find((known) => known === value);
  if (value === undefined || choice !== undefined) return choice;
  const where = `attribute '${name}' in element '${at.element.name}'`;
  const detail = `Invalid value for ${where}: '${value}'.`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, name));
}
