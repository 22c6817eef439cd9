/** A definition as its container runs it: with what was chosen at the start. */
import type { DomainDefinition } from '../../domain/definition';
import { withAllocatedIds } from '../../domain/namespaces/allocated-ids';
import { withPlacement } from '../../domain/tuning/placement';
import type { StartRecord } from './run-state';

/** The definition with the ids that it was given, and the placement that numad has chosen. */
export function withStartChoices(
  definition: DomainDefinition,
  { firstId, placement }: Pick<StartRecord, 'firstId' | 'placement'>,
): DomainDefinition {
  const placed = withPlacement(definition, placement);
  return firstId === undefined ? placed : withAllocatedIds(placed, firstId);
}
