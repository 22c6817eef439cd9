/** The verbs about a container that runs: each option on a real one, and what each refuses. */
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import { commandsWith, refusedVerbs } from '../../../lib/cli/shell/verbs';
import { PtySession } from '../../support/console/pty-session';
import { domainXml } from '../../support/domain/domain-xml';
import { MarkedDisk } from '../../support/fake/marked-disk';
import { commandOn } from '../../support/process/command-on';
import { commandLine, runCommand } from '../../support/process/run-command';
import { makeBusyboxRoot } from '../../support/root/busybox-root';
import { makeTestRoot } from '../../support/root/test-root';
import { eventually } from '../../support/time/eventually';
import { containerTest } from '../../support/world/container-test';

const world = containerTest(
  async (keep) => {
    const busybox = keep(
      await makeBusyboxRoot(['env', 'ls', 'readlink', 'sleep', 'stty', 'touch']),
    );
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    const disk = keep(new MarkedDisk());
    const filesystems = [{ source: busybox.path, target: '/' }];
    const xml = (name: string): string => domainXml({ name, filesystems });
    const domain = await connection.defineDomain(xml('on'));
    await connection.defineDomain(xml('off'));
    await domain.start({ ownership: 'leave' });
    const brief = await connection.createDomain(xml('brief'), { ownership: 'leave' });
    return { root, connection, disk, domain, brief, xml };
  },
  { per: 'file' },
);

const { says, refuses, refusesEach } = commandOn(() => world.root.path);

const stopped = 'domain is not running';
const transient = 'transient domains do not have any persistent config';
const exclusive = 'mutually exclusive';
const missing = "failed to get domain 'nosuch'";

/** The names of those that run, in the order of a list: by their ids, which are pids and begin again at the highest one. */
function running(): string[] {
  const { domain, brief } = world;
  const byId = [domain, brief].sort((one, other) => (one.id ?? 0) - (other.id ?? 0));
  return byId.map(({ name }) => name);
}

/** As `list --name` prints them. */
const named = (names: readonly string[]): string => `${names.join('\n')}\n\n`;

/** A command of ours on a terminal. */
const onTerminal = (argv: readonly string[]): PtySession =>
  PtySession.start(argv, { env: { TSLXC_ROOT: world.root.path } });

test('domains are listed by what they are', async () => {
  const { domain } = world;
  expect(await says('list --state-running --name')).toBe(named(running()));
  expect(await says('list --inactive --persistent --name')).toBe('off\n\n');
  expect(await says('list --transient --name')).toBe('brief\n\n');
  expect(await says('list --all --state-shutoff --name')).toBe('off\n\n');
  expect(await says('list --all --state-other --name')).toBe('\n');
  await domain.suspend();
  expect(await says('list --state-paused --name')).toBe('on\n\n');
  expect(await says('domstats --state --list-paused')).toContain("Domain: 'on'\n  state.state=3\n");
  await domain.resume();
  expect(await says('list --persistent --uuid --id --name')).toBe(
    `${domain.uuid} ${domain.id ?? ''} on\n\n`,
  );
  for (const none of ['snapshot', 'checkpoint', 'managed-save']) {
    expect(await says(`list --all --with-${none} --name`)).toBe('\n');
  }
  expect(await says('list --with-snapshot --with-checkpoint --with-managed-save --name')).toBe(
    '\n',
  );
  expect(
    await says('list --without-snapshot --without-checkpoint --without-managed-save --name'),
  ).toBe(named(running()));
  expect(await says('list --all --table --title --managed-save')).toMatch(
    /^ Id +Name +State +Title\n/,
  );
  expect(await says('list --all --isolation')).toMatch(
    /^ Id +Name +State +Isolation\n[^]* off +shut off +not a security boundary \(no <idmap>\)\n/,
  );
  await refusesEach([
    ['list --table --name', exclusive],
    ['list x', "unexpected data 'x'"],
  ]);
});

