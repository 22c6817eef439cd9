/**
 * `<idmap>`: the host ids of the container's users and groups. A map that the kernel would refuse
 * (user_namespaces(7)) is refused here, with its line.
 */
import type { DomainDefinition, IdMap, IdRange } from '../definition';
import { attributeLocation, definitionError, type SourceLocation } from '../xml/source-location';
import {
  childOf,
  childrenOf,
  readElement,
  type LocatedElement,
  type Reading,
} from '../xml/reading';
import type { ParseSession } from '../parse-session';
import { idmapVocabulary, idRangeVocabulary } from '../elements/vocabulary';

/** UID_GID_MAP_MAX_EXTENTS of linux/user_namespace.h, since Linux 4.15. */
const maxRanges = 340;

/** A map is written by a single write(2) of less than a page (user_namespaces(7)); no page is smaller than 4 KiB. */
const maxBytes = 4095;

/** (uid_t)-1, which means no id; the highest valid id is one less. */
const noId = 2 ** 32 - 1;

interface LocatedRange extends IdRange {
  readonly location: SourceLocation;
}

/**
 * @throws DefinitionError XML_ERROR for an invalid range; CONFIG_UNSUPPORTED for ranges that overlap, for uids without
 * gids or gids without uids, and, as in libvirt, for a list that does not map the container's root.
 */
export function parseIdMap(
  domain: Reading,
  session: ParseSession,
): Pick<DomainDefinition, 'idMap'> {
  const at = childOf(domain, 'idmap');
  if (at === undefined) return {};
  const reading = readElement(at, idmapVocabulary, session);
  const uids = readRanges(childrenOf(reading, 'uid'), session);
  const gids = readRanges(childrenOf(reading, 'gid'), session);
  if (uids.length + gids.length === 0) return {};
  if (uids.length === 0 || gids.length === 0) {
    throw definitionError('CONFIG_UNSUPPORTED', 'uid and gid should be mapped both', at);
  }
  const idMap: IdMap = {
    uids: checkRanges(uids),
    gids: checkRanges(gids),
    position: at.position,
  };
  return { idMap };
}

function readRanges(elements: readonly LocatedElement[], session: ParseSession): LocatedRange[] {
  const ranges = elements.map((at) => readRange(at, session));
  return ranges.sort((a, b) => a.start - b.start);
}

function readRange(at: LocatedElement, session: ParseSession): LocatedRange {
  const { attributes } = readElement(at, idRangeVocabulary, session);
  const read = (name: string): number => {
    const text = attributes.get(name)?.trim() ?? '';
    if (/^\+?\d{1,10}$/.test(text) && Number(text) <= noId) return Number(text);
    const detail = `invalid idmap start/target/count settings: ${name} must be a number up to ${noId}`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, name));
  };
  const { path, position } = at;
  const range = { start: read('start'), target: read('target'), count: read('count') };
  if (range.count === 0) {
    const detail = 'invalid idmap start/target/count settings: count must not be 0';
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'count'));
  }
  for (const end of ['start', 'target'] as const) {
    if (range[end] + range.count <= noId) continue;
    const detail = `invalid idmap start/target/count settings: ${end} and count go beyond ${noId - 1}`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, end));
  }
  return { ...range, position, location: { path, position } };
}

/** The list sorted by `start`, checked so that the kernel accepts it. */
function checkRanges(ranges: readonly LocatedRange[]): IdRange[] {
  checkOverlaps(ranges, 'start', 'in the container');
  checkOverlaps(ranges, 'target', 'on the host');
  const [first] = ranges;
  if (first !== undefined && first.start !== 0) {
    throw definitionError(
      'CONFIG_UNSUPPORTED',
      'You must map the root user of container',
      first.location,
    );
  }
  checkSize(ranges);
  return ranges.map(({ start, target, count, position }) => ({ start, target, count, position }));
}

function checkSize(ranges: readonly LocatedRange[]): void {
  let bytes = 0;
  [...ranges].sort(byPosition).forEach(({ start, target, count, location }, index) => {
    bytes += `${start} ${target} ${count}\n`.length;
    if (index < maxRanges && bytes <= maxBytes) return;
    const detail = `the kernel takes no more than ${maxRanges} ranges in a map, and ${maxBytes} bytes as text`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, location);
  });
}

function checkOverlaps(
  ranges: readonly LocatedRange[],
  end: 'start' | 'target',
  where: string,
): void {
  const sorted = [...ranges].sort((a, b) => a[end] - b[end]);
  sorted.slice(1).forEach((above, index) => {
    const below = sorted[index];
    if (below === undefined || below[end] + below.count <= above[end]) return;
    const [first, second] = [below, above].sort(byPosition) as [LocatedRange, LocatedRange];
    const detail =
      `${describe(second, end)} overlap ${describe(first, end)} of line ` +
      `${first.position.line} ${where}`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, second.location);
  });
}

/** `ids 0 to 65535` */
function describe({ count, ...range }: LocatedRange, end: 'start' | 'target'): string {
  return `ids ${range[end]} to ${range[end] + count - 1}`;
}

function byPosition(a: LocatedRange, b: LocatedRange): number {
  return a.position.line - b.position.line || a.position.column - b.position.column;
}
