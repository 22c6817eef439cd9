/**
 * Parses the text of a `<pool>` to a PoolDefinition, with libvirt's defaults filled in. Pure: the same text and context give the
 * same definition. Everything in the text that is left out is listed in `unknown`.
 */
import { parseName, parseUuid } from '../../domain/elements/identity';
import { enumerated } from '../../domain/xml/enumerated';
import {
  attributeLocation,
  definitionError,
  inDocumentOrder,
} from '../../domain/xml/source-location';
import {
  childOf,
  childrenOf,
  type LocatedElement,
  locateRoot,
  noting,
  readElement,
  type Reading,
  readText,
} from '../../domain/xml/reading';
import { parseXml } from '../../domain/xml/xml';
import { present } from '../../present';
import { isLvmName } from '../group/lvm-name';
import type { GroupSource, PoolDefinition, PoolSource } from './definition';
import {
  parsePath,
  parsePermissions,
  type StorageParseContext,
  type StorageSession,
} from './elements';
import {
  groupFormats,
  isCarriedOut,
  knownPoolTypes,
  numberOfType,
  poolFormats,
  type StoragePoolType,
} from './formats';
import {
  cowVocabulary,
  deviceVocabulary,
  featuresVocabulary,
  formatVocabulary,
  namedVocabulary,
  poolTargetVocabulary,
  poolVocabulary,
  sourceVocabulary,
} from './vocabulary';

/**
 * Parses one definition.
 *
 * @throws DefinitionError, always with `element`, `line` and `column`: XML_ERROR; INTERNAL_ERROR, as in libvirt, for a type of pool
 * that there is no driver for, and for a uuid that is none.
 */
export function parsePool(xml: string, context: StorageParseContext): PoolDefinition {
  const root = locateRoot(parseXml(xml));
  checkRoot(root, 'pool');
  const noted = noting(context.unknown);
  const session = { unsupported: [], kept: [], context, ...noted };
  const pool = readElement(root, poolVocabulary, session);
  const definition = readPool(pool, session);
  const { unknown = [] } = noted;
  return unknown.length === 0 ? definition : { ...definition, unknown: inDocumentOrder(unknown) };
}

/** @throws DefinitionError XML_ERROR, with libvirt's message, for another root. */
export function checkRoot(root: LocatedElement, expected: 'pool' | 'volume'): void {
  const { name, namespace } = root.element;
  if (name === expected && namespace === '') return;
  const detail = `expecting root element of '${expected}', not '${name}'`;
  throw definitionError('XML_ERROR', detail, root);
}

function readPool(pool: Reading, session: StorageSession): PoolDefinition {
  const type = parseType(pool);
  const parsed = parseSource(pool, type, session);
  const name = parsePoolName(pool, session);
  const uuid = parseUuid(pool, session);
  const cow = parseCow(pool, session);
  const source =
    type === 'logical' ? { ...parsed, group: parseGroup(pool, name, session) } : parsed;
  const at = childOf(pool, 'target');
  const target = at === undefined ? undefined : readElement(at, poolTargetVocabulary, session);
  return {
    name,
    uuid,
    type,
    ...present({ cow }),
    source,
    // As in libvirt, whatever the text says.
    target:
      source.group === undefined
        ? parseTargetPath(pool, target, session)
        : `/dev/${source.group.name}`,
    permissions: parsePermissions(target, session),
  };
}

function parseType(pool: Reading): StoragePoolType {
  const type = enumerated(pool, 'type', knownPoolTypes);
  if (type === undefined) {
    throw definitionError(
      'XML_ERROR',
      "Missing required attribute 'type' in element 'pool'",
      pool.at,
    );
  }
  if (isCarriedOut(type)) return type;
  const detail = `missing backend for pool type ${numberOfType(type)} (${type})`;
  throw definitionError('INTERNAL_ERROR', detail, attributeLocation(pool.at, 'type'));
}