test('what domains use', async () => {
  const { domain } = world;
  expect(
    await says(
      'domstats on --balloon --vcpu --interface --perf --iothread --memory --dirtyrate --vm --raw --backing --nowait',
    ),
  ).toMatch(/^Domain: 'on'\n {2}balloon\.current=102400\n[^]*vcpu\.maximum=1\n/);
  const names = async (line: string): Promise<string[]> =>
    (await says(line)).match(/(?<=Domain: ')[^']+/g) ?? [];
  expect(await names('domstats --state --list-active --enforce')).toEqual(running());
  expect(await names('domstats --state --list-running')).toEqual(running());
  expect(await names('domstats --state --list-inactive')).toEqual(['off']);
  expect(await names('domstats --state --list-shutoff')).toEqual(['off']);
  expect(await names('domstats --state --list-transient')).toEqual(['brief']);
  expect(await names('domstats --state --list-persistent')).toEqual(['on', 'off']);
  expect(await names('domstats --state --list-other')).toEqual([]);

  expect(await says('dommemstat on --live')).toMatch(/^actual 102400\n/);
  expect(await says('dommemstat on --config --current')).toMatch(/^actual 102400\n/);
  const counted = (await domain.stats()).cpu?.perCpu !== undefined;
  const each = await runCommand(['cpu-stats', 'on', '--start', '0', '--count', '1'], {
    root: world.root.path,
  });
  expect(each.code).toBe(counted ? 0 : 1);
  expect(counted ? each.stdout : 'CPU0:\n').toMatch(/^CPU0:\n/);
  await refusesEach([
    ['domstats --perf --enforce', 'Stats types bits 0x40 are not supported'],
    ['domstats nosuch', missing],
    ['dommemstat off', stopped],
    ['dommemstat on --period 5', 'virDomainSetMemoryStatsPeriod'],
    ['dommemstat nosuch --config --live --current', missing],
    ['cpu-stats off --total', stopped],
    ['cpu-stats on --start x', "Numeric value 'x' for <start> option is malformed"],
    ['cpu-stats on --count x', "Numeric value 'x' for <count> option is malformed"],
    ['domblkstat off', stopped],
  ]);
});

test('the limits of what runs change at once, and those of a transient domain are stored nowhere', async () => {
  const { domain } = world;
  const { path } = world.disk;
  await says('setmaxmem on 256M --live');
  await says('setmem on 128M --live');
  await says('memtune on --hard-limit 96M --live');
  expect(await says('memtune on')).toContain('hard_limit     : 98304\n');
  await says('setvcpus on 1 --live');
  await says('cpuset on 0 --live');
  await says('schedinfo on --set cpu_shares=512 --live');
  expect(await says('schedinfo on --live')).toContain('cpu_shares     : 512\n');
  await says('numatune on --nodeset 0 --live');
  await says('pidtune on 256 --live');
  expect(await says('pidtune on')).toBe('max            : 256\n\n');
  await says(`blkiotune on --device-write-bytes-sec ${path},1048576 --live`);
  expect(await says('blkiotune on')).toContain(`device_write_bytes_sec: ${path},1048576\n`);
  expect(await domain.xml({ which: 'inactive' })).not.toMatch(/memtune|cputune|blkiotune/);
  await refusesEach([
    ['setmaxmem brief 256M --config', transient],
    ['setmem brief 64M --config', transient],
    ['memtune brief --hard-limit 96M --config', transient],
    ['setvcpus brief 1 --config', transient],
    ['cpuset brief 0 --config', transient],
    ['schedinfo brief --set cpu_shares=512 --config', transient],
    ['numatune brief --nodeset 0 --config', transient],
    ['pidtune brief 64 --config', transient],
    ['blkiotune brief --weight 500 --config', transient],
    ['hugepagetune brief 2M 4M --config', transient],
    ['hugepagetune on 2M x --live', 'Unable to parse integer parameter max'],
  ]);
});

