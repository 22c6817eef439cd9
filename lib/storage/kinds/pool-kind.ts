/** What each type of pool does with its place on the host and its volumes. */
import type { PoolDefinition, VolumeDefinition } from '../definition/definition';
import type { LivePool } from '../definition/format-pool';
import type { Resizing } from '../volume/change';
import type { Copying, Making } from '../volume/create';
import type { FoundVolume } from '../volume/volume';

/** Each function throws what those that it calls do. */
export interface PoolKind {
  /** Makes the place of the volumes. */
  readonly build: (pool: PoolDefinition) => Promise<void>;
  /** Removes it, if it has no volumes. */
  readonly remove: (pool: PoolDefinition) => Promise<void>;
  /** How much room it has, and whose it is. */
  readonly look: (pool: PoolDefinition) => Promise<LivePool>;
  /** The names of all volumes that are there. */
  readonly names: (pool: PoolDefinition) => Promise<string[]>;
  /** Those that have these names, by name. */
  readonly volumes: (pool: PoolDefinition, names: ReadonlySet<string>) => Promise<FoundVolume[]>;
  readonly volume: (pool: PoolDefinition, name: string) => Promise<FoundVolume | undefined>;
  readonly make: (
    pool: PoolDefinition,
    definition: VolumeDefinition,
    making: Making,
  ) => Promise<void>;
  readonly copy: (
    pool: PoolDefinition,
    definition: VolumeDefinition,
    copying: Copying,
  ) => Promise<void>;
  readonly removeVolume: (pool: PoolDefinition, volume: FoundVolume) => Promise<void>;
  readonly resize: (
    volume: FoundVolume,
    capacity: number,
    how: Resizing & { readonly available: number },
  ) => Promise<void>;
}
