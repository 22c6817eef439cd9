/** wait --exit: the exit status of a container whose domain is gone with it. */
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { run } from '../../run-main';

test.each([
  [{ how: 'exited', code: 5 }, 5],
  [{ how: 'killed', signal: 9 }, 137],
] as const)('a transient domain that has ended: %j gives %i', async (how, status) => {
  const connection = new FakeConnection();
  connection.ends.set('job', { ...how, time: 1, boot: 'boot' });
  expect(await run('wait job --exit', { connection })).toMatchObject({
    status,
    stdout: '',
    stderr: '',
  });
});

test('one that was never there is unknown, and so is one that is gone with another condition', async () => {
  const connection = new FakeConnection();
  expect(await run('wait job --exit', { connection })).toMatchObject({
    status: 1,
    stderr:
      "error: failed to get domain 'job'\nerror: Domain not found: No domain with matching name 'job'\n",
  });
  connection.ends.set('job', { how: 'exited', code: 0, time: 1, boot: 'boot' });
  const { stderr } = await run('wait job --state running', { connection });
  expect(stderr).toContain("failed to get domain 'job'");
});