test('title and metadata of what runs', async () => {
  await says('desc on --live --title Now');
  expect(await says('desc on --title')).toBe('Now\n');
  await says('metadata on urn:x --live --key k --set <a/>');
  expect(await says('metadata on urn:x')).toBe('<a/>\n\n');
  expect(await says('metadata on urn:x --config')).toBe('\n\n');
  await refusesEach([
    ['desc brief --config lost', transient],
    ['metadata brief urn:x --config --key k --set <a/>', transient],
    ['domrename on other', 'rename'],
  ]);
});

test('disks and file systems come and go', async () => {
  const { root, disk } = world;
  const { path } = disk;
  await says(`attach-disk on ${path} vda --live`);
  expect(await says('exec on -- cat /dev/vda')).toContain(MarkedDisk.marker);
  expect(await says('domblkstat on vda --human')).toMatch(
    /^Device: vda\n number of read operations: +\d+\n/,
  );
  expect(JSON.parse(await says('domblkstat on vda --format json'))).toMatchObject({
    reads: expect.any(Number) as number,
  });
  await says('detach-disk on vda --live');
  const source = join(root.path, 'shared');
  mkdirSync(source);
  const file = join(root.path, 'device.xml');
  const tree = `<filesystem type='mount'><source dir='${source}'/><target dir='/mnt/a'/></filesystem>`;
  writeFileSync(file, tree);
  await says(`attach-device on ${file} --live`);
  await says('exec on -- touch /mnt/a/made');
  await refusesEach([
    [`attach-disk on ${path} vdb --live --throttle-groups a`, 'Failed to attach disk'],
    [`attach-disk on ${path} vdb --live --sourcetype file --driver bogus`, 'Failed to attach disk'],
    [
      `attach-disk on ${path} vdb --live --sourcetype file --subdriver bogus`,
      'Failed to attach disk',
    ],
    ['attach-disk on img vdb --live --source-protocol nbd', 'Failed to attach disk'],
    [`attach-disk brief ${path} vdb --config`, transient],
    [`attach-disk brief ${path} vdb --live --persistent`, transient],
    [`attach-device brief ${file} --config`, transient],
    [`update-device brief ${file} --config`, transient],
    [`update-device on ${file} --live`, 'Failed to update device'],
    [`detach-device brief ${file} --config`, transient],
    ['domblkstat on vdz', "Failed to get block stats for domain 'on' device 'vdz'"],
  ]);
  await says(`detach-device on ${file} --live`);
  expect(
    (await runCommand(['exec', 'on', '--', 'ls', '/mnt/a/made'], { root: root.path })).code,
  ).not.toBe(0);
});

test('what init is asked to do', async () => {
  await says('send-process-signal on 1 winch');
  await says('send-process-signal --domain on --pid 1 --signame 28');
  await refusesEach([
    ['send-process-signal off 1 term', stopped],
    ['send-process-signal on 2 term', 'Only the init process may be killed'],
    ['send-process-signal on 1 bogus', 'malformed signal name: bogus'],
    ['suspend off', stopped],
    ['resume on', 'domain is already running'],
    ['shutdown off', stopped],
    ['shutdown on --mode bogus', 'Unknown mode bogus value'],
    ['shutdown on --timeout x', "Numeric value 'x' for <timeout> option is malformed"],
    ['reboot off', stopped],
    ['reboot on --mode acpi', 'unsupported flags (0x1) in function lxcDomainReboot'],
    ['reboot on --timeout x', "Numeric value 'x' for <timeout> option is malformed"],
    ['destroy off', stopped],
    ['destroy on --remove-logs', 'unsupported flags (0x2) in function lxcDomainDestroyFlags'],
  ]);
});

