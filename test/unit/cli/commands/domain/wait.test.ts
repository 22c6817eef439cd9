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

test.each([
  ['--port 0', "'0' for <port> option is not a port from 1 to 65535"],
  ['--port 65536', "'65536' for <port> option is not a port from 1 to 65535"],
  ['--address ipx', "--address is one of ipv4, ipv6, not 'ipx'"],
  ['--state gone', "--state is one of running, paused, shutoff, not 'gone'"],
])('wait %s is refused before anything is asked', async (options, message) => {
  const connection = new FakeConnection([{ name: 'web', id: 7 }]);
  expect(await run(`wait web ${options}`, { connection })).toMatchObject({
    status: 1,
    stdout: '',
    stderr: `error: ${message}\n`,
  });
  expect(connection.domains[0]?.calls).toEqual([]);
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
