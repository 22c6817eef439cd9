/** Which tables of interfaces another program has removed, as `nft flush ruleset` does. Only reads. */
import { native } from '../../../host/native';
import type { LinkTable } from './link-tables';

/**
 * Those of the tables that the kernel lacks, of interfaces that are in this network namespace.
 *
 * @param list - as `listTables`; it is called only if there is a table to look for
 * @throws as `list`, also where nft(8) is not installed, which alone can tell: a table is lost only if that has been seen.
 */
export async function lostOf<Table extends LinkTable>(
  tables: readonly Table[],
  list: () => Promise<ReadonlySet<string>>,
): Promise<readonly Table[]> {
  if (tables.length === 0) return [];
  const present = await list();
  const lost = tables.filter(({ table }) => !present.has(table));
  if (lost.length === 0) return [];
  const links = new Set((await native().listLinks()).map(({ name }) => name));
  return lost.filter(({ host }) => links.has(host));
}
