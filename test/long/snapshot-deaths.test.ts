/**
 * The caller of a snapshot, a revert, a removal and a clone is killed at each failpoint. Whatever the moment, afterwards all of it
 * has happened or nothing, nothing half made is left, and the same call succeeds.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from 'tslxc';
import { treesFailpoints } from '../../lib/driver/snapshots/failpoint';
import { TreeChanges, type TreeKind } from '../support/death/tree-changes';
import { removeTree } from '../support/root/remove-tree';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => ({ changes: await TreeChanges.make(keep) }));
const changes = (): TreeChanges => world.changes;

const minutes = 60_000;

const namesOf = async (domain: Domain): Promise<string[]> =>
  (await domain.snapshots.list()).map(({ name }) => name);

const kinds: readonly TreeKind[] = ['directory', 'layer'];

describe.each(kinds)('of a %s', (kind) => {
  test(
    'a snapshot is there whole or not at all',
    async () => {
      const domain = await changes().define(kind);
      const faults: string[] = [];
      for (const point of treesFailpoints) {
        const end = await changes().callAndDie(
          domain,
          "snapshots.create({ name: 'second' })",
          point,
        );
        const hasHappened = (await namesOf(domain)).includes('second');
        faults.push(...changes().faultsOf({ point, end, hasHappened }));
        if (!hasHappened) await domain.snapshots.create({ name: 'second' });
        const { paths = [] } = (await domain.snapshots.current()) ?? {};
        expect(readFileSync(join(paths[0] ?? '', 'etc/page'), 'utf8')).toBe('now\n');
        await domain.snapshots.remove('second');
      }
      expect(faults).toEqual([]);
    },
    4 * minutes,
  );

  test(
    'a revert has happened or not',
    async () => {
      const domain = await changes().define(kind);
      const faults: string[] = [];
      for (const point of treesFailpoints) {
        writeFileSync(changes().page(kind), 'now\n');
        await domain.setTitle('now');
        const end = await changes().callAndDie(domain, "snapshots.revert('first')", point);
        await domain.snapshots.list();
        const found = [changes().read(kind), await domain.getTitle()];
        expect([
          ['now\n', 'now'],
          ['then\n', undefined],
        ]).toContainEqual(found);
        faults.push(...changes().faultsOf({ point, end, hasHappened: found[0] === 'then\n' }));
      }
      expect(faults).toEqual([]);
    },
    4 * minutes,
  );

  test(
    'a removal has happened or not',
    async () => {
      const domain = await changes().define(kind);
      const faults: string[] = [];
      for (const point of treesFailpoints) {
        const { paths } = await domain.snapshots.create({ name: 'second' });
        const end = await changes().callAndDie(domain, "snapshots.remove('second')", point);
        const hasHappened = !(await namesOf(domain)).includes('second');
        faults.push(...changes().faultsOf({ point, end, hasHappened }));
        expect(existsSync(paths[0] ?? '')).toBe(!hasHappened);
        if (!hasHappened) await domain.snapshots.remove('second');
      }
      expect(faults).toEqual([]);
    },
    4 * minutes,
  );

  test(
    'a clone is there whole or not at all, and starts',
    async () => {
      const domain = await changes().define(kind);
      const place = changes().at('copy');
      const call = `clone('copy', { paths: { '/': ${JSON.stringify(place)} } })`;
      const faults: string[] = [];
      for (const point of treesFailpoints) {
        const end = await changes().callAndDie(domain, call, point);
        await domain.snapshots.list();
        const all = await changes().connection.listDomains();
        const copy = all.find(({ name }) => name === 'copy');
        faults.push(...changes().faultsOf({ point, end, hasHappened: copy !== undefined }));
        expect(existsSync(place)).toBe(copy !== undefined);
        if (copy === undefined) continue;
        await copy.start();
        await copy.destroy();
        await copy.undefine();
        await removeTree(place);
      }
      expect(faults).toEqual([]);
    },
    4 * minutes,
  );
});
