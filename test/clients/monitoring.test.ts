/** Programs that watch: virt-top, and Prometheus' exporter for libvirt. */
import { clientEnvironment, rootAndDaemon, watching } from '../support/clients/client-world';
import { helloWorldXml } from '../support/domain/domain-xml';
import { runProgram } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const made = await rootAndDaemon(keep);
  const domain = await made.connection.defineDomain(helloWorldXml);
  await domain.start();
  return { ...made, domain };
});

test('virt-top shows what runs', async () => {
  const words = ['--no-init-file', '--stream', '-n', '2', '-d', '1'];
  const { code, stdout, stderr } = await runProgram(['virt-top', '-c', 'lxc:///', ...words], {
    env: { ...clientEnvironment, TERM: 'dumb' },
  });
  expect([code, stderr]).toEqual([0, '']);
  const shown = stdout.split('\n').filter((line) => line.includes('helloworld'));
  expect(shown.length).toBeGreaterThanOrEqual(2);
  for (const line of shown) expect(line).toMatch(new RegExp(`^ *${world.domain.id} +R `));
});

test('the exporter says what each domain uses', async () => {
  const address = '127.0.0.1:9177';
  await using exporter = watching([
    'prometheus-libvirt-exporter',
    '--libvirt.uri=lxc:///',
    `--web.listen-address=${address}`,
  ]);
  await eventually(async () => {
    const text = await (await fetch(`http://${address}/metrics`)).text().catch(String);
    expect([exporter.said, text]).toEqual([
      expect.any(String),
      expect.stringMatching(/^libvirt_up 1$/m),
    ]);
    expect(text).toMatch(
      /^libvirt_domain_info_maximum_memory_bytes\{domain="helloworld".*\} 1\.048576e\+08$/m,
    );
    expect(text).toMatch(/^libvirt_domain_info_virtual_cpus\{domain="helloworld".*\} 1$/m);
  });
});