test('names and the console’s device', async () => {
  const { domain } = world;
  expect(await says('domid on')).toBe(`${domain.id ?? ''}\n\n`);
  expect(await says(`domname ${domain.id ?? ''}`)).toBe('on\n\n');
  expect(await says('ttyconsole on')).toMatch(/^\/dev\/pts\/\d+\n\n$/);
  await refusesEach([
    ['domhostname on', 'no hostname found for domain on'],
    ['domhostname on --source arp', "Unknown data source 'arp'"],
    ['domhostname on --source agent', 'unsupported flags (0x2)'],
  ]);
});

test('a terminal is connected to the console, and given back', async () => {
  const { domain } = world;
  await domain.suspend();
  await using session = onTerminal(
    commandLine(
      'console',
      'on',
      '--devname',
      'console0',
      '--no-replay',
      '--force',
      '--safe',
      '--resume',
    ),
  );
  await session.expect("Connected to domain 'on'");
  session.enter('echo in"side"');
  await session.expect('inside');
  expect(await says('domstate on')).toBe('running\n\n');
  session.write('\x1d');
  expect(await session.exit()).toEqual({ code: 0 });
  await using wrong = onTerminal(commandLine('console', 'on', '--devname', 'console7'));
  await wrong.expect(/error: [^\r\n]*console7/);
  expect(await wrong.exit()).toEqual({ code: 1 });
  await refusesEach([
    ['console off', 'The domain is not running'],
    ['console on --devname console0', 'without a controlling TTY'],
  ]);
});

test('commands run in the container', async () => {
  expect(await says('lxc-enter-namespace on --noseclabel -- echo inside')).toBe('inside\n');
  await using session = onTerminal(
    commandLine('shell', '--env', 'A=b', '--user', '0', '--cwd', '/bin', 'on'),
  );
  await session.expect('/bin # ');
  session.enter('pwd; echo "-$A-"');
  await session.expect('/bin\r\n-b-\r\n');
  session.enter('exit 7');
  expect(await session.exit()).toEqual({ code: 7 });
  await using wrong = onTerminal(commandLine('shell', '--user', 'nosuch', 'on'));
  await wrong.expect(/error: [^\r\n]*nosuch/);
  expect(await wrong.exit()).toEqual({ code: 125 });
  expect(await says('exec -e A=one --env B=two=2 --timeout 60 on -- env')).toMatch(
    /^A=one\n(?:[^]*\n)?B=two=2\n/m,
  );
  const late = await runCommand(['exec', '--timeout', '1', 'on', '--', 'sleep', '3145'], {
    root: world.root.path,
  });
  expect(late).toMatchObject({ code: 124, stderr: "error: 'sleep' was ended after 1 s\n" });
  expect(await says('exec -i -u 0 -w /proc on -- pwd')).toBe('/proc\n');
  expect(await says('exec --interactive on -- true')).toBe('');
  expect(await says('exec --detach on -- touch /detached')).toBe('');
  await eventually(async () => expect(await says('exec on -- ls /')).toContain('detached'));
  await refusesEach([
    ['exec --env =x on -- true', "'=x' for <env> option is not NAME=VALUE"],
    ['exec --timeout x on -- true', "Numeric value 'x' for <timeout> option is malformed"],
    ['exec --detach --tty on -- true', exclusive],
    ['shell --env =x on', "'=x' for <env> option is not NAME=VALUE"],
    ['exec --user nosuch on -- true', 'nosuch'],
    ['exec --cwd /nowhere on -- true', '/nowhere'],
    ['exec off -- true', stopped],
    ['shell --user nosuch --cwd /nowhere off', 'error: '],
    ['lxc-enter-namespace off -- true', stopped],
    ['lxc-enter-namespace on -- /nowhere', '/nowhere'],
  ]);
});

