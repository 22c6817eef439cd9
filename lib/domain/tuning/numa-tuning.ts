/** `<numatune>`: the memory nodes to allocate from. */
import { canonicalNumberSet } from '../xml/number-set';
import { attributeLocation, definitionError } from '../xml/source-location';
import { node, type PrintableElement } from '../xml/print';
import { keepRest, standalone } from '../xml/raw';
import { childOf, readElement, type Reading } from '../xml/reading';
import type { ParseSession } from '../parse-session';
import type { NumaTuning } from './definition';
import { ignored, refused, valuesOf, vocabulary } from '../xml/vocabulary';

export const numaTuningVocabulary = vocabulary({
  children: { memory: 'one', memnode: ignored('a container has no nodes of its own') },
});

const noPolicy = refused('memory would come from any node');

/** `<memory>` of `<numatune>`. */
export const numaMemoryVocabulary = vocabulary({
  attributes: {
    mode: {
      values: {
        strict: 'supported',
        restrictive: 'supported',
        preferred: noPolicy,
        interleave: noPolicy,
      },
    },
    nodeset: 'supported',
    placement: { values: { static: 'supported', auto: noPolicy } },
  },
});

/** Both mean the same for the cpuset controller. libvirt's other modes are memory policies of a process. */
export const numaModes = ['strict', 'restrictive'] as const;

/** @throws DefinitionError XML_ERROR, INVALID_ARG or CONFIG_UNSUPPORTED, with libvirt's message. */
export function parseNumaTuning(
  domain: Reading,
  session: ParseSession,
): { numaTuning?: NumaTuning } {
  const at = childOf(domain, 'numatune');
  if (at === undefined) return {};
  const reading = readElement(at, numaTuningVocabulary, session);
  const memory = childOf(reading, 'memory');
  const memoryReading = memory && readElement(memory, numaMemoryVocabulary, session);
  if (memory === undefined || memoryReading === undefined) {
    keepRest(reading, session);
    return {};
  }
  const { attributes } = memoryReading;
  const written = attributes.get('mode') ?? 'strict';
  const mode = numaModes.find((known) => known === written);
  if (!Object.hasOwn(valuesOf(numaMemoryVocabulary, 'mode'), written)) {
    const detail = `Unsupported NUMA memory tuning mode '${written}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(memory, 'mode'));
  }
  const nodeset = parseNodeset(memoryReading);
  if (mode === undefined || nodeset === undefined) {
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
