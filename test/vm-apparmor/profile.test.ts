/**
 * AppArmor on a kernel that has it: init and what is executed beside it have the domain's profile, root inside can't undo
 * what it is kept from, and the profile is gone when the container is. Each attempt is made unconfined too, where it has to
 * succeed: what is refused there already would prove nothing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { initOf } from '../support/container-traces';
import { domainXml } from '../support/domain-xml';
import { eventually } from '../support/eventually';
import { runIn } from '../support/exec';
import { startOnce } from '../support/first-start';
import { commandEnvironment, commandLine, runCommand, runProgram } from '../support/run-command';
import { makeTestRoot } from '../support/test-root';
import type { TestRoot } from '../support/test-root';

const uuid = '4dea22b3-1d52-d8f3-2516-782e98ab3fa0';
const own = `tslxc-${uuid}`;
const [dynamic, compat] = [
  "<seclabel type='dynamic' model='apparmor'/>",
  "<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:hardening level='compat'/></t:container></metadata>",
];
const corePattern = '/proc/sys/kernel/core_pattern';

let root: TestRoot;
let connection: Connection;

beforeAll(startOnce);

beforeEach(async () => {
  root = await makeTestRoot();
  connection = await connect('lxc:///', { root: root.path });
});

afterEach(async () => {
  await connection.close();
  await root.remove();
  expect(loaded().filter((line) => line.startsWith('tslxc-'))).toEqual([]);
});

/** As the kernel lists them: `NAME (MODE)`. */
function loaded(): string[] {
  return readFileSync('/sys/kernel/security/apparmor/profiles', 'utf8').split('\n');
}

async function labelOf(domain: Domain): Promise<string> {
  const init = await initOf(domain.name);
  return readFileSync(`/proc/${init}/attr/apparmor/current`, 'utf8').trim();
}

async function start(elements: string): Promise<Domain> {
  const initArguments = ['-c', 'while :; do sleep 1000; done'];
  const xml = domainXml({ name: 'confined', uuid, initArguments, elements });
  const domain = await connection.defineDomain(xml);
  await domain.start();
  return domain;
}

/** What a line of shell says inside, in a mount namespace of its own, with its exit code. */
async function attempt(domain: Domain, line: string): Promise<string> {
  const inside = ['unshare', '-m', 'sh', '-c', line];
  const { result, stdout, stderr } = await runIn(domain, inside);
  const code = 'code' in result ? result.code : result.signal;
  return `${code} ${stdout}${stderr}`.trim();
}

/** A profile that somebody else has loaded, as long as the test runs. */
async function withProfile(name: string, rules: string, test: () => Promise<void>): Promise<void> {
  const text = `abi <abi/3.0>,\nprofile ${name} {\n${rules}\n}\n`;
  const load = async (option: string): Promise<void> => {
    const { code, stderr } = await runProgram(['apparmor_parser', option, '-K'], { input: text });
    expect([code, stderr]).toEqual([0, '']);
  };
  await load('--replace');
  try {
    await test();
  } finally {
    await load('--remove');
  }
}

const everything = 'file, capability, network, unix, signal, ptrace, mount, umount, pivot_root,';

/** Each succeeds for the same root without the profile, and leaves nothing behind. */
const attempts: Readonly<Record<string, string>> = {
  'to make /proc/sys writable': 'mount -o remount,bind,rw /proc/sys',
  'to write a knob of the host’s': `mount -o remount,bind,rw /proc/sys; read old <${corePattern}; echo "$old" >${corePattern}`,
  'to take off what is read-only': 'umount /proc/sys',
  'to move it away':
    'mount --make-rprivate / && mkdir -p /tmp/at && mount --move /proc/sys /tmp/at',
  'to mount procfs elsewhere': 'mkdir -p /tmp/at && mount -t proc proc /tmp/at',
  'to mount sysfs elsewhere': 'mkdir -p /tmp/at && mount -t sysfs sysfs /tmp/at',
  'to show procfs elsewhere': 'mkdir -p /tmp/at && mount --bind /proc /tmp/at',
  'to show a knob elsewhere': `touch /tmp/knob && mount --bind ${corePattern} /tmp/knob`,
  'to write a knob of a new procfs':
    'mkdir -p /tmp/new/proc && mount -t proc proc /tmp/new/proc && ' +
    `read old <${corePattern} && echo "$old" >/tmp/new/${corePattern}`,
  'to mount what the host has once': 'mkdir -p /tmp/at && mount -t binfmt_misc none /tmp/at',
};

