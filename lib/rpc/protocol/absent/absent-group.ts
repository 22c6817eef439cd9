/** The shape of the tables of procedures that are answered by NO_SUPPORT. */
import type { ErrorOrigin } from '../error-numbers';

/** Procedures whose errors have the same origin: the names of libvirt's functions without `vir`, by procedure number. */
export interface AbsentGroup {
  readonly origin: ErrorOrigin;
  readonly reads: Readonly<Record<number, string>>;
  /** Those that libvirt refuses to a read-only client before anything else. */
  readonly writes: Readonly<Record<number, string>>;
}
