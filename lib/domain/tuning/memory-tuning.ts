/** `<memtune>`: limits of memory and swap. */
import { definitionError } from '../xml/source-location';
import { node, type PrintableElement } from '../xml/print';
import { keepRest } from '../xml/raw';
import { childOf, readElement, contentOf, type LocatedElement, type Reading } from '../xml/reading';
import type { ParseSession } from '../parse-session';
import { parseKibibytes } from '../xml/scaled-integer';
import { present } from '../../present';
import type { MemoryTuning } from './definition';
import { ignored, vocabulary } from '../xml/vocabulary';

/** The number of KiB that means no limit for libvirt. */
export const unlimitedKibibytes = Number.MAX_SAFE_INTEGER;

export const memoryTuningVocabulary = vocabulary({
  children: {
    hard_limit: 'one',
    soft_limit: 'one',
    min_guarantee: ignored(
      'no memory is kept ready: a container gets what is free, up to its limit',
    ),
    swap_hard_limit: 'one',
  },
});

/** `<hard_limit>`, `<soft_limit>` and `<swap_hard_limit>`. */
export const memoryLimitVocabulary = vocabulary({
  attributes: { unit: 'supported' },
  text: 'text',
});

/** @throws DefinitionError XML_ERROR or INVALID_ARG. */
export function parseMemoryTuning(
  domain: Reading,
  session: ParseSession,
): { memoryTuning?: MemoryTuning } {
  const at = childOf(domain, 'memtune');
  if (at === undefined) return {};
  const reading = readElement(at, memoryTuningVocabulary, session);
  const keptChildren = reading.keptChildren.map(withUnit);
  keepRest({ ...reading, keptChildren }, session);
  const hardLimit = parseLimit(reading, 'hard_limit', session);
  const softLimit = parseLimit(reading, 'soft_limit', session);
  const swapHardLimit = parseLimit(reading, 'swap_hard_limit', session);
  if (hardLimit === undefined && softLimit === undefined && swapHardLimit === undefined) return {};
  const limits = { hardLimit, softLimit, swapHardLimit };
  return { memoryTuning: { ...present(limits), position: at.position } };
}

/** The children of `<memtune>`. */
export function formatMemoryTuning(tuning: MemoryTuning | undefined): PrintableElement[] {
  return [
    ...limit('hard_limit', tuning?.hardLimit),
    ...limit('soft_limit', tuning?.softLimit),
    ...limit('swap_hard_limit', tuning?.swapHardLimit),
  ];
}

/** The least memory with which a container is started, in KiB: below it the kernel makes no cgroup, or kills init at once. */
export const leastMemory = 1024;

/**
 * @throws DefinitionError CONFIG_UNSUPPORTED for less memory than a start needs, INVALID_ARG if the limit of memory and swap together is
 * below that of memory.
 */
export function checkMemoryTuning({ memory, memoryTuning }: MemoryLimited): void {
  checkLeast(memory, memoryTuning);
  if (memoryTuning?.swapHardLimit === undefined) return;
  const { hardLimit = memory, swapHardLimit, position } = memoryTuning;
  if (hardLimit <= swapHardLimit) return;
  const words = memoryTuning.hardLimit === undefined ? 'memory' : 'memory hard_limit tunable value';
  const detail = `${words} must be lower than or equal to swap_hard_limit`;
  throw definitionError('INVALID_ARG', detail, {
    path: 'domain/memtune/swap_hard_limit',
    position,
  });
}

function checkLeast(memory: number, memoryTuning: MemoryTuning | undefined): void {
  const { hardLimit, position = { line: 1, column: 1 } } = memoryTuning ?? {};
  const limit = hardLimit ?? memory;
  if (limit >= leastMemory) return;
  const path = hardLimit === undefined ? 'domain/memory' : 'domain/memtune/hard_limit';
  const detail = `${limit} KiB of memory are too little to start a container: it needs ${leastMemory} KiB or more`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, { path, position });
}

interface MemoryLimited {
  readonly memory: number;
  readonly memoryTuning?: MemoryTuning;
}

/** `<min_guarantee>` in KiB, as libvirt prints it. */
function withUnit(at: LocatedElement): LocatedElement {
  const unit = at.element.attributes.find(({ name }) => name === 'unit')?.value;
  const words = `./memtune/${at.element.name}`;
  const value = parseKibibytes({ text: contentOf(at.element), unit, location: at, words });
  const attributes = [{ name: 'unit', value: 'KiB' }];
  return { ...at, element: { ...at.element, attributes, children: [String(value)] } };
}

function parseLimit(reading: Reading, name: string, session: ParseSession): number | undefined {
  const at = childOf(reading, name);
  if (at === undefined) return undefined;
  const { text, attributes } = readElement(at, memoryLimitVocabulary, session);
  if (text === '') return undefined;
  const value = parseKibibytes({
    text,
    unit: attributes.get('unit'),
    location: at,
    words: `./memtune/${name}`,
  });
  return value >= unlimitedKibibytes ? undefined : value;
}

function limit(name: string, value: number | undefined): PrintableElement[] {
  return value === undefined ? [] : [node(name, { unit: 'KiB' }, [String(value)])];
}
