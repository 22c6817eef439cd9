/** The security label of a start: what was asked for, and what it has given to its container. */
import type { Position } from '../../domain/definition';

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
