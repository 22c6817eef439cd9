/**
 * Where in a definition something stands, and the error that says so. Every refusal of this folder
 * is made here, so that none lacks its element and position.
 */
import { DefinitionError, type ErrorCode } from '../../errors';
import type { Position } from './element';

/** An element (`domain/os/init`) or attribute (`domain/vcpu/@cpuset`) and the start of its tag. */
export interface SourceLocation {
  readonly path: string;
  readonly position: Position;
}

// Details quote what was written, and that can be megabytes.
const maxDetail = 400;

/** The error to throw when `place` is at fault; its message ends with the position. */
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

/** The place of an attribute: its own path, and the position of the tag that it stands in. */
export function attributeLocation(location: SourceLocation, attribute: string): SourceLocation {
  return { path: `${location.path}/@${attribute}`, position: location.position };
}

/** Document order, for sorting. */
export function comparePositions(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}
