/** The security label of a start: what was asked for, what it has given to its container, and what it refuses. */
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

/** Kept with what the start has borrowed. */
export interface AssignedSecurity {
  readonly type: 'dynamic' | 'static';
  readonly model: 'selinux' | 'apparmor';
  /** Of init and all that it starts. */
  readonly label: string;
  /** What the kernel may call it. */
  readonly accepted: readonly string[];
  /** Of what the container uses on the host. */
  readonly imageLabel?: string;
  /** Whether that was labelled for it. */
  readonly relabel: boolean;
}

/** Whether a part of a record is one. */
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

/** At the `<seclabel>` that asks for it, where it is not this host's default. */
export function labelError({ code, detail, position }: LabelFault): TslxcError {
  if (position === undefined) return new TslxcError(code, detail);
  return new DefinitionError(code, detail, { element: 'domain/seclabel', ...position });
}
