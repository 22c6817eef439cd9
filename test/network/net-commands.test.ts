/** The commands of virtual networks, on real ones: virsh's words, and what the host has to show for them. */
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, makeRoot } from 'tslxc';
import type { Connection } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';
import { inside } from '../support/domain/inside';
import { commandEnvironment, commandLine, runCommand } from '../support/process/run-command';
import type { CommandResult } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';

const uuid = '4f0d4c6e-5ad4-4f25-9d3a-0a4a6b6a1f50';

const xml = `<network>
  <name>lab</name>
  <uuid>${uuid}</uuid>
  <title>Where things are tried</title>
  <forward mode='nat'/>
  <bridge name='labbr0'/>
  <domain name='lab.test'/>
  <ip address='192.168.150.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.150.100' end='192.168.150.120'/></dhcp>
  </ip>
</network>
`;

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const file = join(root.path, 'lab.xml');
  writeFileSync(file, xml);
  keep(() => run('net-destroy', 'lab'));
  return { root, file };
});

function run(...words: readonly string[]): Promise<CommandResult> {
  return runCommand(words, { root: world.root.path });
}

async function stdoutOf(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...words);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

async function stderrOf(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...words);
  expect([code, stdout]).toEqual([1, '\n']);
  return stderr;
}

function connectTo(): Promise<Connection> {
  return connect(undefined, { root: world.root.path });
}

function bridges(): string[] {
  const text = execFileSync('ip', ['-json', 'link', 'show', 'type', 'bridge'], {
    encoding: 'utf8',
  });
  return (JSON.parse(text) as { ifname?: string }[]).flatMap(({ ifname }) => ifname ?? []);
}

test('a network is defined, started, looked at, stopped and undefined', async () => {
  expect(await stdoutOf('net-define', world.file)).toBe(
    `Network lab defined from ${world.file}\n\n`,
  );
  expect(await stdoutOf('net-list', '--inactive', '--no-autostart', '--name')).toBe('lab\n\n');
  expect(bridges()).toEqual([]);

  expect(await stdoutOf('net-start', 'lab')).toBe('Network lab started\n\n');
  expect(bridges()).toEqual(['labbr0']);
  expect(await stderrOf('net-start', uuid)).toBe(
    `error: Failed to start network ${uuid}\n` +
      'error: Requested operation is not valid: network is already active\n',
  );
  expect(await stdoutOf('net-autostart', 'lab')).toBe('Network lab marked as autostarted\n\n');
  expect(await stdoutOf('net-info', uuid)).toBe(
    `Name:           lab\nUUID:           ${uuid}\nActive:         yes\nPersistent:     yes\n` +
      'Autostart:      yes\nBridge:         labbr0\n\n',
  );
  expect(await stdoutOf('net-list', '--title')).toBe(
    ' Name   State    Autostart   Persistent   Title\n' +
      '------------------------------------------------------------------\n' +
      ' lab    active   yes         yes          Where things are tried\n\n',
  );
  expect(await stdoutOf('net-name', uuid)).toBe('lab\n\n');
  expect(await stdoutOf('net-uuid', 'lab')).toBe(`${uuid}\n\n`);
  expect(await stdoutOf('net-dumpxml', 'lab')).toMatch(
    /^<network>\n {2}<name>lab<\/name>\n[^]*<port start='1024' end='65535'\/>[^]*<\/network>\n\n$/,
  );
  expect(await stdoutOf('net-dumpxml', 'lab', '--inactive')).not.toContain('<port start');

  expect(await stdoutOf('net-destroy', 'lab')).toBe('Network lab destroyed\n\n');
  expect(bridges()).toEqual([]);
  expect(await stderrOf('net-destroy', 'lab')).toBe(
    'error: Failed to destroy network lab\n' +
      "error: Requested operation is not valid: network 'lab' is not active\n",
  );
  expect(await stdoutOf('net-undefine', 'lab')).toBe('Network lab has been undefined\n\n');
  expect(await stderrOf('net-info', 'lab')).toBe(
    "error: failed to get network 'lab'\n" +
      "error: Network not found: no network with matching name 'lab'\n",
  );
});

test('a created network is transient: it has nothing to undefine or to start with the host', async () => {
  expect(await stdoutOf('net-create', world.file)).toBe(
    `Network lab created from ${world.file}\n\n`,
  );
  expect(await stdoutOf('net-list', '--transient', '--uuid')).toBe(`${uuid}\n\n`);
  expect(await stderrOf('net-undefine', 'lab')).toMatch(
    /^error: Failed to undefine network lab\nerror: Requested operation is not valid: /,
  );
  expect(await stderrOf('net-autostart', 'lab')).toMatch(
    /^error: failed to mark network lab as autostarted\nerror: Requested operation is not valid: /,
  );
  await stdoutOf('net-destroy', 'lab');
  expect(await stdoutOf('net-list', '--all', '--transient', '--name')).toBe('\n');
});

