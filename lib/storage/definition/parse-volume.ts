/**
 * Parses the text of a `<volume>` that is to be created to a VolumeDefinition. Pure. As in libvirt, its key, its path and its times
 * are left out: they are found out when the volume is there.
 */
import {
  attributeLocation,
  definitionError,
  inDocumentOrder,
} from '../../domain/xml/source-location';
import { childOf, locateRoot, readElement, readText, type Reading } from '../../domain/xml/reading';
import type { UnknownWord } from '../../domain/xml/unsupported';
import { parseXml } from '../../domain/xml/xml';
import { present } from '../../present';
import type { BackingStore, VolumeDefinition } from './definition';
import {
  parseFormat,
  parsePath,
  parsePermissions,
  parseSize,
  type StorageSession,
} from './elements';
import { checkRoot } from './parse-pool';
import {
  backingStoreVocabulary,
  volumeFeaturesVocabulary,
  volumeTargetVocabulary,
  volumeVocabulary,
} from './vocabulary';

/** `new`: a volume without a backing store has to have a capacity. `copy`: by default it has that of the volume that is copied. */
export type VolumeOrigin = 'new' | 'copy';

/**
 * Parses one definition. What the schema does not know is left out, and noted in `unknown`.
 *
 * @throws DefinitionError, always with `element`, `line` and `column`: XML_ERROR, CONFIG_UNSUPPORTED, INVALID_ARG, with
 * libvirt's messages.
 */
export function parseVolume(
  xml: string,
  origin: VolumeOrigin,
  unknown: UnknownWord[] = [],
): VolumeDefinition {
  const root = locateRoot(parseXml(xml));
  checkRoot(root, 'volume');
  // A volume has no uuid.
  const context = { newUuid: () => '' };
  const session = { unsupported: [], kept: [], unknown, context };
  const volume = readElement(root, volumeVocabulary, session);
  checkType(volume);
  const definition = readVolume(volume, session);
  checkCapacity(volume, definition, origin);
  return unknown.length === 0 ? definition : { ...definition, unknown: inDocumentOrder(unknown) };
}

/** The type is checked, and otherwise means nothing: what a volume is depends on its format. */
function checkType({ attributes, at }: Reading): void {
  const type = attributes.get('type');
  const known = ['file', 'block', 'dir', 'network', 'netdir', 'ploop'];
  if (type === undefined || known.includes(type)) return;
  const detail = `unknown volume type '${type}'`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'type'));
}

function readVolume(volume: Reading, session: StorageSession): VolumeDefinition {
  const at = childOf(volume, 'target');
  const target = at === undefined ? undefined : readElement(at, volumeTargetVocabulary, session);
  const ofTarget = (word: string) => (target === undefined ? undefined : childOf(target, word));
  return {
    name: parseVolumeName(volume, session),
    ...present({
      capacity: parseSize(childOf(volume, 'capacity'), session),
      allocation: parseSize(childOf(volume, 'allocation'), session),
      compat: parseCompat(target, session),
      clusterSize: parseSize(ofTarget('clusterSize'), session),
      backingStore: parseBackingStore(volume, session),
    }),
    format: parseFormat(target, session),
    permissions: parsePermissions(target, session),
    lazyRefcounts: hasLazyRefcounts(target, session),
  };
}

function parseVolumeName(volume: Reading, session: StorageSession): string {
  const at = childOf(volume, 'name');
  const name = readText(at, session);
  if (at === undefined || name === undefined) {
    throw definitionError('XML_ERROR', 'missing volume name element', at ?? volume.at);
  }
  if (name.includes('/')) {
    throw definitionError('OPERATION_INVALID', `volume name '${name}' cannot contain '/'`, at);
  }
  // As a file it could not be told apart from others in a list, or would be the folder itself.
  const isFile = name !== '.' && name !== '..' && !/\p{Cc}/u.test(name);
  if (isFile && Buffer.byteLength(name) <= 255) return name;
  const detail = `volume name ${JSON.stringify(name)} can't be the name of a file`;
  throw definitionError('OPERATION_INVALID', detail, at);
}

function parseCompat(target: Reading | undefined, session: StorageSession): string | undefined {
  const at = target === undefined ? undefined : childOf(target, 'compat');
  const text = readText(at, session);
  if (at === undefined || text === undefined || /^\d+\.\d+$/.test(text)) return text;
  throw definitionError('XML_ERROR', "forbidden characters in 'compat' attribute", at);
}

function hasLazyRefcounts(target: Reading | undefined, session: StorageSession): boolean {
  const at = target === undefined ? undefined : childOf(target, 'features');
  if (at === undefined) return false;
  return (
    childOf(readElement(at, volumeFeaturesVocabulary, session), 'lazy_refcounts') !== undefined
  );
}

function parseBackingStore(volume: Reading, session: StorageSession): BackingStore | undefined {
  const at = childOf(volume, 'backingStore');
  if (at === undefined) return undefined;
  const reading = readElement(at, backingStoreVocabulary, session);
  const pathAt = childOf(reading, 'path');
  const path = readText(pathAt, session);
  // As in libvirt, one without a path is none.
  if (pathAt === undefined || path === undefined) return undefined;
  return { path: parsePath(path, pathAt), format: parseFormat(reading, session) };
}

function checkCapacity(
  { at }: Reading,
  { capacity, backingStore }: VolumeDefinition,
  origin: VolumeOrigin,
): void {
  if (capacity !== undefined || origin === 'copy' || backingStore !== undefined) return;
  throw definitionError('XML_ERROR', 'missing capacity element', at);
}
