/** Sys::Virt, the module for Perl that libvirt's compatibility kit is made with: what the kit asks of domains and networks. */
import { join } from 'node:path';
import { clientEnvironment, rootAndDaemon } from '../support/clients/client-world';
import { runProgram } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';

containerTest(rootAndDaemon);

const script = join(__dirname, '../support/clients/sys-virt.pl');

test('each fact of the kit that containers and their networks have holds', async () => {
  const { code, stdout, stderr } = await runProgram(['/usr/bin/perl', script], {
    env: clientEnvironment,
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  expect(lines.filter((line) => line.startsWith('not ok'))).toEqual([]);
  expect([code, lines.at(-1), code === 0 ? '' : stderr]).toEqual([0, 'end', '']);
  expect(lines.length).toBeGreaterThan(70);
});
