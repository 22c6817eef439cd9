/** What virsh prints of domains, networks and the host is what the command prints of them, byte for byte. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { helloWorldXml } from '../support/domain/domain-xml';
import { rootAndDaemon, virsh, virshText } from '../support/clients/client-world';
import { runCommand, runSuccessfully } from '../support/process/run-command';
import { containerTest } from '../support/world/container-test';

const world = containerTest(
  async (keep) => {
    const made = await rootAndDaemon(keep);
    const domain = await made.connection.defineDomain(
      helloWorldXml.replace('<memory>', '<title>A title</title><memory>'),
    );
    await domain.start();
    await made.connection.defineDomain(helloWorldXml.replace('helloworld', 'off'));
    return made;
  },
  { per: 'file' },
);

/** Command lines that print the same, whichever daemon is asked. */
const same: readonly string[] = [
  'uri',
  'hostname',
  'nodeinfo',
  'nodecpumap',
  'capabilities',
  'list --all --name',
  'list --all --uuid',
  'list --inactive --name',
  'list --id',
  'list --all --state-running --name',
  'list --all --autostart --name',
  'list --all --transient --name',
  'domid helloworld',
  'domuuid helloworld',
  'domstate helloworld --reason',
  'domstate off --reason',
  'dumpxml helloworld',
  'dumpxml helloworld --inactive',
  'dumpxml off',
  'ttyconsole helloworld',
  'desc helloworld --title',
  'domiflist helloworld',
  'memtune helloworld',
  'memtune helloworld --config',
  'schedinfo helloworld',
  'schedinfo helloworld --config',
  'blkiotune helloworld',
  'numatune helloworld',
  'net-list --all --name',
  'net-info default',
  'net-dumpxml default',
  'net-uuid default',
  'nodedev-list',
  'nodedev-list --tree',
  'nodedev-list --cap net,storage',
  'nodedev-info net_lo_00_00_00_00_00_00',
  'nodedev-dumpxml computer',
  'nodedev-dumpxml net_lo_00_00_00_00_00_00',
  'iface-list --all',
  'nwfilter-list',
  'nwfilter-dumpxml clean-traffic',
  'nwfilter-binding-list',
  'iface-list --inactive',
  'iface-mac lo',
  'iface-name 00:00:00:00:00:00',
  'iface-dumpxml lo',
];

test.each(same)('%s prints the same', async (line) => {
  const words = line.split(' ');
  const ours = await runSuccessfully(words, { root: world.root.path });
  expect(await virsh(...words)).toMatchObject({ code: 0, stdout: ours });
});

test('virsh finds the cells of the host and its sizes of pages', async () => {
  expect(await virshText('freecell', '--all')).toMatch(/^ +\d+: +\d+ KiB\n/);
  expect(await virshText('freepages', '--all')).toMatch(/^Node \d+:\n\d+KiB: \d+\n/);
});

/** Command lines that fail, with what virsh then says. */
const refused: readonly (readonly [line: string, error: string])[] = [
  ['domstate none', "error: failed to get domain 'none'"],
  ['start helloworld', 'error: Domain is already active'],
  ['resume helloworld', 'error: Requested operation is not valid: domain is already running'],
  ['suspend off', 'error: Requested operation is not valid: domain is not running'],
  ['destroy off', 'error: Requested operation is not valid: domain is not running'],
  ['destroy helloworld --graceful', 'unsupported flags (0x1) in function lxcDomainDestroyFlags'],
  ['undefine off --nvram', 'unsupported flags (0x4) in function lxcDomainUndefineFlags'],
  ['setmem off 1G', 'domain is not running'],
  ['setmem off 1G --config', 'Cannot set memory higher than max memory'],
  [
    'schedinfo helloworld --set cpu_shares=-1',
    "error: invalid argument: shares '18446744073709551615' must be in range [2, 262144]",
  ],
  [
    'schedinfo helloworld --set vcpu_period=-1',
    "error: invalid argument: cfs_period '18446744073709551615' must be in range (1000, 1000000)",
  ],
  [
    'schedinfo off --config --set vcpu_quota=9223372036854775807',
    "error: invalid argument: cfs_quota '9223372036854775807' must be in range (1000, 17592186044415)",
  ],
  ['send-process-signal helloworld 2 term', 'Only the init process may be killed'],
  ['net-start none', 'Network not found: no network with matching name'],
  [
    'save helloworld /nowhere',
    'this function is not supported by the connection driver: virDomainSave',
  ],
  ['vcpuinfo helloworld', 'virDomainGetVcpus'],
];

test.each(refused)('%s is refused', async (line, error) => {
  const { code, stderr } = await virsh(...line.split(' '));
  expect([code, stderr]).toEqual([1, expect.stringContaining(error) as string]);
});

test('a domain is changed by virsh, and seen so by the command', async () => {
  const { path: root } = world.root;
  const shown = async (line: string): Promise<string> =>
    (await runCommand(['-q', ...line.split(' ')], { root })).stdout.trim();
  expect(await virshText('desc', 'off', 'what it is for')).toContain('updated');
  expect(await shown('desc off')).toBe('what it is for');
  await virshText('metadata', 'off', 'http://a.b/c', '--key', 'k', '--set', '<one>1</one>');
  expect(await shown('metadata off http://a.b/c')).toContain('<one>1</one>');
  await virshText('setmaxmem', 'off', '200M', '--config');
  await virshText('setmem', 'off', '50M', '--config');
  expect(await shown('dominfo off')).toMatch(/Max memory: +204800 KiB/);
  await virshText('memtune', 'off', '--hard-limit', '64M', '--config');
  expect(await shown('memtune off --config')).toContain('hard_limit     : 65536');
  await virshText('schedinfo', 'off', '--config', '--set', 'cpu_shares=512');
  expect(await shown('schedinfo off --config')).toContain('cpu_shares     : 512');
  await virshText('autostart', 'off');
  expect(await shown('list --all --autostart --name')).toBe('off');
  await virshText('autostart', 'off', '--disable');
});

test('what virsh counts of a domain is there', async () => {
  expect(await virshText('dommemstat', 'helloworld')).toMatch(/^actual 102400$/m);
  expect(await virshText('cpu-stats', 'helloworld', '--total')).toMatch(
    /cpu_time +\d+\.\d{9} seconds/,
  );
  expect(await virshText('domstats', 'helloworld', '--state')).toContain(
    "Domain: 'helloworld'\n  state.state=1\n  state.reason=1\n",
  );
});

test('a secret is defined, set and read by virsh, and found by the command', async () => {
  const { path: root } = world.root;
  const uuid = '0a81f5b2-8403-4b23-88d6-21ccc2f80d6f';
  const file = join(root, 'secret.xml');
  writeFileSync(
    file,
    `<secret><uuid>${uuid}</uuid><usage type='tls'><name>web</name></usage></secret>`,
  );
  expect(await virshText('secret-define', file)).toContain(`Secret ${uuid} created`);
  writeFileSync(file, 'aHVudGVyMg==');
  await virshText('secret-set-value', uuid, '--file', file);
  for (const line of [`secret-get-value ${uuid}`, `secret-dumpxml ${uuid}`, 'secret-list']) {
    const ours = await runSuccessfully(line.split(' '), { root });
    expect(await virsh(...line.split(' '))).toMatchObject({ code: 0, stdout: ours });
  }
  await virshText('secret-undefine', uuid);
});
