/** `<numatune>`: the memory nodes to allocate from. */
import type { DomainDefinition } from '../definition';
import { canonicalNumberSet } from '../xml/number-set';
import { attributeLocation, definitionError } from '../xml/source-location';
import { node, type PrintableElement } from '../xml/print';
import { keepRest } from '../xml/raw';
import { childOf, readElement, type Reading } from '../xml/reading';
import type { ParseSession } from '../parse-session';
import type { NumaTuning } from './definition';
import { ignored, vocabulary } from '../xml/vocabulary';

export const numaTuningVocabulary = vocabulary({
  children: { memory: 'one', memnode: ignored('a container has no nodes of its own') },
});

/** `<memory>` of `<numatune>`. */
export const numaMemoryVocabulary = vocabulary({
  attributes: {
    mode: {
      values: {
        strict: 'supported',
        preferred: 'supported',
        interleave: 'supported',
        restrictive: 'supported',
      },
    },
    nodeset: 'supported',
    placement: { values: { static: 'supported', auto: 'supported' } },
  },
});

export const numaModes = ['strict', 'preferred', 'interleave', 'restrictive'] as const;

/** The nodes to which the cpuset controller restricts memory. The modes that don't bind are memory policies of processes. */
export function boundNodes(tuning: NumaTuning | undefined): string | undefined {
  return tuning !== undefined && isBinding(tuning.mode) ? tuning.nodeset : undefined;
}

/** Both modes mean the same for the cpuset controller. */
export function isBinding(mode: NumaTuning['mode']): boolean {
  return mode === 'strict' || mode === 'restrictive';
}

/**
 * As in libvirt, if numad places the CPUs of a container, it also places its memory, unless the text names the nodes.
 *
 * @throws DefinitionError XML_ERROR, INVALID_ARG or CONFIG_UNSUPPORTED, with libvirt's message.
 */
export function parseNumaTuning(
  domain: Reading,
  session: ParseSession,
  vcpu: DomainDefinition['vcpu'],
): { numaTuning?: NumaTuning } {
  const { placement, position = domain.at.position } = vcpu;
  const ofCpus = placement === 'auto' ? { numaTuning: { mode: 'strict', position } as const } : {};
  const at = childOf(domain, 'numatune');
  if (at === undefined) return ofCpus;
  const reading = readElement(at, numaTuningVocabulary, session);
  const memory = childOf(reading, 'memory');
  const memoryReading = memory && readElement(memory, numaMemoryVocabulary, session);
  if (memory === undefined || memoryReading === undefined || memoryReading.attributes.size === 0) {
    keepRest(reading, session);
    return ofCpus;
  }
  const { attributes } = memoryReading;
  const written = attributes.get('mode') ?? 'strict';
  const mode = numaModes.find((known) => known === written);
  if (mode === undefined) {
    const detail = `Unsupported NUMA memory tuning mode '${written}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(memory, 'mode'));
  }
  keepRest(reading, session);
  const nodeset = parseNodeset(memoryReading, placement);
  return { numaTuning: { mode, ...nodeset, position: memory.position } };
}

/** The children of `<numatune>`. */
export function formatNumaTuning(tuning: NumaTuning | undefined): PrintableElement[] {
  if (tuning === undefined) return [];
  const { mode, nodeset } = tuning;
  return [node('memory', nodeset === undefined ? { mode, placement: 'auto' } : { mode, nodeset })];
}

/** No set if numad chooses the nodes, even if one is written, as in libvirt. Without either attribute, the CPUs' placement applies. */
function parseNodeset(
  { attributes, at }: Reading,
  ofCpus: 'static' | 'auto',
): Pick<NumaTuning, 'nodeset'> {
  const nodeset = attributes.get('nodeset');
  const usual = nodeset === undefined ? ofCpus : 'static';
  const placement = attributes.get('placement') ?? usual;
  if (placement !== 'static' && placement !== 'auto') {
    const detail = `Unsupported NUMA memory placement mode '${placement}'`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'placement'));
  }
  if (placement === 'auto') return {};
  if (nodeset === undefined) {
    const detail = "nodeset for NUMA memory tuning must be set if 'placement' is 'static'";
    throw definitionError('XML_ERROR', detail, at);
  }
  const set = canonicalNumberSet(nodeset);
  if (set !== undefined) return { nodeset: set };
  throw definitionError(
    'INVALID_ARG',
    `Failed to parse bitmap '${nodeset}'`,
    attributeLocation(at, 'nodeset'),
  );
}
