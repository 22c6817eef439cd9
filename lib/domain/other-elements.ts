/**
 * The children of `<domain>` that are kept whole. Of what they hold, only the names of features are
 * checked here.
 */
import type { FeaturesDefinition, XmlElement } from './definition';
import { refusal } from './place';
import { standalone } from './raw';
import {
  childOf,
  inVocabularyOrder,
  locateChildren,
  readElement,
  textOf,
  type LocatedElement,
  type ParseSession,
  type Reading,
} from './reading';
import { domainVocabulary, emptyVocabulary, featureNames } from './vocabulary';

/** In libvirt's output order. @throws DefinitionError CONFIG_UNSUPPORTED or INTERNAL_ERROR. */
export function parseOtherElements(domain: Reading, session: ParseSession): XmlElement[] {
  const others = [...domain.keptChildren];
  const features = childOf(domain, 'features');
  if (features !== undefined && checkFeatures(features, session) > 0) others.push(features);
  const namespaces = childOf(domain, 'lxc:namespace');
  if (namespaces !== undefined) others.push(namespaces);
  return inVocabularyOrder(others, domainVocabulary).map((child) => standalone(child));
}

/** What is carried out of `<features>`; the element itself is kept as it was written. */
export function parseFeatures(domain: Reading): FeaturesDefinition {
  const at = childOf(domain, 'features');
  const names = at === undefined ? [] : locateChildren(at).map(({ element }) => element.name);
  return { privateNetwork: names.includes('privnet') };
}

const carriedFeatures = ['privnet'];

/** Each feature is for later by itself, so that `start` names it. Returns how many there are. */
function checkFeatures(at: LocatedElement, session: ParseSession): number {
  const features = locateChildren(at);
  readElement(
    { ...at, element: { ...at.element, children: [textOf(at.element)] } },
    emptyVocabulary,
    [],
  );
  for (const { element, path, position } of features) {
    if (element.namespace !== '' || !featureNames.includes(element.name)) {
      const detail = `unexpected feature '${element.name}'`;
      throw refusal('CONFIG_UNSUPPORTED', detail, { path, position });
    }
    if (!carriedFeatures.includes(element.name)) session.later.push({ path, position });
  }
  return features.length;
}
