/** The resources of a domain: `<memory>`, `<currentMemory>` and `<vcpu>`, with libvirt's defaults. */
import type { DomainDefinition } from '../definition';
import { canonicalNumberSet } from '../xml/number-set';
import { attributeLocation, definitionError, type SourceLocation } from '../xml/source-location';
import { keepRest } from '../xml/raw';
import { childOf, readElement, type Reading } from '../xml/reading';
import type { ParseSession } from '../parse-session';
import { parseKibibytes } from '../xml/scaled-integer';
import { currentMemoryVocabulary, memoryVocabulary, vcpuVocabulary } from './vocabulary';

/** Memory and current memory in KiB. @throws DefinitionError XML_ERROR or INVALID_ARG. */
export function parseMemory(
  domain: Reading,
  session: ParseSession,
): Pick<DomainDefinition, 'memory' | 'currentMemory'> {
  const at = childOf(domain, 'memory');
  const reading = at && readElement(at, memoryVocabulary, session);
  if (reading !== undefined) keepRest(reading, session);
  const memory = reading === undefined ? 0 : kibibytesOf(reading);
  if (memory === 0) {
    const detail = 'Memory size must be specified via <memory> or in the <numa> configuration';
    throw definitionError('XML_ERROR', detail, at ?? domain.at);
  }
  const currentAt = childOf(domain, 'currentMemory');
  const current = currentAt
    ? kibibytesOf(readElement(currentAt, currentMemoryVocabulary, session))
    : 0;
  return { memory, currentMemory: current === 0 || current > memory ? memory : current };
}

/** @throws DefinitionError with libvirt's code for each invalid count, set and placement. */
export function parseVcpu(domain: Reading, session: ParseSession): DomainDefinition['vcpu'] {
  const at = childOf(domain, 'vcpu');
  if (at === undefined) return { count: 1, placement: 'static' };
  const reading = readElement(at, vcpuVocabulary, session);
  const count = parseCount(reading.text, 'maximum', at);
  if (count === 0) {
    throw definitionError('INTERNAL_ERROR', 'CPU IDs in <numa> exceed the <vcpu> count', at);
  }
  const current = parseCurrent(reading, count);
  const placement = parsePlacement(reading);
  // As in libvirt, the set is ignored if numad chooses the CPUs.
  const cpuset = placement === 'auto' ? undefined : parseCpuset(reading);
  return {
    count,
    ...(current === undefined ? {} : { current }),
    ...(cpuset === undefined ? {} : { cpuset }),
    placement,
    position: at.position,
  };
}

function kibibytesOf({ text, attributes, at }: Reading): number {
  return parseKibibytes({ text, unit: attributes.get('unit'), location: at });
}

function parseCount(text: string, what: 'maximum' | 'current', location: SourceLocation): number {
  const isCount = /^\s*\+?\d{1,10}$/.test(text) && Number(text) < 2 ** 31;
  if (!isCount)
    throw definitionError('XML_ERROR', `${what} vcpus count must be an integer`, location);
  return Number(text);
}

/** Undefined if all are current: libvirt prints the attribute only if some are not. */
function parseCurrent({ attributes, at }: Reading, count: number): number | undefined {
  const text = attributes.get('current');
  if (text === undefined) return undefined;
  const location = attributeLocation(at, 'current');
  const current = parseCount(text, 'current', location);
  if (current === 0)
    throw definitionError('XML_ERROR', 'current vcpus count must not be 0', location);
  if (current > count) {
    const detail = 'maximum vCPU count must not be less than current vCPU count';
    throw definitionError('CONFIG_UNSUPPORTED', `${detail} (${count} < ${current})`, location);
  }
  return current === count ? undefined : current;
}

function parseCpuset({ attributes, at }: Reading): string | undefined {
  const cpuset = attributes.get('cpuset');
  if (cpuset === undefined) return undefined;
  const location = attributeLocation(at, 'cpuset');
  const set = canonicalNumberSet(cpuset);
  if (set === undefined)
    throw definitionError('INVALID_ARG', `Failed to parse bitmap '${cpuset}'`, location);
  return set;
}

function parsePlacement({ attributes, at }: Reading): 'static' | 'auto' {
  const placement = attributes.get('placement') ?? 'static';
  if (placement === 'static') return 'static';
  const location = attributeLocation(at, 'placement');
  if (placement !== 'auto') {
    throw definitionError(
      'CONFIG_UNSUPPORTED',
      `Unsupported CPU placement mode '${placement}'`,
      location,
    );
  }
  return 'auto';
}
