/** The verbs about the host, the command itself and its shell: each option on this host, and what each refuses. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { helloWorldXml } from '../../support/domain/domain-xml';
import { commandOn } from '../../support/process/command-on';
import { runCommand, spawnCommand } from '../../support/process/run-command';
import { containerTest, rootAndConnection } from '../../support/world/container-test';
import { hostHas } from '../../support/world/host-side';

const world = containerTest(rootAndConnection, { per: 'file' });
const { says, refuses, refusesEach } = commandOn(() => world.root.path);

const huge = '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages';
const merging = '/sys/kernel/mm/ksm';
const count = (path: string): number => Number(readFileSync(path, 'latin1'));

/** What only a connection that can not be opened makes fail. */
const elsewhere = 'failed to connect to the hypervisor';

test('the pools of huge pages are those of the kernel', async () => {
  const before = count(huge);
  try {
    await says(`allocpages 2048 ${before + 1}`);
    expect(count(huge)).toBe(before + 1);
    await says('allocpages --pagesize 2048 --pagecount 1 --add --cellno 0');
    expect(count(huge)).toBe(before + 2);
    await says('allocpages 2048 0 --add --all');
    expect(count(huge)).toBe(before + 2);
  } finally {
    writeFileSync(huge, String(before));
  }
  await refusesEach([
    ['allocpages 4 1', "system pages pool can't be modified"],
    ['allocpages 5 1', 'page size 5 is not available'],
    ['allocpages 2048 x', "Numeric value 'x' for <pagecount> option is malformed"],
    ['allocpages 2048 1 --cellno 77', 'start cell 77 out of range'],
    ['allocpages 2048 1 --cellno 0 --all', 'mutually exclusive'],
  ]);
  expect(count(huge)).toBe(before);
});

test('how the kernel merges pages is shown and changed', async () => {
  const files = ['pages_to_scan', 'sleep_millisecs', 'merge_across_nodes'].map((name) =>
    join(merging, name),
  );
  const before = files.map(count);
  const [scan = 0, sleep = 0, across = 0] = before;
  expect(await says('node-memory-tune')).toContain(`\tshm_pages_to_scan ${scan}\n`);
  try {
    await says(
      `node-memory-tune --shm-pages-to-scan ${scan + 1} --shm-sleep-millisecs ${sleep + 1} --shm-merge-across-nodes=${across}`,
    );
    expect(files.map(count)).toEqual([scan + 1, sleep + 1, across]);
  } finally {
    files.forEach((file, index) => writeFileSync(file, String(before[index])));
  }
  await refusesEach([
    ['node-memory-tune --shm-pages-to-scan x', "Numeric value 'x'"],
    ['node-memory-tune --shm-sleep-millisecs -1', "Numeric value '-1'"],
    ['node-memory-tune --shm-merge-across-nodes 2', 'is 0 or 1, not 2'],
    ['-r node-memory-tune --shm-pages-to-scan 5', 'Unable to change memory parameters'],
  ]);
});

test('the memory and the pages of a cell are told of', async () => {
  const [, free = ''] = /^0: (\d+) KiB\n/.exec(await says('freecell --cellno 0')) ?? [];
  expect(Number(free)).toBeGreaterThan(0);
  expect(await says('freecell --all')).toMatch(/^ {4}0: +\d+ KiB\n-{20}\nTotal: +\d+ KiB\n/);
  expect(await says('freepages --cellno 0 --pagesize 2048')).toMatch(/^2048KiB: \d+\n\n$/);
  expect(await says('freepages --all')).toMatch(/^Node 0:\n4KiB: \d+\n/);
  expect(await says('nodememstats --cell 0')).toMatch(/^total {2}: +\d+ KiB\nfree {3}: +\d+ KiB\n/);
  await refusesEach([
    ['freecell --cellno 77', 'internal error: start cell 77 out of range'],
    ['freepages --cellno 0 --pagesize 5', 'page size 5 is not available on node 0'],
    ['freepages --cellno -2 --pagesize 4', 'cell number must be non-negative integer or -1'],
    ['nodememstats --cell 77', 'Unable to get number of memory stats'],
  ]);
});

