/** Debian's binding of libvirt's library for Go, libvirt-go: those of its own tests that are about containers. */
import { join } from 'node:path';
import { clientEnvironment, rootAndDaemon } from '../support/clients/client-world';
import { goPatience, goProgram, goSources } from '../support/clients/go-program';
import { runProgram } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';

containerTest(rootAndDaemon);

const binding = join(goSources, 'libvirt/libvirt-go');
let tests = '';

beforeAll(async () => {
  // Go's vet finds fault with it.
  tests = await goProgram(['test', '-c', '-vet=off', '-tags', 'integration', '.'], binding);
}, goPatience);

test('the binding’s own tests of containers pass', async () => {
  const names = [
    'GetMetadata',
    'SetMetadata',
    'DomainAttachDetachDevice',
    'GetDomainCPUStats',
    'DomainInterfaceStats',
  ].map((name) => `TestIntegration${name}`);
  const argv = [tests, '-test.v', '-test.run', `^(${names.join('|')})$`];
  const { code, stdout } = await runProgram(argv, { env: clientEnvironment, cwd: binding });
  const passed = stdout.match(/^--- PASS: \w+/gm)?.map((line) => line.slice('--- PASS: '.length));
  expect([code, passed]).toEqual([0, names]);
});
