/** Shapes of what the lists take. */
import {
  flag,
  listOf,
  object,
  oneOf,
  optional,
  withoutContradiction,
  type Fields,
} from '../../shape/shape';
import { poolTypes } from '../../storage/definition/formats';
import { filterContradiction, type ActivityFilter, type ListFilter } from '../lookup/list-filter';
import type { StoragePoolFilter } from '../storage/types';
import { autostart } from './option-shapes';

const activityFields: Fields<ActivityFilter> = {
  state: optional(oneOf('active', 'inactive')),
  active: optional(flag),
};

const listFields: Fields<ListFilter> = {
  ...activityFields,
  persistence: optional(oneOf('persistent', 'transient')),
  persistent: optional(flag),
  autostart: optional(autostart),
};

export const activityFilter = withoutContradiction<ActivityFilter>(
  object<ActivityFilter>(activityFields),
  filterContradiction,
);

export const listFilter = withoutContradiction<ListFilter>(
  object<ListFilter>(listFields),
  filterContradiction,
);

export const poolFilter = withoutContradiction<StoragePoolFilter>(
  object<StoragePoolFilter>({ ...listFields, types: optional(listOf(oneOf(...poolTypes))) }),
  filterContradiction,
);