test('what the console has put out', async () => {
  await says('exec on -- true');
  expect(await says('logs on --raw --lines 1')).toMatch(/ # [^\n]*$/);
  await refusesEach([
    ['logs nosuch', missing],
    ['logs on --lines x', "Numeric value 'x' for <lines> option is malformed"],
  ]);
});

test('events and conditions are waited for', async () => {
  const { domain } = world;
  const told: string[] = [];
  const waiting = says('event --domain on --event lifecycle --timeout 30').then((text) =>
    told.push(text),
  );
  // Until the command listens, what happens escapes it.
  while (told.length === 0) {
    await domain.suspend();
    await domain.resume();
  }
  await waiting;
  expect(told[0]).toMatch(
    /^event 'lifecycle' for domain 'on': (Suspended Paused|Resumed Unpaused)\n/,
  );
  expect(await says('event --list')).toMatch(/^lifecycle\nreboot\n/);
  await refusesEach([
    ['event --event bogus', 'unknown event type bogus'],
    ['event --domain nosuch --event lifecycle', missing],
    ['event --event lifecycle --timeout x', "Numeric value 'x' for <timeout> option is malformed"],
    ['wait nosuch --state running', missing],
    ['wait on --state bogus --timeout 1', '--state is one of running, paused, shutoff, not'],
    ['wait on --console never --timeout 1', "Failed to wait for domain 'on'"],
    ['wait on --port 1 --timeout 1', "Failed to wait for domain 'on'"],
    ['wait on --address ipv9 --timeout 1', "--address is one of ipv4, ipv6, not 'ipv9'"],
    ['wait on --timeout 1 --exec -- false', "Failed to wait for domain 'on'"],
  ]);
});

test('starts, with what they hand over and what they refuse', async () => {
  const { root, xml } = world;
  const file = join(root.path, 'made.xml');
  writeFileSync(file, xml('made'));
  const passed = openSync(file, 'r');
  try {
    await says(`start off --background --strict --bypass-cache --force-boot --pass-fds ${passed}`);
    expect(await says('exec off -- readlink /proc/1/fd/3')).toContain('made.xml');
    await says('destroy off');
    await says(`create ${file} --strict --validate --pass-fds ${passed}`);
    await says('destroy made');
  } finally {
    closeSync(passed);
  }
  await using session = onTerminal(commandLine('create', file, '--console'));
  await session.expect("Connected to domain 'made'");
  await session.expect(/[#$] /);
  session.enter('exit');
  expect(await session.exit()).toEqual({ code: 0 });
  await refusesEach([
    ['start on', 'Domain is already active'],
    ['start off --console-fd x', "Numeric value 'x' for <console-fd> option is malformed"],
    ['start off --handshake-fd x', "Numeric value 'x' for <handshake-fd> option is malformed"],
    ['start off --pass-fds x', "Unable to parse FD number 'x'"],
    ['start off --paused', 'unsupported flags (0x1) in function lxcDomainCreateWithFiles'],
    ['start off --reset-nvram', 'unsupported flags (0x20) in function lxcDomainCreateWithFiles'],
    ['create /nowhere/at/all', 'No such file or directory'],
    [`create ${file} --pass-fds x`, "Unable to parse FD number 'x'"],
    [`create ${file} --paused`, 'unsupported flags (0x1) in function lxcDomainCreateXMLWithFiles'],
    [`create ${file} --reset-nvram`, 'unsupported flags (0x20) in function'],
  ]);
  expect(await says('list --all --name')).toBe(named([...running(), 'off']));
});

test('what libvirt’s drivers lack is refused of a container that runs, and changes nothing', async () => {
  const before = await says('dumpxml on');
  const answers: [string, unknown][] = [];
  for (const verb of refusedVerbs) {
    const options = commandsWith(verb)?.[verb]?.options ?? [];
    const words = options.map(({ name }) => (name === 'domain' ? 'on' : 'x'));
    const { code, stderr } = await runCommand([verb, ...words], { root: world.root.path });
    answers.push([verb, code === 1 && stderr.startsWith('error: ')]);
  }
  expect(answers.filter(([, isRefused]) => isRefused !== true)).toEqual([]);
  expect(answers.length).toBeGreaterThan(120);
  expect(await says('dumpxml on')).toBe(before);
  expect(await refuses('snapshot-edit on')).toContain('not supported by the connection driver');
});