test('a document that is no network is refused with its place', async () => {
  writeFileSync(world.file, xml.replace('192.168.150.1', '192.168.150.1000'));
  expect(await stderrOf('net-define', world.file)).toMatch(
    /^error: Failed to define network from .*\nerror: .*192\.168\.150\.1000.* line 8, column \d+\)\n$/,
  );
});

test('what libvirt’s schema does not know is left out, each with a warning', async () => {
  expect(await stdoutOf('net-define', world.file, '--validate')).toContain('Network lab defined');
  const misspelt = xml
    .replace(
      "<bridge name='labbr0'/>",
      "<bridge name='labbr0' colour='red'/>\n  <prot isolated='yes'/>",
    )
    .replace('<dhcp>', '<dhcp><rang/>');
  writeFileSync(world.file, misspelt);
  const of = "libvirt's schema does not know it";
  const warnings =
    `warning: attribute 'colour' of <bridge> is left out: ${of} (network/bridge/@colour, line 6, column 3)\n` +
    `warning: <prot> is left out: ${of} (network/prot, line 7, column 3)\n` +
    `warning: <rang> is left out: ${of} (network/ip/dhcp/rang, line 10, column 11)\n`;
  const refusal =
    "error: XML document failed to validate against schema: libvirt's schema does not know all of the definition:\n" +
    "error:   attribute 'colour' of <bridge> is unknown (network/bridge/@colour, line 6, column 3)\n" +
    'error:   <prot> is unknown (network/prot, line 7, column 3)\n' +
    'error:   <rang> is unknown (network/ip/dhcp/rang, line 10, column 11)\n';
  for (const verb of ['define', 'create']) {
    const refused = `error: Failed to ${verb} network from ${world.file}\n${refusal}`;
    expect(await stderrOf(`net-${verb}`, world.file, '--validate')).toBe(refused);
    expect(await run(`net-${verb}`, world.file)).toMatchObject({
      code: 0,
      stdout: `Network lab ${verb}d from ${world.file}\n\n`,
      stderr: warnings,
    });
  }
  expect(await stdoutOf('net-dumpxml', 'lab')).not.toMatch(/colour|prot |rang\b/);
  const host = "<host mac='52:54:00:00:00:01' ip='192.168.150.9' nam='web'/>";
  const update = ['net-update', 'lab', 'add', 'ip-dhcp-host', host, '--live', '--config'];
  expect(await run(...update)).toMatchObject({
    code: 0,
    stderr: `warning: attribute 'nam' of <host> is left out: ${of} (network/ip/dhcp/host/@nam, line 1, column 1)\n`,
  });
  expect(await stdoutOf('net-dumpxml', 'lab', '--inactive')).toContain(
    "<host mac='52:54:00:00:00:01' ip='192.168.150.9'/>",
  );
  await stdoutOf('net-destroy', 'lab');

  writeFileSync(join(world.root.path, 'etc/tslxc/lxc.conf'), 'strict = 1\n');
  expect(await stderrOf('net-define', world.file)).toContain(refusal);
  const other = "<host mac='52:54:00:00:00:02' ip='192.168.150.8' nam='db'/>";
  expect(await stderrOf('net-update', 'lab', 'add', 'ip-dhcp-host', other)).toContain(
    "attribute 'nam' of <host> is unknown (network/ip/dhcp/host/@nam, line 1, column 1)",
  );
  expect(await stdoutOf('net-dumpxml', 'lab')).not.toContain('192.168.150.8');
});

interface Listener {
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string }>;
  /** So far. */
  said(): string;
  interrupt(): void;
}

/** Runs net-event, and waits until nothing that happens escapes it. */
async function listen(...words: readonly string[]): Promise<Listener> {
  const [program = '', ...rest] = commandLine('net-event', '--event', 'lifecycle', ...words);
  const child = spawn(program, rest, {
    env: commandEnvironment(world.root.path),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const ended = new Promise<{ code: number | null; stdout: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout }));
  });
  const log = join(world.root.path, 'run/tslxc/events');
  const folder = `/proc/${child.pid ?? 0}/fd`;
  await eventually(() => {
    const open = readdirSync(folder).map((name) => readlinkSync(join(folder, name)));
    // It looks where the log ends once it has opened it, and watches its folder after that.
    expect(open).toEqual(expect.arrayContaining([log, 'anon_inode:inotify']));
  });
  return { ended, said: () => stdout, interrupt: () => child.kill('SIGINT') };
}

