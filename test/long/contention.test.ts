/** 16 processes, 200 operations each, on 4 domains; and the same while their callers are killed at random. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'tslxc';
import { contend, killAtRandom } from '../support/world/contention';
import { containerTest, nothing } from '../support/world/container-test';
import { makeTestRoot } from '../support/root/test-root';

containerTest(nothing);

test('no operation is lost, no state is wrong, and no caller waits for ever', async () => {
  await using root = await makeTestRoot();
  const seed = Date.now() % 100_000;
  process.stdout.write(`seed ${seed}\n`);
  const counts = await contend(root.path, { processes: 16, operations: 200, seed });
  process.stdout.write(`${JSON.stringify(counts)}\n`);
  const total = Object.values(counts).reduce<number>((sum, count = 0) => sum + count, 0);
  expect(total).toBeGreaterThan(1000);
});

test('locks die with those who are killed while they hold them', async () => {
  await using root = await makeTestRoot();
  const seed = Date.now() % 100_000;
  process.stdout.write(`seed ${seed}\n`);
  const killed = await killAtRandom(root.path, { processes: 16, operations: 200, seed, kills: 60 });
  process.stdout.write(`${killed} killed\n`);
  await sleep(100);
  await using connection = await connect(undefined, { root: root.path });
  // Each domain takes every verb at once, whichever process died in the middle of what.
  for (const domain of await connection.listDomains()) {
    if (domain.id !== undefined) await domain.destroy();
  }
  for (const domain of await connection.listDomains()) {
    const began = Date.now();
    await domain.start();
    await domain.destroy();
    await domain.undefine();
    expect(Date.now() - began).toBeLessThan(15_000);
  }
  expect(await connection.listDomains()).toEqual([]);
});
