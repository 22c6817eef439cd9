/** go-libvirt, which speaks the protocol by itself in Go, without libvirt's library. */
import { join } from 'node:path';
import { libvirtSocket, rootAndDaemon } from '../support/clients/client-world';
import { goPatience, goProgram } from '../support/clients/go-program';
import { runProgram } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';

containerTest(rootAndDaemon);

let walk = '';

beforeAll(async () => {
  walk = await goProgram(['build', 'main.go'], join(__dirname, '../support/clients/go-walk'));
}, goPatience);

test('go-libvirt walks through hosts, containers, consoles, events, statistics, networks and refusals', async () => {
  const { code, stdout, stderr } = await runProgram([walk, libvirtSocket]);
  const lines = stdout.split('\n').filter((line) => line !== '');
  expect(lines.filter((line) => !line.startsWith('ok '))).toEqual(['end']);
  expect([code, stderr]).toEqual([0, '']);
  expect(lines.length).toBeGreaterThan(45);
});
