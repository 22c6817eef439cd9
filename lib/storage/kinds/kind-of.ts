/** Which kind of pool a definition is of. */
import type { PoolDefinition } from '../definition/definition';
import { folderKind } from './folder-kind';
import { groupKind } from './group-kind';
import type { PoolKind } from './pool-kind';

export function kindOf({ source }: PoolDefinition): PoolKind {
  return source.group === undefined ? folderKind : groupKind;
}
