/**
 * `<filesystem>`: a tree of the host that the container sees. Type mount is carried out; what says
 * more than that is kept whole.
 */
import type { FilesystemDefinition, LaterElement, XmlElement } from './definition';
import { attributePlace, refusal, type Place } from './place';
import { standalone } from './raw';
import { childOf, readElement, type LocatedElement, type Reading } from './reading';
import {
  emptyVocabulary,
  filesystemSourceVocabulary,
  filesystemTargetVocabulary,
  filesystemVocabulary,
} from './vocabulary';

/** Each type, and the attribute of its `<source>` that names the tree. */
const sourceAttributes: ReadonlyMap<string, string> = new Map([
  ['mount', 'dir'],
  ['bind', 'dir'],
  ['file', 'file'],
  ['block', 'dev'],
  ['template', 'name'],
  ['ram', 'usage'],
  ['volume', 'volume'],
]);
const accessModes = ['passthrough', 'mapped', 'squash'];
const driverTypes = ['path', 'handle', 'loop', 'nbd', 'ploop', 'mtp', 'virtiofs'];
const driverFormats =
  'raw dir bochs cloop dmg iso vpc vdi fat vhd ploop cow qcow qcow2 qed vmdk'.split(' ');

/** Carried out, or kept as written with the reasons for that in `later`. */
export type ParsedFilesystem =
  | { readonly carried: FilesystemDefinition }
  | { readonly raw: XmlElement; readonly later: readonly LaterElement[] };

/**
 * @throws DefinitionError NO_SOURCE or NO_TARGET when one is missing, XML_ERROR or
 * CONFIG_UNSUPPORTED for a value that libvirt doesn't know.
 */
export function parseFilesystem(at: LocatedElement): ParsedFilesystem {
  const later: LaterElement[] = [];
  const reading = readElement(at, filesystemVocabulary, later);
  const type = enumerated(reading, 'type', [...sourceAttributes.keys()]) ?? 'mount';
  const accessMode = enumerated(reading, 'accessmode', accessModes) ?? 'passthrough';
  checkKept(reading);
  const { source, target } = readEnds(reading, type, later);
  const readonly = childOf(reading, 'readonly');
  if (readonly !== undefined) readElement(readonly, emptyVocabulary, later);
  if (type !== 'mount') later.push({ ...attributePlace(at, 'type'), value: type });
  if (accessMode !== 'passthrough') {
    later.push({ ...attributePlace(at, 'accessmode'), value: accessMode });
  }
  if (type !== 'mount' || later.length > 0) {
    return { raw: standalone(at, ['alias', 'address']), later };
  }
  const { position } = at;
  const isReadonly = readonly !== undefined;
  return { carried: { type, accessMode, source, target, readonly: isReadonly, position } };
}

/** Duplicate and trailing slashes mean nothing to the kernel; without them paths can be compared. */
export function sanitizePath(path: string): string {
  const single = path.replace(/\/+/g, '/');
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single;
}

function readEnds(
  reading: Reading,
  type: string,
  later: LaterElement[],
): { source: string; target: string } {
  const sourceAt = childOf(reading, 'source');
  const targetAt = childOf(reading, 'target');
  // The words of other types than this one's are known too; those count only beside the right one.
  const laterOfSource: LaterElement[] = [];
  const sourceReading =
    sourceAt && readElement(sourceAt, filesystemSourceVocabulary, laterOfSource);
  const targetReading = targetAt && readElement(targetAt, filesystemTargetVocabulary, later);
  const source = sourceAt?.element.attributes.find(
    ({ name }) => name === sourceAttributes.get(type),
  )?.value;
  const target = targetReading?.attributes.get('dir');
  if (type === 'ram') checkUsage(source, sourceAt ?? reading.at);
  if (source === undefined && type !== 'volume') {
    throw refusal('NO_SOURCE', target ?? '(no target)', sourceAt ?? reading.at);
  }
  if (target === undefined) {
    throw refusal('NO_TARGET', source ?? '(no source)', targetAt ?? reading.at);
  }
  if (sourceReading !== undefined && type === 'mount') later.push(...laterOfSource);
  return { source: sanitizePath(source ?? ''), target: sanitizePath(target) };
}

function checkUsage(usage: string | undefined, place: Place): void {
  if (usage === undefined) {
    throw refusal('XML_ERROR', "missing 'usage' attribute for RAM filesystem", place);
  }
  if (!/^\d{1,20}$/.test(usage)) {
    const detail = `cannot parse usage '${usage}' for RAM filesystem`;
    throw refusal('XML_ERROR', detail, attributePlace(place, 'usage'));
  }
}

/** The values that libvirt checks in what this version only keeps. */
function checkKept({ keptAttributes, keptChildren, at }: Reading): void {
  for (const { name, value } of keptAttributes) {
    const isMode = name === 'fmode' || name === 'dmode';
    if (isMode && !/^0?[0-7]{1,3}$/.test(value)) {
      throw refusal('XML_ERROR', `invalid ${name}: '${value}'`, attributePlace(at, name));
    }
  }
  for (const driver of keptChildren.filter(({ element }) => element.name === 'driver')) {
    for (const { name, value } of driver.element.attributes) {
      const place = attributePlace(driver, name);
      if (name === 'type' && !driverTypes.includes(value)) {
        const detail = `Invalid value for attribute 'type' in element 'driver': '${value}'`;
        throw refusal('XML_ERROR', detail, place);
      }
      if (name === 'format' && !driverFormats.includes(value)) {
        throw refusal('CONFIG_UNSUPPORTED', `unknown driver format value '${value}'`, place);
      }
    }
  }
}

function enumerated(
  { attributes, at }: Reading,
  name: string,
  known: readonly string[],
): string | undefined {
  const value = attributes.get(name);
  if (value !== undefined && !known.includes(value)) {
    const detail = `Invalid value for attribute '${name}' in element '${at.element.name}': '${value}'`;
    throw refusal('XML_ERROR', detail, attributePlace(at, name));
  }
  return value;
}
