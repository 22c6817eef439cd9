/** The security label of a start: the one asked for, the one that its container was given, and why one is refused. */
import type { Position } from '../../domain/xml/element';
import { DefinitionError, TslxcError } from '../../errors';
import type { ErrorCode } from '../../errors';

/** The label that a container is to have. The host's own default has no place in a definition. */
export interface AskedLabel {
  readonly type: 'dynamic' | 'static';
  readonly relabel: boolean;
  readonly label?: string;
  readonly baseLabel?: string;
  readonly position: Position;
}

/** The label that a container was given, kept in the record of its start. */
export interface AssignedSecurity {
  readonly type: 'dynamic' | 'static';
  readonly model: 'selinux' | 'apparmor';
  /** The label of init and all that it starts. */
  readonly label: string;
  /** The forms in which the kernel may report that label. */
  readonly accepted: readonly string[];
  /** The label of what the container uses on the host. */
  readonly imageLabel?: string;
  /** Whether what it uses on the host was labelled for it. */
  readonly relabel: boolean;
}

/** Whether this part of a record is whole. */
export function isAssignedSecurity(value: unknown): value is AssignedSecurity {
  if (typeof value !== 'object' || value === null) return false;
  const { type, model, label, accepted, imageLabel, relabel } = value as Record<string, unknown>;
  return (
    (type === 'dynamic' || type === 'static') &&
    (model === 'selinux' || model === 'apparmor') &&
    typeof label === 'string' &&
    Array.isArray(accepted) &&
    (imageLabel === undefined || typeof imageLabel === 'string') &&
    typeof relabel === 'boolean'
  );
}

/** Why a label is refused. */
export interface LabelFault {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly position?: Position | undefined;
}

/** The error, at the `<seclabel>` that asks for the label, unless that is this host's default. */
export function labelError({ code, detail, position }: LabelFault): TslxcError {
  if (position === undefined) return new TslxcError(code, detail);
  return new DefinitionError(code, detail, { element: 'domain/seclabel', ...position });
}
