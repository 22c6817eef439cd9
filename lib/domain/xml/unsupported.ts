/** Parts of a document that this version does not carry out: what happens to them, and the messages about them. */
import type { DefinitionProblem } from '../../errors';
import type { XmlAttribute, XmlElement } from './element';
import {
  comparePositions,
  definitionError,
  problemsError,
  type SourceLocation,
} from './source-location';
import type { NotCarriedOut } from './vocabulary';

/**
 * An element, attribute or value that libvirt's schema knows, and that this version only stores and prints. An example of a path
 * is `domain/devices/interface`, or `domain/vcpu/@cpuset` for an attribute.
 */
export interface UnsupportedElement extends SourceLocation, NotCarriedOut {
  /** The value that is not carried out, if other values of the element or attribute are. */
  readonly value?: string;
}

/**
 * An element, an attribute or a text that libvirt's schema does not know. As in libvirt it is left out. The path of a text
 * ends with `text()`.
 */
export interface UnknownWord extends SourceLocation {
  /** Why libvirt leaves it out, although its schema does not refuse it: a clause. */
  readonly why?: string;
}

/** What becomes of such words: they are refused, or noted in a list of the caller's and left out. */
export type UnknownWords = 'refused' | UnknownWord[];

/** The parts, as written, of an element that are not carried out although other parts of it are. */
export interface KeptPart {
  /** Path of that element, such as `domain/os`. */
  readonly path: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
}

/** A device, or the element as written if a start would refuse it, and the parts of it that are not carried out. */
export type ParsedDevice<T> = ({ readonly supported: T } | { readonly raw: XmlElement }) & {
  readonly unsupported: readonly UnsupportedElement[];
};

/** Whether a start refuses the part. */
export function isRefused({ start }: UnsupportedElement): boolean {
  return start === 'refuses';
}

/**
 * Returns if a start refuses none of these.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED that names everything it refuses, in `problems` if there are several.
 */
export function refuseUnsupported(unsupported: readonly UnsupportedElement[]): void {
  const [first, ...others] = unsupported.filter(isRefused);
  if (first === undefined) return;
  if (others.length === 0) throw definitionError('CONFIG_UNSUPPORTED', refusalOf(first), first);
  throw problemsError(
    'CONFIG_UNSUPPORTED',
    `${others.length + 1} parts of the definition are refused`,
    [first, ...others].map((one) => problemAt(one, refusalOf(one))),
  );
}

/**
 * Returns if everything in a document is carried out.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED that names everything that is not, in `problems`.
 */
export function refuseAll(
  unsupported: readonly UnsupportedElement[],
  unknown: readonly UnknownWord[],
): void {
  if (unsupported.length + unknown.length === 0) return;
  const problems = [
    ...unsupported.map((one) => ({ ...one, text: `${describe(one)}: ${one.words ?? one.why}` })),
    ...unknown.map((one) => ({ ...one, text: `${describeUnknown(one)}: unknown` })),
  ].sort((a, b) => comparePositions(a.position, b.position));
  const [one] = problems;
  const heading =
    problems.length === 1 && one !== undefined
      ? 'a part of the definition is not carried out, and the start is strict'
      : `${problems.length} parts of the definition are not carried out, and the start is strict`;
  throw problemsError(
    'CONFIG_UNSUPPORTED',
    heading,
    problems.map((problem) => problemAt(problem, problem.text)),
  );
}

/** @throws DefinitionError XML_INVALID_SCHEMA that names all that the schema does not know, in `problems`. */
export function refuseUnknown(unknown: readonly UnknownWord[]): void {
  const refused = unknown.filter(({ why }) => why === undefined);
  if (refused.length === 0) return;
  const heading = "libvirt's schema does not know all of the definition";
  const problems = refused.map((one) => problemAt(one, `${describeUnknown(one)} is unknown`));
  throw problemsError('XML_INVALID_SCHEMA', heading, problems);
}

/** The warning of a start that ignores the part: `<cpu> is ignored: …`. */
export function describeIgnored(one: UnsupportedElement): string {
  return `${describe(one)} is ignored: ${one.why}`;
}

/** The warning when a definition is stored without the word. */
export function describeLeftOut(one: UnknownWord): string {
  return `${describeUnknown(one)} is left out: ${one.why ?? "libvirt's schema does not know it"}`;
}

function problemAt({ path, position }: SourceLocation, message: string): DefinitionProblem {
  return { element: path, ...position, message };
}

function refusalOf(one: UnsupportedElement): string {
  return one.words ?? `${describe(one)} is not carried out by this version: ${one.why}`;
}

/** `<interface>`, `attribute 'cpuset' of <vcpu>`, `type='file' of <filesystem>`, `<on_crash>preserve</on_crash>`. */
function describe({ path, value }: SourceLocation & { readonly value?: string }): string {
  const [last = '', parent = ''] = path.split('/').reverse();
  if (!last.startsWith('@')) {
    return value === undefined ? `<${last}>` : `<${last}>${value}</${last}>`;
  }
  const attribute = last.slice(1);
  return value === undefined
    ? `attribute '${attribute}' of <${parent}>`
    : `${attribute}='${value}' of <${parent}>`;
}

function describeUnknown(one: UnknownWord): string {
  const [last = '', parent = ''] = one.path.split('/').reverse();
  return last === 'text()' ? `the text in <${parent}>` : describe(one);
}
