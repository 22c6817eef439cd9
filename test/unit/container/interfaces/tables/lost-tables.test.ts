/** lib/container/interfaces/tables/lost-tables.ts: what is lost, and what is unknown. */
import { lostOf } from '../../../../../lib/container/interfaces/tables/lost-tables';
import type { LinkTable } from '../../../../../lib/container/interfaces/tables/link-tables';
import { TslxcError } from '../../../../../lib/errors';

const table = (name: string, host: string): LinkTable => ({
  holds: 'filter',
  table: `bridge ${name}`,
  host,
  mac: '52:54:00:00:00:01',
  network: undefined,
});

// Each network namespace has `lo`, and no interface has a name with a slash.
const wanted = [table('one', 'lo'), table('two', 'lo'), table('three', 'no/such')];

test('a table is lost that the kernel lacks while its interface is there', async () => {
  const list = () => Promise.resolve(new Set(['bridge one', 'inet two']));
  expect(await lostOf(wanted, list)).toEqual([wanted[1]]);
  expect(await lostOf(wanted, () => Promise.resolve(new Set()))).toEqual(wanted.slice(0, 2));
});

test('without the program that tells, nothing is lost, and nothing is there: it fails', async () => {
  const detail = 'there is no nft on this machine';
  const list = () => Promise.reject(new TslxcError('OPERATION_UNSUPPORTED', detail));
  await expect(lostOf(wanted, list)).rejects.toThrow(detail);
  expect(await lostOf([], list)).toEqual([]);
});