describe('a dynamic profile', () => {
  test('is init’s and its commands’, is shown, and is gone with the container', async () => {
    const domain = await start(dynamic);
    expect(await labelOf(domain)).toBe(`${own} (enforce)`);
    expect(loaded()).toContain(`${own} (enforce)`);

    const current = ['cat', '/proc/self/attr/apparmor/current'];
    expect((await runIn(domain, current)).stdout.trim()).toBe(`${own} (enforce)`);
    const enter = ['lxc-enter-namespace', domain.name];
    const without = [...enter, '--noseclabel', '--', '/bin/cat', ...current.slice(1)];
    const { stdout } = await runCommand(without, { root: root.path });
    expect(stdout.trim()).toBe('unconfined');

    const options = { root: root.path };
    const info = await runCommand(['dominfo', domain.name], options);
    expect(info.stdout).toMatch(new RegExp(`^Security label: +${own} \\(enforcing\\)$`, 'm'));
    const xml = await runCommand(['dumpxml', domain.name], options);
    expect(xml.stdout).toContain(`<label>${own}</label>`);

    await domain.destroy();
    expect(loaded()).not.toContain(`${own} (enforce)`);
  });

  test.each(Object.entries(attempts))('keeps root inside from it: %s', async (_, line) => {
    const confined = await start(dynamic);
    const refused = await attempt(confined, line);
    expect(refused).toMatch(/^[1-9]/);
    await confined.destroy();
    await confined.undefine();
    const free = await start(compat);
    expect(await labelOf(free)).toBe('unconfined');
    expect(await attempt(free, line)).toMatch(/^0/);
  });

  test('leaves root inside its own mounts', async () => {
    const domain = await start(dynamic);
    const lines = [
      'mkdir -p /tmp/a /tmp/b && mount -t tmpfs none /tmp/a && touch /tmp/a/there',
      'mount --bind /tmp/a /tmp/b && test -e /tmp/b/there && umount /tmp/b',
      'mount -o remount,bind,ro /tmp/a && ! touch /tmp/a/more',
      'umount /tmp/a',
    ];
    expect(await attempt(domain, lines.join(' && '))).toMatch(/^0/);
  });

  test('has no new mount API beside it', async () => {
    const domain = await start(dynamic);
    const script = [
      'import ctypes, os',
      'libc = ctypes.CDLL(None, use_errno=True)',
      'for number in (428, 429, 430, 431, 432, 433, 442):',
      '    libc.syscall(number, 0, 0, 0, 0, 0)',
      '    print(ctypes.get_errno(), end=" ")',
    ];
    const { stdout } = await runIn(domain, ['python3', '-c', script.join('\n')]);
    expect(stdout.trim()).toBe(Array(7).fill('38').join(' '));
  });

  test('lets systemd start every service, with the mounts that it gives each', async () => {
    const xml = domainXml({
      name: 'confined',
      uuid,
      memory: 512 * 1024,
      init: '/sbin/init',
      elements: `<features><privnet/></features>${dynamic}`,
      filesystems: [{ source: '/containers/debian', target: '/' }],
    });
    const domain = await connection.defineDomain(xml);
    await domain.start();
    const wait = ['systemctl', 'is-system-running', '--wait'];
    // Its bus is not there from the first moment on.
    await eventually(async () => {
      const { stdout } = await runIn(domain, wait);
      expect(stdout).toMatch(/^(?:running|degraded)$/m);
    });
    const { stdout } = await runIn(domain, ['systemctl', '--failed', '--no-legend', '--plain']);
    expect(stdout).toBe('');
  });

  test('is not left from within', async () => {
    const domain = await start(dynamic);
    for (const word of ['changeprofile', 'exec']) {
      const file = word === 'exec' ? 'exec' : 'current';
      const line = `echo "${word} unconfined" >/proc/self/attr/apparmor/${file}`;
      // What dash says of any write that fails.
      expect(await attempt(domain, line)).toMatch(/^[1-9][^]*I\/O error/);
    }
    expect(await labelOf(domain)).toBe(`${own} (enforce)`);
  });
});

test('a static label is the profile that is used, which stays loaded', async () => {
  await withProfile('given-profile', `${everything} deny /etc/hostname r,`, async () => {
    const label = '<label>given-profile</label>';
    const domain = await start(`<seclabel type='static' model='apparmor'>${label}</seclabel>`);
    expect(await labelOf(domain)).toBe('given-profile (enforce)');
    expect(await attempt(domain, 'cat /etc/hostname')).toMatch(/Permission denied/);
    await domain.destroy();
    expect(loaded()).toContain('given-profile (enforce)');
  });
});

test('a static label that is not loaded is refused, with its place', async () => {
  const label = '<label>gone</label>';
  await expect(
    start(`<seclabel type='static' model='apparmor'>${label}</seclabel>`),
  ).rejects.toMatchObject({ code: 'XML_ERROR', element: 'domain/seclabel/label' });
});

test('with a base label only what both allow is allowed', async () => {
  await withProfile('given-base', `${everything} deny /etc/hostname r,`, async () => {
    const base = '<baselabel>given-base</baselabel>';
    const domain = await start(`<seclabel type='dynamic' model='apparmor'>${base}</seclabel>`);
    expect(await labelOf(domain)).toBe(`given-base//&${own} (enforce)`);
    expect(await attempt(domain, 'cat /etc/hostname')).toMatch(/Permission denied/);
    expect(await attempt(domain, 'umount /proc/sys')).toMatch(/^[1-9]/);
    await domain.destroy();
    expect(loaded()).toContain('given-base (enforce)');
  });
});

test('a caller that is killed when its profile is loaded: the next command unloads it', async () => {
  await connection.defineDomain(domainXml({ name: 'confined', uuid, elements: dynamic }));
  const env = {
    ...commandEnvironment(root.path),
    TSLXC_FAILPOINT: 'controller:before-spawn=killSelf',
  };
  const [program = '', ...words] = commandLine('start', 'confined');
  const child = spawn(program, words, { env, stdio: 'ignore' });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  expect(loaded()).toContain(`${own} (enforce)`);
  await runCommand(['domstate', 'confined'], { root: root.path });
  await eventually(() => expect(loaded()).not.toContain(`${own} (enforce)`));
});

test('a caller that may not enter the profile is told which rule it lacks', async () => {
  await connection.defineDomain(domainXml({ name: 'confined', uuid, elements: dynamic }));
  await withProfile('poor-caller', `${everything} capability mac_admin,`, async () => {
    const script = join(root.path, 'start.sh');
    writeFileSync(
      script,
      `echo "exec poor-caller" >/proc/self/attr/apparmor/exec\nexec ${commandLine('start', 'confined').join(' ')}\n`,
    );
    const { code, stderr } = await runProgram(['sh', script], { root: root.path });
    expect(code).not.toBe(0);
    expect(stderr).toContain(`change_profile -> ${own},`);
    expect(loaded()).not.toContain(`${own} (enforce)`);
  });
});
