/** 1,000 commands in a container, one after the other and at once, leave everything as it was, and none loses a byte. */
import { readdirSync } from 'node:fs';
import { eventually } from '../support/time/eventually';
import { helpers } from '../support/domain/exec';
import { readerNames, readUntilResult, written } from '../support/domain/readers';
import { containerTest, nothing } from '../support/world/container-test';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import { TestDomain } from '../support/domain/test-domain';

const width = 10;

containerTest(nothing);

test('1,000 commands leave descriptors, threads and processes as they were', async () => {
  await using test = await TestDomain.make({ name: 'exec-thousand' });
  await test.start();
  const run = async (): Promise<void> => {
    const process = await test.domain.exec(['true'], { stdin: 'ignore' }).started;
    expect(await process.result).toEqual({ code: 0 });
  };
  const own = (name: string): number => readdirSync(`/proc/self/${name}`).length;
  const [picture, threads] = [snapshotHost(), own('task')];
  for (let round = 0; round < 500; round += 1) await run();
  for (let round = 0; round < 500 / width; round += 1) {
    await Promise.all(Array.from({ length: width }, run));
  }
  await eventually(() => expect(helpers()).toEqual([]));
  await expectHostUnchanged(picture);
  expect(own('task')).toBeLessThanOrEqual(threads);
});

test.each(readerNames)('of a quarter of 1,000 jobs no byte is lost to who %s', async (name) => {
  await using test = await TestDomain.make({ name: 'exec-readers' });
  await test.start();
  const jobs = 1000 / readerNames.length;
  let complete = 0;
  for (let done = 0; done < jobs; done += width) {
    const round = Array.from({ length: width }, () => readUntilResult(test.domain, name));
    for (const { read } of await Promise.all(round)) if (read === written) complete += 1;
  }
  expect(complete).toBe(jobs);
});
