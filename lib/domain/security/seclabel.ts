/**
 * `<seclabel>` of the domain: how the container gets its security label. Whether the host has the model is
 * checked at start: see chosen-label.ts.
 */
import { attributeLocation, definitionError } from '../xml/source-location';
import { childrenOf, type LocatedElement, type Reading } from '../xml/reading';
import type { ParseSession } from '../parse-session';
import { checkModels, labelOf, modelOf, readSeclabel, relabelOf } from './seclabel-words';
import type { LiveSecurity, SecurityLabel } from './definition';
import { vocabulary } from '../xml/vocabulary';
import type { DomainDefinition } from '../definition';
import { node, type PrintableElement } from '../xml/print';

/**
 * Children that the type doesn't use are dropped: libvirt writes them for a running domain. An unknown word is refused, since it
 * could be meant to confine the container.
 */
export const seclabelVocabulary = vocabulary({
  attributes: { type: 'supported', model: 'supported', relabel: 'supported' },
  children: { label: 'one', imagelabel: 'output', baselabel: 'one' },
  unknown: 'refused',
});

/** `default` means the same as a missing element. */
const types = ['dynamic', 'static', 'none', 'default'] as const;

/**
 * The labels in document order, without those of type default.
 *
 * @throws DefinitionError XML_ERROR; CONFIG_UNSUPPORTED for a `relabel` that the type can't have; XML_DETAIL for a second
 * label of the same model.
 */
export function parseSecurityLabels(domain: Reading, session: ParseSession): SecurityLabel[] {
  const readings = childrenOf(domain, 'seclabel').map((at: LocatedElement) =>
    readSeclabel(at, seclabelVocabulary, session),
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

/**
 * Fills in the host's model, if it is known, for a label of type none without a model, as libvirt does when a domain is defined.
 * A text can have a label without a model only as its single label.
 */
export function withHostModel<T extends Pick<DomainDefinition, 'securityLabels'>>(
  definition: T,
  hostModel: (() => string) | undefined,
): T {
  const isNameless = ({ type, model }: SecurityLabel): boolean =>
    type === 'none' && model === undefined;
  const { securityLabels } = definition;
  if (hostModel === undefined || !securityLabels.some(isNameless)) return definition;
  const model = hostModel();
  const named = securityLabels.map((label) => (isNameless(label) ? { ...label, model } : label));
  return { ...definition, securityLabels: named };
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
  // Model `none` has no labels.
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

type Printed = Omit<SecurityLabel, 'position'>;

/** The elements as libvirt prints them. Live XML also shows a label that the definition did not ask for. */
export function formatSecurityLabels(
  { securityLabels }: DomainDefinition,
  live: LiveSecurity | undefined,
): PrintableElement[] {
  if (live === undefined) return securityLabels.map((label) => formatLabel(label));
  const isRunning = ({ type, model = live.model }: Printed): boolean =>
    type !== 'none' && model === live.model;
  const implicit: Printed = { type: 'dynamic', model: live.model, relabel: true };
  const all = securityLabels.some(isRunning) ? securityLabels : [...securityLabels, implicit];
  return all.map((label) =>
    isRunning(label) ? formatLabel({ ...label, model: live.model }, live) : formatLabel(label),
  );
}

function formatLabel(label: Printed, live?: LiveSecurity): PrintableElement {
  const { type, model, relabel } = label;
  if (type === 'none') return node('seclabel', { type, model });
  const imageLabel = relabel ? live?.imageLabel : undefined;
  return node('seclabel', { type, model, relabel: relabel ? 'yes' : 'no' }, [
    ...child('label', live?.label ?? label.label),
    ...child('imagelabel', imageLabel),
    ...child('baselabel', label.baseLabel),
  ]);
}

function child(name: string, text: string | undefined): PrintableElement[] {
  return text === undefined ? [] : [node(name, {}, [text])];
}
