/** Types of the table of weaknesses, for the tests. */

/** In `file`, once: `safe` becomes `unsafe`. */
export interface Edit {
  readonly file: string;
  readonly safe: string;
  readonly unsafe: string;
}

export type Weakness =
  | 'naive paths'
  | 'nodes anywhere'
  | 'inherited descriptors'
  | 'dumpable command'
  | 'leaky command'
  | 'named attendant'
  | 'speaking attendant'
  | 'plain executable'
  | 'host cgroup namespace'
  | 'mounted hierarchies alone'
  | 'shared mounts'
  | 'one more mount'
  | 'busy monitor'
  | 'followed links'
  | 'unknown is dead'
  | 'stacked root'
  | 'public copies'
  | 'one path'
  | 'believed owner';

export declare const variants: Readonly<Record<Weakness, readonly Edit[]>>;
export declare function editsOf(weakness: Weakness, folder: string): readonly Edit[];
export declare function edited(weakness: Weakness, file: string): string;