function parsePoolName(pool: Reading, session: StorageSession): string {
  const at = childOf(pool, 'name');
  if (readText(at, session) !== undefined) return parseName(pool, session);
  throw definitionError('XML_ERROR', 'missing pool source name element', at ?? pool.at);
}

function parseCow(pool: Reading, session: StorageSession): 'yes' | 'no' | undefined {
  const features = childOf(pool, 'features');
  if (features === undefined) return undefined;
  const at = childOf(readElement(features, featuresVocabulary, session), 'cow');
  if (at === undefined) return undefined;
  return enumerated(readElement(at, cowVocabulary, session), 'state', ['yes', 'no'] as const);
}

function parseSource(pool: Reading, type: StoragePoolType, session: StorageSession): PoolSource {
  const at = childOf(pool, 'source');
  if (at === undefined) {
    if (type === 'fs') throw noDevice(pool.at);
    return {};
  }
  const source = readElement(at, sourceVocabulary, session);
  const named = (word: string): string | undefined => {
    const child = childOf(source, word);
    if (child === undefined) return undefined;
    return readElement(child, namedVocabulary, session).attributes.get('name');
  };
  const mount = type === 'fs' ? parseMount(source, session) : undefined;
  return present({ mount, vendor: named('vendor'), product: named('product') });
}

function parseMount(source: Reading, session: StorageSession): NonNullable<PoolSource['mount']> {
  const [at, ...others] = childrenOf(source, 'device');
  const path =
    at === undefined
      ? undefined
      : readElement(at, deviceVocabulary, session).attributes.get('path');
  if (at === undefined || path === undefined || path === '') throw noDevice(at ?? source.at);
  const [second] = others;
  if (second === undefined) {
    return {
      device: parsePath(path, at),
      format: parsePoolFormat(source, poolFormats, session) ?? 'auto',
    };
  }
  throw definitionError('XML_ERROR', 'a pool of type fs has one source device', second);
}

function noDevice(at: LocatedElement) {
  return definitionError('XML_ERROR', 'missing storage pool source device name', at);
}

function parsePoolFormat<Format extends string>(
  source: Reading,
  known: readonly Format[],
  session: StorageSession,
): Format | undefined {
  const at = childOf(source, 'format');
  const text =
    at === undefined
      ? undefined
      : readElement(at, formatVocabulary, session).attributes.get('type');
  if (at === undefined || text === undefined) return undefined;
  const format = known.find((one) => one === text);
  if (format !== undefined) return format;
  const detail = `unknown pool format type ${text}`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'type'));
}

/** By default the group has the name of the pool. */
function parseGroup(pool: Reading, poolName: string, session: StorageSession): GroupSource {
  const at = childOf(pool, 'source');
  const source = at === undefined ? undefined : readElement(at, sourceVocabulary, session);
  const nameAt = source === undefined ? undefined : childOf(source, 'name');
  const name = readText(nameAt, session) ?? poolName;
  if (!isLvmName(name)) {
    const detail = `'${name}' can't be the name of a volume group`;
    throw definitionError('XML_ERROR', detail, nameAt ?? pool.at);
  }
  const devices = source === undefined ? [] : childrenOf(source, 'device');
  const format = source && parsePoolFormat(source, groupFormats, session);
  return {
    name,
    devices: devices.map((device) => parseDevicePath(device, session)),
    format: format ?? 'lvm2',
  };
}

function parseDevicePath(at: LocatedElement, session: StorageSession): string {
  const path = readElement(at, deviceVocabulary, session).attributes.get('path');
  if (path !== undefined && path !== '') return parsePath(path, at);
  throw definitionError('XML_ERROR', 'missing storage pool source device path', at);
}

function parseTargetPath(
  pool: Reading,
  target: Reading | undefined,
  session: StorageSession,
): string {
  const at = target === undefined ? undefined : childOf(target, 'path');
  const text = readText(at, session);
  if (at !== undefined && text !== undefined) return parsePath(text, at);
  const where = at ?? target?.at ?? pool.at;
  throw definitionError('XML_ERROR', 'missing storage pool target path', where);
}
