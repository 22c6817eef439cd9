/** Programs that watch: virt-top, Prometheus' exporter for libvirt, collectd, and the plugins of munin. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** What collectd's plugin can ask of containers: the others of its statistics it gives up by itself when they are refused. */
const extraStatistics = 'cpu_util disk domain_state memory pcpu perf';

/** Writes each value as a line of a file for its domain. */
function collectdSettings(folder: string): string {
  return `Hostname "here"
BaseDir "${folder}"
PIDFile "${folder}/pid"
Interval 1
LoadPlugin logfile
<Plugin logfile>
  File STDOUT
  LogLevel "notice"
</Plugin>
LoadPlugin csv
<Plugin csv>
  DataDir "${folder}/csv"
</Plugin>
LoadPlugin virt
<Plugin virt>
  Connection "lxc:///"
  HostnameFormat name
  ExtraStats "${extraStatistics}"
</Plugin>
`;
}

test('collectd takes down the time, the memory and the state of each domain, and complains of nothing', async () => {
  const folder = join(world.root.path, 'collectd');
  mkdirSync(folder);
  writeFileSync(join(folder, 'settings'), collectdSettings(folder));
  await using collectd = watching(['/usr/sbin/collectd', '-f', '-C', join(folder, 'settings')]);
  const values = join(folder, 'csv/helloworld/virt');
  await eventually(() => {
    const names = existsSync(values) ? readdirSync(values) : [];
    const found = names.map((name) => name.replace(/-\d{4}-\d\d-\d\d$/, ''));
    expect([collectd.said, found]).toEqual([
      expect.any(String),
      expect.arrayContaining([
        'virt_cpu_total',
        'percent-virt_cpu_total',
        'memory-total',
        'memory-rss',
        'domain_state',
      ]),
    ]);
  });
  expect(collectd.lines.filter((line) => /error|fail|unable/i.test(line))).toEqual([]);
});

test.each([
  ['cputime', 'helloworld_cputime'],
  ['mem', 'helloworld_mem'],
  ['ifstat', 'helloworld_rx'],
  ['blkstat', 'helloworld_read'],
])('munin is told of the domain by its plugin libvirt-%s', async (plugin, value) => {
  const told = async (...words: readonly string[]): Promise<string> => {
    // Debian's Python, which has the modules.
    const argv = ['/usr/bin/python3', `/usr/share/munin/plugins/libvirt-${plugin}`, ...words];
    const env = { ...clientEnvironment, uri: 'lxc:///' };
    const { code, stdout, stderr } = await runProgram(argv, { env });
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  };
  expect(await told('autoconf')).toBe('yes\n');
  expect(await told('config')).toMatch(new RegExp(`^${value}\\.label helloworld$`, 'm'));
  expect(await told()).toMatch(new RegExp(`^${value}\\.value \\d+$`, 'm'));
});
