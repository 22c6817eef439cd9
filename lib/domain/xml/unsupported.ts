/** What a document contains and this version does not support: it is stored and printed, and `start` refuses it. */
import type { Position, XmlAttribute, XmlElement } from './element';
import { definitionError } from './source-location';

/**
 * An element, attribute or value that libvirt knows, and that this version only stores and prints: `start` refuses the
 * definition with an error that names it.
 */
export interface UnsupportedElement {
  /** Path such as `domain/devices/interface`, or `domain/vcpu/@cpuset` for an attribute. */
  readonly path: string;
  readonly position: Position;
  /** The unsupported value, if other values of the element or attribute are supported. */
  readonly value?: string;
  /** The message of `start`, if libvirt has its own or the default message says too little. */
  readonly words?: string;
}

/** The unsupported parts of an element whose other parts are supported, as they were written. */
export interface KeptPart {
  /** Path of that element, such as `domain/os`. */
  readonly path: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
}

/** A device that is supported, or one that is kept as written, with what is unsupported about it. */
export type ParsedDevice<T> =
  | { readonly supported: T }
  | { readonly raw: XmlElement; readonly unsupported: readonly UnsupportedElement[] };

/** Returns when the list is empty. @throws DefinitionError CONFIG_UNSUPPORTED, naming its first element. */
export function refuseUnsupported([first]: readonly UnsupportedElement[]): void {
  if (first === undefined) return;
  const detail = first.words ?? `${describe(first)} is not carried out by this version`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, first);
}

/** `<interface>`, `attribute 'cpuset' of <vcpu>`, `type='file' of <filesystem>`, `<on_crash>preserve`. */
function describe({ path, value }: UnsupportedElement): string {
  const [last = '', parent = ''] = path.split('/').reverse();
  if (!last.startsWith('@')) {
    return value === undefined ? `<${last}>` : `<${last}>${value}</${last}>`;
  }
  const attribute = last.slice(1);
  return value === undefined
    ? `attribute '${attribute}' of <${parent}>`
    : `${attribute}='${value}' of <${parent}>`;
}
