/** Types of the table of what is printed beyond libvirt's schema, for the tests. */

export interface BeyondSchema {
  /** The names of the documents that show it. */
  readonly documents: readonly string[];
  /** What the schema has no place for. */
  readonly printed: string;
  readonly reason: string;
  /** Libvirt does not print it: it drops it. */
  readonly isOnlyHere?: boolean;
}

export declare const beyondSchema: readonly BeyondSchema[];