test('the processors are told of', async () => {
  const processors = readFileSync('/proc/cpuinfo', 'latin1').match(/^processor/gm)?.length ?? 0;
  expect(await says('nodeinfo')).toMatch(new RegExp(`^CPU\\(s\\): +${processors}$`, 'm'));
  expect(await says('nodecpumap --pretty')).toContain(`CPUs online:    ${processors}\n`);
  expect(await says('nodecpustats --cpu 0')).toMatch(/^user: +\d+\nsystem: +\d+\nidle: +\d+\n/);
  expect(await says('nodecpustats --percent')).toMatch(/^usage: +[\d.]+%\nuser: +[\d.]+%\n/);
  await refusesEach([
    ['nodecpustats --cpu 4096', 'Unable to get node cpu stats'],
    ['nodecpumap x', "unexpected data 'x'"],
    ['-c qemu:///system nodeinfo', elsewhere],
  ]);
});

test('a sleep of the host that would be none is refused', async () => {
  await refusesEach([
    ['nodesuspend mem 5', 'Suspend duration is too short, must be at least 60 seconds'],
    ['nodesuspend nowhere 60', 'Invalid target'],
  ]);
});

test('what the firmware tells is shown where there is any', async () => {
  const table = '/sys/firmware/dmi/tables/DMI';
  const { code, stdout, stderr } = await runCommand(['sysinfo'], { root: world.root.path });
  if (hostHas('a DMI table', () => existsSync(table)))
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^<sysinfo /)]);
  else
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: failed to get sysinfo\n/)]);
  expect(await refuses('sysinfo x')).toContain("unexpected data 'x'");
});

test('capabilities, versions and names', async () => {
  const { root } = world;
  const arch = await says('capabilities --xpath /capabilities/host/cpu/arch/text()');
  const whole = await says('capabilities');
  expect(whole).toContain(`<arch>${arch.trim()}</arch>`);
  expect(await says('capabilities --xpath //arch --wrap')).toMatch(/^<nodes>\n[^]*<\/nodes>\n\n$/);
  expect(await says('version --daemon')).toMatch(/\nRunning against daemon: \d+\.\d+\.\d+\n/);
  expect(await says('hostname')).toMatch(/^[A-Za-z0-9.-]+\n\n$/);
  expect(await says('uri')).toBe('lxc:///\n\n');
  expect(await says('list', '--all')).toContain('Id   Name');
  await refusesEach([
    ['capabilities --xpath [', 'xpath'],
    ['-c qemu:///system version', elsewhere],
    ['-c qemu:///system hostname', elsewhere],
    ['-c qemu:///system uri', elsewhere],
    ['list --bogus', "command 'list' doesn't support option --bogus"],
    [`--root ${root.path} doctor x`, "unexpected data 'x'"],
  ]);
});

test('options before the verb', async () => {
  expect(await says('-h')).toMatch(/\[options\]\.\.\.[^]*-K \| --keepalive-count/);
  expect(await says('-v')).toMatch(/^\d+\.\d+\.\d+\n/);
  expect(await says('-V')).toMatch(/^Tslxc command line tool of tslxc/);
  expect(await says('-k 5 -K 3 -q uri')).toBe('lxc:///\n');
  expect(await says('-t uri')).toMatch(/^lxc:\/\/\/\n\n\(Time: [\d.]+ ms\)\n/);
  expect(await says('-r -e ^x list')).toContain('Name');
  const file = join(world.root.path, 'hello.xml');
  writeFileSync(file, helloWorldXml);
  await refusesEach([
    ['-k x uri', 'Invalid value for option -k'],
    ['-K -1 uri', 'option -K requires a positive integer argument'],
    ['-e xx uri', "Invalid string 'xx' for escape sequence"],
    ['-d x uri', 'option -d takes a numeric argument'],
    [`-r define ${file}`, 'Failed to define domain'],
    ['-z uri', "unsupported option '-z'. See --help."],
  ]);
  expect(await says('list --all --name')).toBe('\n');
});

