/** `<numatune>`: the memory nodes to allocate from. */
import { canonicalNumberSet } from '../xml/number-set';
import { attributeLocation, definitionError } from '../xml/source-location';
import { node, type PrintableElement } from '../xml/print';
import { keepRest, standalone } from '../xml/raw';
import { childOf, readElement, type Reading } from '../xml/reading';
import type { ParseSession } from '../parse-session';
import type { NumaTuning } from './definition';
import { vocabulary } from '../xml/vocabulary';

const tuningVocabulary = vocabulary({ children: { memory: 'one', memnode: 'unsupported' } });

const memoryVocabulary = vocabulary({
  attributes: { mode: 'supported', nodeset: 'supported', placement: 'supported' },
});

/** Both mean the same for the cpuset controller. libvirt's other modes are memory policies of a process. */
export const numaModes = ['strict', 'restrictive'] as const;

const unsupportedModes = ['preferred', 'interleave'];

/** @throws DefinitionError XML_ERROR, INVALID_ARG or CONFIG_UNSUPPORTED, with libvirt's message. */
export function parseNumaTuning(
  domain: Reading,
  session: ParseSession,
): { numaTuning?: NumaTuning } {
  const at = childOf(domain, 'numatune');
  if (at === undefined) return {};
  const reading = readElement(at, tuningVocabulary, session.unsupported);
  const memory = childOf(reading, 'memory');
  const memoryReading = memory && readElement(memory, memoryVocabulary, session.unsupported);
  if (memory === undefined || memoryReading === undefined) {
    keepRest(reading, session);
    return {};
  }
  const { attributes } = memoryReading;
  const written = attributes.get('mode') ?? 'strict';
  const mode = numaModes.find((known) => known === written);
  const location = attributeLocation(memory, 'mode');
  if (mode === undefined && !unsupportedModes.includes(written)) {
    const detail = `Unsupported NUMA memory tuning mode '${written}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, location);
  }
  const nodeset = parseNodeset(memoryReading);
  if (mode === undefined || nodeset === undefined) {
    const unsupported = mode === undefined ? location : attributeLocation(memory, 'placement');
    session.unsupported.push({ ...unsupported, value: mode === undefined ? written : 'auto' });
    session.kept.push({
      path: at.path,
      attributes: [],
      children: [memory, ...reading.keptChildren].map((child) => standalone(child)),
    });
    return {};
  }
  keepRest(reading, session);
  return { numaTuning: { mode, nodeset, position: memory.position } };
}

/** The children of `<numatune>`. */
export function formatNumaTuning(tuning: NumaTuning | undefined): PrintableElement[] {
  if (tuning === undefined) return [];
  return [node('memory', { mode: tuning.mode, nodeset: tuning.nodeset })];
}

/** Undefined if the host should choose. */
function parseNodeset({ attributes, at }: Reading): string | undefined {
  const nodeset = attributes.get('nodeset');
  const placement = attributes.get('placement') ?? 'static';
  if (placement !== 'static' && placement !== 'auto') {
    const detail = `Unsupported NUMA memory placement mode '${placement}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'placement'));
  }
  if (placement === 'auto') return undefined;
  if (nodeset === undefined) {
    const detail = "nodeset for NUMA memory tuning must be set if 'placement' is 'static'";
    throw definitionError('XML_ERROR', detail, at);
  }
  const set = canonicalNumberSet(nodeset);
  if (set !== undefined) return set;
  throw definitionError(
    'INVALID_ARG',
    `Failed to parse bitmap '${nodeset}'`,
    attributeLocation(at, 'nodeset'),
  );
}
