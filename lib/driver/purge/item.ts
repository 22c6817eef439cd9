/** What a purge tells of. */

/** Something that a purge removes, or leaves. */
export interface PurgeItem {
  /**
   * `upper`: the writable layer of an overlay. `snapshot`: the files of one. `volume`: one of a pool below the root's own files.
   * `unfinished`: a tree of a change whose caller was killed. `partition`: a cgroup that was made for `<partition>`.
   */
  readonly kind:
    | 'domain'
    | 'network'
    | 'pool'
    | 'cgroup'
    | 'partition'
    | 'files'
    | 'upper'
    | 'snapshot'
    | 'volume'
    | 'unfinished';
  /** Name of a domain, a network or a storage pool; else a path. */
  readonly name: string;
  /**
   * `keep`: it is the user's data. `remove`, of an `upper`, a `snapshot` or a `volume`: it is below the root's own files, and goes
   * with them.
   */
  readonly fate: 'remove' | 'keep';
  /** Of domains, networks and storage pools only. */
  readonly state?: 'running' | 'off' | undefined;
  /**
   * Of domains and storage pools: why the definition can't be read. What it names is not listed then, and goes with the root's own
   * files if it is below these.
   */
  readonly unreadable?: string | undefined;
}
