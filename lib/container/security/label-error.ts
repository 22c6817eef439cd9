/** Refusals of a label: at the `<seclabel>` that asks for it, where it is not this host's default. */
import type { Position } from '../../domain/definition';
import { DefinitionError, TslxcError } from '../../errors';
import type { ErrorCode } from '../../errors';

export interface LabelFault {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly position?: Position | undefined;
}

export function labelError({ code, detail, position }: LabelFault): TslxcError {
  if (position === undefined) return new TslxcError(code, detail);
  return new DefinitionError(code, detail, { element: 'domain/seclabel', ...position });
}
