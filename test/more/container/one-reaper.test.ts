/** Containers that end with no caller are cleaned up by few processes, however many they are and whenever they end. */
import { join } from 'node:path';
import { cp, mkdir, rm, symlink } from 'node:fs/promises';
import { connect } from 'tslxc';
import { initOf, monitorsOf } from '../../support/world/container-traces';
import { eventually } from '../../support/time/eventually';
import { containerTest, nothing } from '../../support/world/container-test';
import { libraryWords } from '../../support/process/library-child';
import { endAllAtOnce } from '../../support/death/many-ends';
import { packageRoot, runProgram } from '../../support/process/run-command';
import { TestDomain } from '../../support/domain/test-domain';

containerTest(nothing);

test('60 containers that end with no caller run few reapers, and all are cleaned up', async () => {
  const reapers = await endAllAtOnce('one-reaper', 60);
  process.stdout.write(`60 ends, ${reapers} reapers\n`);
  expect(reapers).toBeGreaterThan(0);
  expect(reapers).toBeLessThanOrEqual(12);
});

test('when the script is gone at the end, the record stays and the next call cleans up', async () => {
  await using container = await TestDomain.make({ name: 'reaper-gone' });
  const folder = join(container.root, 'package');
  await copyPackage(folder);
  const code = `
    const connection = await connect();
    await (await connection.lookupDomainByName('reaper-gone')).start({ ownership: 'leave' });
    await connection.close();`;
  const started = await runProgram(libraryWords(code, folder), { root: container.root });
  expect([started.code, started.stderr]).toEqual([0, '']);
  await rm(folder, { recursive: true });
  const init = await initOf(container.name);
  process.kill(init, 'SIGKILL');
  await eventually(() => expect(monitorsOf(container.name)).toEqual([]));
  await using connection = await connect(undefined, { root: container.root });
  const domain = await connection.lookupDomainByName(container.name);
  // A monitor that ends holds its lock for a moment after it has left the list of processes.
  await eventually(async () => {
    expect(await domain.state()).toMatchObject({
      state: 'shutoff',
      reason: 'crashed',
      exit: { how: 'killed', signal: 9 },
    });
  });
  await container.untilGone();
});

/** The package elsewhere: `packageRoot` of its files is its own folder. */
async function copyPackage(folder: string): Promise<void> {
  await mkdir(folder);
  for (const name of ['dist', 'build/Release']) {
    const filter = (path: string): boolean => !path.includes('obj.target');
    await cp(join(packageRoot, name), join(folder, name), { recursive: true, filter });
  }
  for (const name of ['node_modules', 'native', 'package.json']) {
    await symlink(join(packageRoot, name), join(folder, name));
  }
}
