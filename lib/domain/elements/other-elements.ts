/**
 * The children of `<domain>` that are kept as written. Of their content, only the names of features are
 * checked here.
 */
import { canonicalCapabilities, parseCapabilities } from './capabilities';
import type { DomainDefinition, FeaturesDefinition } from '../definition';
import type { XmlElement } from '../xml/element';
import { definitionError } from '../xml/source-location';
import { standalone } from '../xml/raw';
import {
  childOf,
  inVocabularyOrder,
  isNamespaceDeclaration,
  locateChildren,
  readElement,
  type LocatedElement,
  type Reading,
} from '../xml/reading';
import type { ParseSession } from '../parse-session';
import { domainVocabulary, featuresVocabulary } from './vocabulary';

/** In libvirt's output order. @throws DefinitionError CONFIG_UNSUPPORTED or INTERNAL_ERROR. */
export function parseOtherElements(domain: Reading, session: ParseSession): XmlElement[] {
  const others = [...domain.keptChildren];
  const features = childOf(domain, 'features');
  if (features !== undefined) {
    checkFeatures(features, session);
    const element = canonicalFeatures(features);
    if (element.children.length > 0) others.push({ ...features, element });
  }
  const namespaces = childOf(domain, 'lxc:namespace');
  if (namespaces !== undefined && namespaces.element.children.length > 0) others.push(namespaces);
  return inVocabularyOrder(others, domainVocabulary).map((child) => standalone(child));
}

/** The supported content of `<features>`; the element itself is kept as written. @throws as `parseCapabilities`. */
export function parseFeatures(domain: Reading): FeaturesDefinition {
  const at = childOf(domain, 'features');
  const features = at === undefined ? [] : locateChildren(at);
  const [capabilities, second] = features.filter(({ element }) => isCapabilities(element));
  if (second !== undefined) {
    throw definitionError('XML_ERROR', 'element <capabilities> appears more than once', second);
  }
  return {
    privateNetwork: features.some(({ element }) => element.name === 'privnet'),
    capabilities: parseCapabilities(capabilities),
  };
}

/** The definition with `<privnet/>` among its features. */
export function withPrivateNetwork(definition: DomainDefinition): DomainDefinition {
  const { features, otherElements } = definition;
  if (features.privateNetwork) return definition;
  const position = { line: 1, column: 1 };
  const plain = { namespace: '', attributes: [], children: [], position };
  const found = otherElements.find(({ name }) => name === 'features');
  const before = found ?? { ...plain, name: 'features' };
  const changed = { ...before, children: [...before.children, { ...plain, name: 'privnet' }] };
  const others = otherElements.filter((element) => element !== found);
  return {
    ...definition,
    features: { ...features, privateNetwork: true },
    otherElements: [...others, changed],
  };
}

function isCapabilities({ name, namespace }: XmlElement): boolean {
  return name === 'capabilities' && namespace === '';
}

/** The element with its capabilities as libvirt prints them, and the other features as written. It has no attributes. */
function canonicalFeatures(at: LocatedElement): XmlElement {
  const features = locateChildren(at);
  const first = ({ element }: LocatedElement) =>
    features.find(({ element: { name } }) => name === element.name)?.element;
  const once = features.filter((child) => first(child) === child.element);
  const children = inVocabularyOrder(once, featuresVocabulary).flatMap((child) => {
    const { element } = child;
    if (!isCapabilities(element)) return [withState(element)];
    return canonicalCapabilities(parseCapabilities(child), element) ?? [];
  });
  const attributes = at.element.attributes.filter(({ name }) => isNamespaceDeclaration(name));
  return { ...at.element, attributes, children };
}

/** `<hap/>` means `state='on'`, which libvirt prints. */
function withState(element: XmlElement): XmlElement {
  if (element.name !== 'hap' || element.attributes.length > 0) return element;
  return { ...element, attributes: [{ name: 'state', value: 'on' }] };
}

/** Lists each unsupported feature separately, so that `start` names it. */
function checkFeatures(at: LocatedElement, session: ParseSession): void {
  for (const child of locateChildren(at)) {
    const { name, namespace } = child.element;
    if (namespace !== '' || !featuresVocabulary.children.has(name)) {
      throw definitionError('CONFIG_UNSUPPORTED', `unexpected feature '${name}'`, child);
    }
  }
  readElement(at, featuresVocabulary, session);
}
