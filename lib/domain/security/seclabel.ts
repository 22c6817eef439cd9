/**
 * `<seclabel>` of the domain: how the container gets its security label. Whether the host has the model is
 * asked at start: see chosen-label.ts.
 */
import { attributeLocation, definitionError } from '../xml/source-location';
import { childrenOf, type LocatedElement, type Reading } from '../xml/reading';
import type { ParseSession } from '../parse-session';
import { checkModels, labelOf, modelOf, readSeclabel, relabelOf } from './seclabel-words';
import type { SecurityLabel } from './definition';
import { vocabulary } from '../xml/vocabulary';

/** What the type has no use for is dropped: libvirt writes it for a running domain. */
const seclabelVocabulary = vocabulary({
  attributes: { type: 'supported', model: 'supported', relabel: 'supported' },
  children: { label: 'one', imagelabel: 'output', baselabel: 'one' },
});

/** The last one says no more than no element does. */
const types = ['dynamic', 'static', 'none', 'default'] as const;

/**
 * In document order, without those of type default.
 *
 * @throws DefinitionError XML_ERROR; CONFIG_UNSUPPORTED for a `relabel` that the type can't have; XML_DETAIL for a second
 * label of one model.
 */
export function parseSecurityLabels(domain: Reading, session: ParseSession): SecurityLabel[] {
  const readings = childrenOf(domain, 'seclabel').map((at: LocatedElement) =>
    readSeclabel(at, seclabelVocabulary, session.unsupported),
  );
  const labels = readings.flatMap((reading) => parseLabel(reading) ?? []);
  checkModels(readings);
  const nameless = readings.find((reading) => modelOf(reading) === undefined);
  if (readings.length > 1 && nameless !== undefined) {
    const detail = 'missing security model when using multiple labels';
    throw definitionError('XML_ERROR', detail, nameless.at);
  }
  return labels;
}

function parseLabel(reading: Reading): SecurityLabel | undefined {
  const { at } = reading;
  const type = typeOf(reading);
  const model = modelOf(reading);
  const relabel = relabelOf(reading) ?? type === 'dynamic';
  if (type === 'default') return undefined;
  if (type === 'dynamic' && !relabel) {
    const detail = 'dynamic label type must use resource relabeling';
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'relabel'));
  }
  if (type === 'none' && relabel) {
    const detail = "resource relabeling is not compatible with 'none' label type";
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'relabel'));
  }
  const common = { ...(model === undefined ? {} : { model }), relabel, position: at.position };
  // A model without labels.
  if (type === 'none' || model === 'none') return { ...common, type: 'none', relabel: false };
  const text = labelOf(reading, type === 'static' ? 'label' : 'baselabel');
  if (type === 'static' && text === undefined) {
    throw definitionError('XML_ERROR', 'security label is missing', at);
  }
  if (text !== undefined && model === undefined) {
    throw definitionError('XML_ERROR', 'missing security model in domain seclabel', at);
  }
  if (text === undefined) return { ...common, type };
  return type === 'static'
    ? { ...common, type, label: text }
    : { ...common, type, baseLabel: text };
}

function typeOf({ attributes, at }: Reading): (typeof types)[number] {
  const value = attributes.get('type') ?? 'dynamic';
  const type = types.find((known) => known === value);
  if (type !== undefined) return type;
  throw definitionError(
    'XML_ERROR',
    `invalid security type '${value}'`,
    attributeLocation(at, 'type'),
  );
}
