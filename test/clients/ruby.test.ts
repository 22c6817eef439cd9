/** Ruby’s binding of libvirt’s library. */
import { join } from 'node:path';
import { clientEnvironment, rootAndDaemon } from '../support/clients/client-world';
import { runProgram } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';

containerTest(rootAndDaemon);

const script = join(__dirname, '../support/clients/ruby-libvirt.rb');

test('each fact about hosts, domains and networks holds', async () => {
  // Debian's, which has the binding, whatever other is installed.
  const argv = ['/usr/bin/ruby', script];
  const { code, stdout, stderr } = await runProgram(argv, { env: clientEnvironment });
  const lines = stdout.split('\n').filter((line) => line !== '');
  expect(lines.filter((line) => line.startsWith('not ok'))).toEqual([]);
  expect([code, lines.at(-1), code === 0 ? '' : stderr]).toEqual([0, 'end', '']);
  expect(lines.length).toBeGreaterThan(60);
});
