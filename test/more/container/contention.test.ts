/** Several processes that work on the same domains at once (the whole of it is in test/long). */
import { join } from 'node:path';
import { connect } from 'tslxc';
import { contend } from '../../support/world/contention';
import { domainXml } from '../../support/domain/domain-xml';
import { DrivenChild } from '../../support/process/driven-child';
import { untilLockAwaited } from '../../support/process/lock-waiters';
import { containerTest, nothing } from '../../support/world/container-test';
import { packageRoot } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';

containerTest(nothing);

test('of 16 processes that work on 4 domains at random, no operation is lost and no state is wrong', async () => {
  await using root = await makeTestRoot();
  const counts = await contend(root.path, { processes: 16, operations: 10, seed: 1 });
  expect(counts['define']).toBeGreaterThan(0);
  expect(counts['start']).toBeGreaterThan(0);
});

test('a lock dies with its holder', async () => {
  await using root = await makeTestRoot();
  await using connection = await connect(undefined, { root: root.path });
  const domain = await connection.defineDomain(domainXml({ name: 'held' }));
  await using holder = await DrivenChild.start(root.path);
  const dist = (file: string): string => JSON.stringify(join(packageRoot, 'dist', file));
  await holder.run(`
    const { lockDomain } = require(${dist('container/record/locks.js')});
    const { statePaths } = require(${dist('host/state/state-paths.js')});
    await lockDomain(statePaths(process.env.TSLXC_ROOT), 'held');
    setTimeout(() => undefined, 600_000);`);
  let state = 'waits';
  const title = domain.setTitle('changed').then(() => (state = 'done'));
  await untilLockAwaited(root.path);
  expect(state).toBe('waits');
  holder.kill();
  await title;
  expect(await domain.getTitle()).toBe('changed');
});
