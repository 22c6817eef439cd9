/** A fixed world for parsing storage pools, so that each text gives one definition. */
import type { PoolDefinition } from '../../../lib/storage/definition/definition';
import { parsePool } from '../../../lib/storage/definition/parse-pool';

export function parse(xml: string): PoolDefinition {
  return parsePool(xml, { newUuid: () => '5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f' });
}

/** A pool of type dir with `elements` from line 3 on. */
export function document(elements: string): string {
  return `<pool type='dir'>
  <name>disks</name>
${elements}
</pool>
`;
}
