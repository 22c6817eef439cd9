/**
 * The location of an element or attribute in a definition, and the error that names it. Every DefinitionError about a
 * document is made here, so that none lacks its element and position.
 */
import { DefinitionError, type DefinitionProblem, type ErrorCode } from '../../errors';
import type { Position } from './element';

/** The path of an element (`domain/os/init`) or attribute (`domain/vcpu/@cpuset`), and the position of its tag. */
export interface SourceLocation {
  readonly path: string;
  readonly position: Position;
}

// A message quotes the text of the definition, which can be megabytes long.
const maxDetail = 400;

/** The error to throw if the element or attribute at `location` is invalid; its message ends with the position. */
export function definitionError(
  code: ErrorCode,
  text: string,
  location: SourceLocation,
): DefinitionError {
  const { path, position } = location;
  const { line, column } = position;
  return new DefinitionError(code, `${shortened(text)} ${placeOf(location)}`, {
    element: path,
    line,
    column,
  });
}

/**
 * The error to throw if several things are wrong: its message has the heading and a line for each, and its location is that of
 * the first.
 */
export function problemsError(
  code: ErrorCode,
  heading: string,
  problems: readonly DefinitionProblem[],
): DefinitionError {
  const all = problems.map((problem) => {
    const { element, line, column } = problem;
    const place = placeOf({ path: element, position: { line, column } });
    return { ...problem, message: `${shortened(problem.message)} ${place}` };
  });
  const [first] = all;
  const lines = all.map(({ message }) => `  ${message}`);
  return new DefinitionError(code, [`${heading}:`, ...lines].join('\n'), {
    ...(first === undefined
      ? {}
      : { element: first.element, line: first.line, column: first.column }),
    problems: all,
  });
}

/** The location as messages end with it: `(domain/os/init, line 4, column 5)`. */
export function placeOf({ path, position: { line, column } }: SourceLocation): string {
  return `(${path}, line ${line}, column ${column})`;
}

/** The location of an attribute: its own path, and the position of its tag. */
export function attributeLocation(location: SourceLocation, attribute: string): SourceLocation {
  return { path: `${location.path}/@${attribute}`, position: location.position };
}

/** In document order. */
export function inOrder<T extends SourceLocation>(found: readonly T[]): T[] {
  return [...found].sort((a, b) => comparePositions(a.position, b.position));
}

/** Document order, for sorting. */
export function comparePositions(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}

/** Sorts by document order. */
export function inDocumentOrder<T extends SourceLocation>(found: readonly T[]): T[] {
  return [...found].sort((a, b) => comparePositions(a.position, b.position));
}

/** The beginning of what is long. */
export function shortened(text: string): string {
  return text.length > maxDetail ? `${text.slice(0, maxDetail)}…` : text;
}
