/** The shape of the tables of procedures that are answered by NO_SUPPORT. */
import type { ErrorOrigin } from './error-numbers';

/** Procedures with the same origin of their errors: their numbers, and the names of their entry points without `vir`. */
export interface AbsentGroup {
  readonly origin: ErrorOrigin;
  readonly reads: Readonly<Record<number, string>>;
  /** Those that libvirt refuses to a read-only client before anything else. */
  readonly writes: Readonly<Record<number, string>>;
}
