/** The security label that a start has given to its container; kept with what the start has borrowed. */

export interface AssignedSecurity {
  readonly type: 'dynamic' | 'static';
  readonly model: 'selinux' | 'apparmor';
  /** Of init and all that it starts. */
  readonly label: string;
  /** Of what the container uses on the host. */
  readonly imageLabel?: string;
  /** Whether that was labelled for it. */
  readonly relabel: boolean;
}

/** Whether a part of a record is one. */
export function isAssignedSecurity(value: unknown): value is AssignedSecurity {
  if (typeof value !== 'object' || value === null) return false;
  const { type, model, label, imageLabel, relabel } = value as Record<string, unknown>;
  return (
    (type === 'dynamic' || type === 'static') &&
    (model === 'selinux' || model === 'apparmor') &&
    typeof label === 'string' &&
    (imageLabel === undefined || typeof imageLabel === 'string') &&
    typeof relabel === 'boolean'
  );
}
