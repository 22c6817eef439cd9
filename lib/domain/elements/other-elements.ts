/**
 * The children of `<domain>` that are kept as written. Of their content, only the names of features are
 * checked here.
 */
import { canonicalCapabilities, parseCapabilities } from './capabilities';
import type { FeaturesDefinition } from '../definition';
import type { XmlElement } from '../xml/element';
import { definitionError } from '../xml/source-location';
import { standalone } from '../xml/raw';
import {
  childOf,
  inVocabularyOrder,
  locateChildren,
  readElement,
  textOf,
  type LocatedElement,
  type Reading,
} from '../xml/reading';
import type { ParseSession } from '../parse-session';
import { domainVocabulary, emptyVocabulary, featureNames } from '../xml/vocabulary';

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
  if (namespaces !== undefined) others.push(namespaces);
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

const supportedFeatures = ['privnet', 'capabilities'];

function isCapabilities({ name, namespace }: XmlElement): boolean {
  return name === 'capabilities' && namespace === '';
}

/** The element with its capabilities as libvirt prints them, and the other features as written. */
function canonicalFeatures(at: LocatedElement): XmlElement {
  const children = locateChildren(at).flatMap((child) => {
    const { element } = child;
    if (!isCapabilities(element)) return [element];
    return canonicalCapabilities(parseCapabilities(child), element) ?? [];
  });
  return { ...at.element, children };
}

/** Each feature is listed as unsupported by itself, so that `start` names it. */
function checkFeatures(at: LocatedElement, session: ParseSession): void {
  const features = locateChildren(at);
  readElement(
    { ...at, element: { ...at.element, children: [textOf(at.element)] } },
    emptyVocabulary,
    [],
  );
  for (const { element, path, position } of features) {
    if (element.namespace !== '' || !featureNames.includes(element.name)) {
      const detail = `unexpected feature '${element.name}'`;
      throw definitionError('CONFIG_UNSUPPORTED', detail, { path, position });
    }
    if (!supportedFeatures.includes(element.name)) session.unsupported.push({ path, position });
  }
}
