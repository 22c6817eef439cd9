/**
 * The location of an element or attribute in a definition, and the error that names it. Every DefinitionError about a
 * document is made here, so that none lacks its element and position.
 */
import { DefinitionError, type ErrorCode } from '../../errors';
import type { Position } from './element';

/** The path of an element (`domain/os/init`) or attribute (`domain/vcpu/@cpuset`), and the position of its tag. */
export interface SourceLocation {
  readonly path: string;
  readonly position: Position;
}

// A message quotes the text of the definition, which can be megabytes long.
const maxDetail = 400;

/** The error to throw if what stands at `location` is invalid; its message ends with the position. */
export function definitionError(
  code: ErrorCode,
  text: string,
  location: SourceLocation,
): DefinitionError {
  const detail = text.length > maxDetail ? `${text.slice(0, maxDetail)}…` : text;
  const { path, position } = location;
  const { line, column } = position;
  return new DefinitionError(code, `${detail} (${path}, line ${line}, column ${column})`, {
    element: path,
    line,
    column,
  });
}

/** The location of an attribute: its own path, and the position of the tag that it stands in. */
export function attributeLocation(location: SourceLocation, attribute: string): SourceLocation {
  return { path: `${location.path}/@${attribute}`, position: location.position };
}

/** Document order, for sorting. */
export function comparePositions(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}