test('a shell goes where it is told to, and connects anew', async () => {
  const { path } = world.root;
  const [first, second] = await Promise.all([
    spawnCommand(['-q'], { root: path, cwd: '/', input: 'cd /var/tmp\npwd; exit\nuri\n' }),
    spawnCommand(['-q'], { root: path, input: 'connect lxc:/// --readonly\nuri; quit\nuri\n' }),
  ]);
  expect([first.code, first.stdout.replace(/^tslxc [#>] .*\n/gm, '')]).toEqual([0, '/var/tmp\n\n']);
  expect([second.code, second.stdout.replace(/^tslxc [#>] .*\n/gm, '')]).toEqual([
    0,
    'lxc:///\n\n',
  ]);
  const lost = await spawnCommand(['-q'], { root: path, input: 'cd /nowhere/at/all\n' });
  expect(lost.stderr).toBe('error: cd: No such file or directory: /nowhere/at/all\n');
  await refusesEach([
    ['cd /nonexist', 'cd: No such file or directory: /nonexist'],
    ['connect qemu:///system', elsewhere],
    ['pwd x', "unexpected data 'x'"],
    ['exit x', "unexpected data 'x'"],
    ['quit x', "unexpected data 'x'"],
  ]);
});

test('echo, help and completion', async () => {
  expect(await says('echo --xml', '<a&b>')).toBe('&lt;a&amp;b&gt;\n');
  expect(await says('echo --shell', 'a b')).toBe("'a b'\n");
  expect(await says('echo --split a,b,,c')).toBe('a\nb,c\n\n');
  expect(await says('echo --prefix p- a b')).toBe('p-a b\n');
  const said = await runCommand(['echo', '--err', 'lost'], { root: world.root.path });
  expect(said).toMatchObject({ code: 0, stderr: 'error: lost\n' });
  expect(await says('help start')).toContain('SYNOPSIS\n    start <domain>');
  expect(await says('completion bash')).toContain('complete ');
  await refusesEach([
    ['echo a --bogus', "doesn't support option --bogus"],
    ['echo --prefix', 'expected syntax: --prefix <string>'],
    ['help nosuch', "command or command group 'nosuch' doesn't exist"],
    ['completion tcsh', "no completion for 'tcsh'"],
  ]);
});

test('a root file system is made, where there is room for one', async () => {
  const folder = join(world.root.path, 'made');
  expect(await says(`mkroot ${folder} --busybox`)).toContain(`Root file system '${folder}' made`);
  expect(existsSync(join(folder, 'bin/sh'))).toBe(true);
  await refusesEach([
    [`mkroot ${folder} --busybox`, `Failed to make the root file system '${folder}'`],
    [`mkroot ${folder} --busybox --debian trixie`, 'mutually exclusive'],
  ]);
});

test('a plan is shown, and what is no definition is none', async () => {
  const { root } = world;
  const file = join(root.path, 'plan.xml');
  writeFileSync(file, helloWorldXml);
  const plan = JSON.parse(await says(`plan --file ${file} --json`)) as object;
  expect(plan).toHaveProperty('header');
  expect(JSON.parse(await says(`plan --file ${file} --format json`))).toHaveProperty('header');
  const configuration = join(root.path, 'config');
  writeFileSync(configuration, 'lxc.uts.name = web\n');
  await refusesEach([
    ['plan nosuch', "failed to get domain 'nosuch'"],
    ['plan --file /nowhere/at/all', 'No such file or directory'],
    [`plan web --file ${file}`, 'mutually exclusive'],
    [`domxml-from-native nosuch ${configuration}`, 'unsupported config type nosuch'],
    ['domxml-from-native lxc-tools /nowhere/at/all', 'No such file or directory'],
    ['import --from /nowhere/at/all', "there is no '/nowhere/at/all'"],
    ['purge --yes --print', 'mutually exclusive'],
    ['purge', 'give --yes to remove everything'],
    ['reap web other', "unexpected data 'other'"],
  ]);
});
