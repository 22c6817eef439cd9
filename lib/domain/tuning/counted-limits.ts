/**
 * `<tslxc:pids max='512'/>`, `<tslxc:ptys max='1024'/>`, `<tslxc:cgroups max='2000' depth='32'/>` and
 * `<tslxc:hugepages size='2048' max='65536'/>` of `<tslxc:container>`: limits that libvirt's schema has no elements for. Sizes are in KiB, unless there is a `unit`.
 */
import { attributeLocation, definitionError } from '../xml/source-location';
import type { Position } from '../xml/element';
import { readExactly, type LocatedElement, type Reading } from '../xml/reading';
import { parseKibibytes } from '../xml/scaled-integer';
import { enumerated } from '../xml/enumerated';
import type { CgroupLimit, HugepageLimit, ProcessLimit, TerminalLimit } from './definition';
import { vocabulary } from '../xml/vocabulary';
import { wholeNumber } from '../xml/whole-number';

/** `<tslxc:pids>` and `<tslxc:ptys>`. */
export const maximumVocabulary = vocabulary({ attributes: { max: 'supported' } });

/** `<tslxc:cgroups>`. */
export const cgroupsVocabulary = vocabulary({
  attributes: { max: 'supported', depth: 'supported', named: 'supported' },
});

export const hugepagesVocabulary = vocabulary({
  attributes: { size: 'supported', max: 'supported', unit: 'supported' },
});

/** The kernel's maximum, PID_MAX_LIMIT. */
export const mostProcesses = 4_194_304;

/** The kernel's maximum, NR_UNIX98_PTY_MAX. */
const mostTerminals = 1_048_576;

/** @throws DefinitionError XML_ERROR for a limit that is not a number, or is above the kernel's maximum. */
export function parseProcessLimit(at: LocatedElement | undefined): ProcessLimit | undefined {
  return parseMaximum(at, { most: mostProcesses, least: 'a container has at least one process' });
}

/** What a container without the element has: about 20 MB of the host's memory, and more than systemd with nested containers needs. */
export const usualCgroups = { max: 2000, depth: 32 } as const;

/** The kernel reads both as int. */
const mostCgroups = 2_147_483_000;

/** What is not given is as without the element. @throws DefinitionError XML_ERROR for what is not a number, or no known word. */
export function parseCgroupLimit(at: LocatedElement | undefined): CgroupLimit | undefined {
  if (at === undefined) return undefined;
  const reading = readExactly(at, cgroupsVocabulary);
  const named = enumerated(reading, 'named', ['readonly', 'writable']);
  return {
    max: wholeNumber(reading, 'max', mostCgroups) ?? usualCgroups.max,
    depth: wholeNumber(reading, 'depth', mostCgroups) ?? usualCgroups.depth,
    ...(named === undefined ? {} : { named }),
    position: at.position,
  };
}

/** @throws DefinitionError as parseProcessLimit. */
export function parseTerminalLimit(at: LocatedElement | undefined): TerminalLimit | undefined {
  return parseMaximum(at, { most: mostTerminals, least: 'a console is a terminal' });
}

/** `least` says why it can't be 0. */
function parseMaximum(
  at: LocatedElement | undefined,
  { most, least }: { readonly most: number; readonly least: string },
): { readonly max: number; readonly position: Position } | undefined {
  if (at === undefined) return undefined;
  const reading = readExactly(at, maximumVocabulary);
  const max = wholeNumber(reading, 'max', most);
  if (max === undefined) throw missing(reading, 'max');
  if (max === 0) {
    const detail = `${least}: max must not be 0`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'max'));
  }
  return { max, position: at.position };
}

/** @throws DefinitionError XML_ERROR or INVALID_ARG; also for a second limit of the same page size. */
export function parseHugepageLimits(elements: readonly LocatedElement[]): HugepageLimit[] {
  const limits: HugepageLimit[] = [];
  for (const at of elements) {
    const reading = readExactly(at, hugepagesVocabulary);
    const [size, max] = [kibibytes(reading, 'size'), kibibytes(reading, 'max')];
    if (size < 4 || !Number.isInteger(Math.log2(size))) {
      const detail = `${size} KiB is not the size of a huge page`;
      throw definitionError('XML_ERROR', detail, attributeLocation(at, 'size'));
    }
    const first = limits.find((limit) => limit.size === size);
    if (first !== undefined) {
      const detail = `huge pages of ${size} KiB are already limited in line ${first.position.line}`;
      throw definitionError('XML_ERROR', detail, at);
    }
    limits.push({ size, max, position: at.position });
  }
  return limits;
}

function kibibytes(reading: Reading, name: string): number {
  const text = reading.attributes.get(name);
  if (text === undefined) throw missing(reading, name);
  const location = attributeLocation(reading.at, name);
  return parseKibibytes({ text, unit: reading.attributes.get('unit'), location });
}

function missing({ at }: Reading, name: string): Error {
  const detail = `missing required attribute '${name}' of <${at.element.name}>`;
  return definitionError('XML_ERROR', detail, at);
}
