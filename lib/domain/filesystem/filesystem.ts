/**
 * `<filesystem>`: a directory tree, an image or a file system in memory that the container sees. An element with
 * any part that a start refuses is kept as a whole.
 */
import { parseVolumeSource } from '../devices/volume-source';
import { deviceSession, parsedDevice, rawDevice } from '../devices/parsed-device';
import type { ParsedDevice, UnsupportedElement } from '../xml/unsupported';
import type { FilesystemDefinition } from './definition';
import { parseSpaceLimits } from './space-limits';
import { enumerated } from '../xml/enumerated';
import { parseDriver } from './driver';
import { attributeLocation, definitionError, type SourceLocation } from '../xml/source-location';
import { keepRest } from '../xml/raw';
import { withModes } from '../devices/canonical-device';
import {
  childOf,
  readElement,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from '../xml/reading';
import { parseKibibytes } from '../xml/scaled-integer';
import type { SourceLabel } from '../security/definition';
import { parseSourceLabels } from '../security/source-label';
import { emptyVocabulary } from '../xml/vocabulary';
import {
  filesystemSourceVocabulary,
  filesystemTargetVocabulary,
  filesystemVocabulary,
  noSuchTree,
} from './vocabulary';

/** The attributes of `<source>` for each type; the first one names the tree. */
const sourceAttributes = {
  mount: ['dir'],
  bind: ['dir'],
  file: ['file'],
  block: ['dev'],
  template: ['name'],
  ram: ['usage', 'units'],
  volume: ['volume', 'pool'],
} as const;

type FilesystemType = keyof typeof sourceAttributes;

const types = Object.keys(sourceAttributes) as FilesystemType[];
const accessModes = ['passthrough', 'mapped', 'squash'] as const;

/**
 * @throws DefinitionError NO_SOURCE or NO_TARGET if one is missing, XML_ERROR or
 * CONFIG_UNSUPPORTED for a value that libvirt doesn't know, INVALID_ARG for an unknown unit.
 */
export function parseFilesystem(
  at: LocatedElement,
  session: ReadingSession,
): ParsedDevice<FilesystemDefinition> {
  const own = deviceSession(session);
  const reading = readElement(at, filesystemVocabulary, own);
  keepRest({ ...reading, keptAttributes: fourDigits(reading.keptAttributes) }, own);
  const type = enumerated(reading, 'type', types) ?? 'mount';
  const accessMode = enumerated(reading, 'accessmode', accessModes) ?? 'passthrough';
  checkModes(reading);
  const driver = parseDriver(reading, type, own);
  const { source, target, usage, sourceLabels, written: paths } = readEnds(reading, type, own);
  const space = parseSpaceLimits(reading, own);
  const readonly = childOf(reading, 'readonly');
  if (readonly !== undefined) readElement(readonly, emptyVocabulary, own);
  if (type === 'template') {
    return { raw: rawDevice(at, own), unsupported: own.unsupported.map(wordedFor(type, target)) };
  }
  const common = {
    accessMode,
    target,
    readonly: readonly !== undefined,
    ...(paths === undefined ? {} : { written: paths }),
    ...space,
    ...(sourceLabels === undefined ? {} : { sourceLabels }),
    position: at.position,
  };
  if (type === 'volume') {
    const volume = parseVolumeSource(childOf(reading, 'source'));
    if (volume === undefined) {
      own.unsupported.push({ ...attributeLocation(at, 'type'), ...noSuchTree, value: type });
      return { raw: rawDevice(at, own), unsupported: own.unsupported.map(wordedFor(type, target)) };
    }
    const chosen = driver === undefined ? {} : { driver };
    return parsedDevice(at, { type, ...common, volume, ...chosen }, own);
  }
  if (type === 'ram') return parsedDevice(at, { type, ...common, usage }, own);
  const written = type === 'file' && driver !== undefined ? { driver } : {};
  return parsedDevice(at, { type, ...common, source, ...written }, own);
}

/** Adds libvirt's message for a type that no container can have. */
function wordedFor(type: string, target: string) {
  const words =
    target === '/'
      ? `Unsupported root filesystem type ${type}`
      : `Cannot mount filesystem type ${type}`;
  return (one: UnsupportedElement): UnsupportedElement =>
    one.path.endsWith('filesystem/@type') ? { ...one, words } : one;
}

/** The path without duplicate and trailing slashes, so that paths can be compared. */
export function sanitizePath(path: string): string {
  const single = path.replace(/\/+/g, '/');
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single;
}

interface Ends {
  readonly source: string;
  readonly target: string;
  /** In KiB; 0 for a file system that is not in memory. */
  readonly usage: number;
  readonly written?: { readonly source?: string; readonly target?: string };
  readonly sourceLabels?: readonly SourceLabel[];
}

function readEnds(reading: Reading, type: FilesystemType, session: ReadingSession): Ends {
  const sourceAt = childOf(reading, 'source');
  const targetAt = childOf(reading, 'target');
  const sourceReading = sourceAt && readSource(sourceAt, type, session);
  const targetReading = targetAt && readElement(targetAt, filesystemTargetVocabulary, session);
  const valueOf = (wanted: string | undefined): string | undefined =>
    sourceAt?.element.attributes.find(({ name }) => name === wanted)?.value;
  const source = valueOf(sourceAttributes[type][0]);
  const target = targetReading?.attributes.get('dir') || undefined;
  const usage = type === 'ram' ? parseUsage(source, valueOf('units'), sourceAt ?? reading.at) : 0;
  if (source === undefined && type !== 'volume') {
    throw definitionError('NO_SOURCE', target ?? '(no target)', sourceAt ?? reading.at);
  }
  if (target === undefined) {
    throw definitionError('NO_TARGET', source ?? '(no source)', targetAt ?? reading.at);
  }
  const ends = { source: sanitizePath(source ?? ''), target: sanitizePath(target) };
  const written = {
    ...(source === undefined || type === 'volume' || ends.source === source ? {} : { source }),
    ...(ends.target === target ? {} : { target }),
  };
  return {
    ...ends,
    usage,
    ...(Object.keys(written).length === 0 ? {} : { written }),
    ...parseSourceLabels(sourceReading, session),
  };
}

/** The attributes of the other types are known too; for this type they are not carried out. */
function readSource(at: LocatedElement, type: FilesystemType, session: ReadingSession): Reading {
  const own = deviceSession(session);
  const reading = readElement(at, filesystemSourceVocabulary, own);
  const names: readonly string[] = sourceAttributes[type];
  const isOther = (path: string) => !names.some((name) => path.endsWith(`/@${name}`));
  session.unsupported.push(...own.unsupported.filter(({ path }) => isOther(path)));
  const keptAttributes = reading.keptAttributes.filter(({ name }) => !names.includes(name));
  keepRest({ ...reading, keptAttributes }, session);
  return reading;
}

function parseUsage(
  usage: string | undefined,
  unit: string | undefined,
  location: SourceLocation,
): number {
  if (usage === undefined) {
    throw definitionError('XML_ERROR', "missing 'usage' attribute for RAM filesystem", location);
  }
  if (!/^\d{1,20}$/.test(usage)) {
    const detail = `cannot parse usage '${usage}' for RAM filesystem`;
    throw definitionError('XML_ERROR', detail, attributeLocation(location, 'usage'));
  }
  return parseKibibytes({ text: usage, unit, location, unitName: 'units' });
}

/** The attributes with file modes of four digits, as libvirt prints them. */
function fourDigits(attributes: Reading['keptAttributes']): Reading['keptAttributes'] {
  return withModes({ attributes }).attributes;
}

/** Checks modes as libvirt does, though this version only keeps them. */
function checkModes({ keptAttributes, at }: Reading): void {
  for (const { name, value } of keptAttributes) {
    const isMode = name === 'fmode' || name === 'dmode';
    if (isMode && !/^0?[0-7]{1,3}$/.test(value)) {
      throw definitionError(
        'XML_ERROR',
        `invalid ${name}: '${value}'`,
        attributeLocation(at, name),
      );
    }
  }
}
