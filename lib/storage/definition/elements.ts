/** Elements that pools and volumes share. */
import { attributeLocation, definitionError } from '../../domain/xml/source-location';
import {
  childOf,
  readElement,
  readText,
  type LocatedElement,
  type Reading,
  type ReadingSession,
} from '../../domain/xml/reading';
import { node, type PrintableElement } from '../../domain/xml/print';
import type { UnknownWords } from '../../domain/xml/unsupported';
import { parseBytes } from '../../domain/xml/scaled-integer';
import { parseWholeNumber } from '../../domain/xml/whole-number';
import { present } from '../../present';
import type { Permissions } from './definition';
import { volumeFormats, type VolumeFormat } from './formats';
import { formatVocabulary, permissionsVocabulary, sizeVocabulary } from './vocabulary';

/** The state of parsing one pool or volume. */
export interface StorageSession extends ReadingSession {
  readonly context: StorageParseContext;
}

/** What parsing needs besides the text. */
export interface StorageParseContext {
  /** Makes a random uuid; called if the text of a pool has none. */
  readonly newUuid: () => string;
  /**
   * `refused`: a word that libvirt's schema does not know is an error, as in a stored file, where it must come from a newer version.
   * Otherwise, the word is left out.
   */
  readonly unknown?: UnknownWords;
}

/** Without duplicate and trailing slashes. @throws DefinitionError XML_ERROR for a path that is not absolute. */
export function parsePath(text: string, at: LocatedElement): string {
  if (!text.startsWith('/')) {
    throw definitionError('XML_ERROR', `path '${text}' is not absolute`, at);
  }
  return text.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
}

/** The largest mode: libvirt's limit. */
const largestMode = 0o7777;

/** @throws DefinitionError XML_ERROR, with libvirt's message. */
export function parsePermissions(
  target: Reading | undefined,
  session: StorageSession,
): Permissions {
  const at = target === undefined ? undefined : childOf(target, 'permissions');
  if (at === undefined) return {};
  const reading = readElement(at, permissionsVocabulary, session);
  return present({
    mode: parseMode(childOf(reading, 'mode'), session),
    owner: parseId(childOf(reading, 'owner'), session),
    group: parseId(childOf(reading, 'group'), session),
    label: readText(childOf(reading, 'label'), session),
  });
}

function parseMode(at: LocatedElement | undefined, session: StorageSession): number | undefined {
  if (at === undefined) return undefined;
  const text = readText(at, session) ?? '';
  const mode = /^[0-7]{1,12}$/.test(text) ? parseInt(text, 8) : largestMode + 1;
  if (mode <= largestMode) return mode;
  throw definitionError('XML_ERROR', 'malformed octal mode', at);
}

/** -1 stands for no id in particular. */
function parseId(at: LocatedElement | undefined, session: StorageSession): number | undefined {
  if (at === undefined) return undefined;
  const text = readText(at, session) ?? '';
  if (text === '-1') return undefined;
  const id = parseWholeNumber(text, 2 ** 32 - 2);
  if (id !== undefined) return id;
  throw definitionError('XML_ERROR', `malformed ${at.element.name} element`, at);
}

/** Bytes; undefined if it is missing. @throws DefinitionError XML_ERROR, INVALID_ARG for an unknown unit. */
export function parseSize(
  at: LocatedElement | undefined,
  session: StorageSession,
): number | undefined {
  if (at === undefined) return undefined;
  const { attributes, text } = readElement(at, sizeVocabulary, session);
  // As in libvirt, an empty element says nothing.
  if (text === '') return undefined;
  if (!/^\s*\+?\d{1,30}$/.test(text)) {
    throw definitionError('XML_ERROR', `malformed ${at.element.name} element`, at);
  }
  return parseBytes({ text, unit: attributes.get('unit'), location: at });
}

/** `raw` if there is none. @throws DefinitionError CONFIG_UNSUPPORTED, with libvirt's message. */
export function parseFormat(parent: Reading | undefined, session: StorageSession): VolumeFormat {
  const at = parent === undefined ? undefined : childOf(parent, 'format');
  const text =
    at === undefined
      ? undefined
      : readElement(at, formatVocabulary, session).attributes.get('type');
  if (at === undefined || text === undefined) return 'raw';
  const format = volumeFormats.find((one) => one === text);
  if (format !== undefined) return format;
  const detail = `unknown volume format type ${text}`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, attributeLocation(at, 'type'));
}

/** Nothing if nothing is said. */
export function formatPermissions(permissions: Permissions): PrintableElement[] {
  const { mode, owner, group, label } = permissions;
  const texts = {
    mode: mode === undefined ? undefined : `0${mode.toString(8).padStart(3, '0')}`,
    owner: owner === undefined ? undefined : String(owner),
    group: group === undefined ? undefined : String(group),
    label,
  };
  const children = Object.entries(texts).flatMap(([name, text]) =>
    text === undefined ? [] : [node(name, {}, [text])],
  );
  return children.length === 0 ? [] : [node('permissions', {}, children)];
}

/** `<capacity unit='bytes'>…`. */
export function formatSize(name: string, bytes: number): PrintableElement {
  return node(name, { unit: 'bytes' }, [String(bytes)]);
}