test('events of networks are told of, whichever process makes them', async () => {
  expect(await stderrOf('net-event', 'lab', '--event', 'lifecycle')).toMatch(
    /^error: failed to get network 'lab'\n/,
  );
  await using connection = await connectTo();
  const network = await connection.defineNetwork(xml);
  const all = await listen('lab', '--loop');
  const first = await listen('--timestamp');
  await network.start();
  await network.destroy();
  await network.undefine();
  expect(await first.ended).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\+0000: event 'lifecycle' for network lab: Started\nevents received: 1\n\n$/,
    ) as string,
  });
  await eventually(() => expect(all.said()).toContain('Undefined'));
  all.interrupt();
  const lines = ['Started', 'Stopped', 'Undefined'].map(
    (word) => `event 'lifecycle' for network lab: ${word}\n`,
  );
  expect(await all.ended).toEqual({
    code: 0,
    stdout: `${lines.join('')}event loop interrupted\nevents received: 3\n\n`,
  });
});

test('a wait for events that never come ends with its time, and fails', async () => {
  expect(await run('net-event', '--event', 'lifecycle', '--timeout', '1')).toEqual({
    code: 1,
    signal: null,
    stdout: 'event loop timed out\nevents received: 0\n\n',
    stderr: '',
  });
});

test('leases are shown by network and by domain, with the name on the host', async () => {
  await using folder = await makeTestRoot();
  const tree = join(folder.path, 'tree');
  await makeRoot(tree);
  await using connection = await connectTo();
  const network = await connection.defineNetwork(xml);
  await network.start();
  const macs = ['52:54:00:77:00:01', '52:54:00:77:00:02'] as const;
  const devices = macs
    .map(
      (mac) =>
        `<interface type='network'><mac address='${mac}'/><source network='lab'/></interface>`,
    )
    .join('');
  const filesystems = [{ source: tree, target: '/' }];
  const domain = await connection.createDomain(domainXml({ name: 'leaser', filesystems, devices }));
  try {
    expect(await stdoutOf('domifaddr', 'leaser')).toBe(
      ' Name       MAC address          Protocol     Address\n' +
        '-------------------------------------------------------------------------------\n\n',
    );
    const waiting = domain.waitFor({ address: 'ipv4', timeout: 10_000 });
    await inside(domain, 'udhcpc -q -n -i eth1 -x hostname:second');
    const address = await waiting;
    expect(address).toMatch(/^192\.168\.150\.1(0\d|1\d|20)$/);

    const [, second] = await domain.interfaces();
    const name = second?.name ?? '';
    // dnsmasq writes it down once it has answered.
    await eventually(async () => {
      expect(await domain.addresses({ source: 'lease' })).toEqual([
        { interface: name, mac: macs[1], family: 'ipv4', address, prefix: 24 },
      ]);
    });
    expect(await stdoutOf('domifaddr', 'leaser')).toContain(
      `\n ${name.padEnd(10)} ${macs[1]}    ipv4         ${address}/24\n\n`,
    );
    const leases = await stdoutOf('net-dhcp-leases', 'lab');
    expect(leases.split('\n')).toEqual([
      expect.stringMatching(
        /^ Expiry Time +MAC address +Protocol +IP address +Hostname +Client ID or DUID$/,
      ),
      expect.stringMatching(/^-+$/),
      expect.stringMatching(
        new RegExp(
          `^ \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d   ${macs[1]}   ipv4       ${address}/24 +second +\\S+$`,
        ),
      ),
      '',
      '',
    ]);
    expect(await stdoutOf('net-dhcp-leases', 'lab', '--mac', macs[1].toUpperCase())).toBe(leases);
    expect(await stdoutOf('net-dhcp-leases', 'lab', macs[0])).not.toContain('ipv4');
    const [, end = ''] = /^ (\S+ \S+)/m.exec(leases.split('\n')[2] ?? '') ?? [];
    expect(new Date(end).getTime()).toBeGreaterThan(Date.now());

    await network.destroy();
    // The leases outlive the run of the network, as in libvirt: its next one goes on with them.
    expect(await stdoutOf('net-dhcp-leases', 'lab')).toBe(leases);
    expect(await stdoutOf('domifaddr', 'leaser')).toContain(address);
    expect(await stdoutOf('domifaddr', 'leaser', '--source', 'inside')).toContain(address);
  } finally {
    await domain.destroy();
  }
});
