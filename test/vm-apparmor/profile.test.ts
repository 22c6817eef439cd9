/**
 * AppArmor on a kernel that has it: init and what is executed beside it have the domain's profile, and the profile is gone
 * when the container is.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { attempt, labelOf, loadedProfiles, profileOf } from '../support/labels/apparmor';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { runIn } from '../support/domain/exec';
import { startOnce } from '../support/world/first-start';
import {
  commandEnvironment,
  commandLine,
  runCommand,
  runProgram,
} from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';

const uuid = '4dea22b3-1d52-d8f3-2516-782e98ab3fa0';
const dynamic = "<seclabel type='dynamic' model='apparmor'/>";

let root: TestRoot;
let connection: Connection;
let own: string;

beforeAll(startOnce);

beforeEach(async () => {
  root = await makeTestRoot();
  connection = await connect('lxc:///', { root: root.path });
  own = profileOf(root.path, uuid);
});

afterEach(async () => {
  await connection.close();
  await root.remove();
  expect(loadedProfiles().filter((line) => line.startsWith('tslxc-'))).toEqual([]);
});

const sleeper = { initArguments: ['-c', 'while :; do sleep 1000; done'] };

async function start(elements: string): Promise<Domain> {
  const xml = domainXml({ name: 'confined', uuid, ...sleeper, elements });
  const domain = await connection.defineDomain(xml);
  await domain.start();
  return domain;
}

/** A profile that another program has loaded, as long as the test runs. */
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

describe('a dynamic profile', () => {
  test('is init’s and its commands’, is shown, and is gone with the container', async () => {
    const domain = await start(dynamic);
    expect(await labelOf(domain)).toBe(`${own} (enforce)`);
    expect(loadedProfiles()).toContain(`${own} (enforce)`);

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
    expect(loadedProfiles()).not.toContain(`${own} (enforce)`);
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
    expect(loadedProfiles()).toContain('given-profile (enforce)');
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
    expect(loadedProfiles()).toContain('given-base (enforce)');
  });
});

test('a domain of another root with the same UUID has a profile of its own, and keeps it', async () => {
  const domain = await start(dynamic);
  await using second = await makeTestRoot();
  await using other = await connect('lxc:///', { root: second.path });
  const twin = await other.createDomain(
    domainXml({ name: 'twin', uuid, ...sleeper, elements: dynamic }),
  );
  const its = profileOf(second.path, uuid);
  expect(await labelOf(twin)).toBe(`${its} (enforce)`);
  await domain.destroy();
  expect(loadedProfiles()).not.toContain(`${own} (enforce)`);
  expect(loadedProfiles()).toContain(`${its} (enforce)`);
  expect(await attempt(twin, 'umount /proc/sys')).toMatch(/^[1-9]/);
  await twin.destroy();
});

test('a profile that another program has loaded by the name of ours is refused, and left alone', async () => {
  await withProfile(own, everything, async () => {
    await expect(start(dynamic)).rejects.toMatchObject({
      code: 'RESOURCE_BUSY',
      message: expect.stringContaining(own) as string,
    });
    expect(loadedProfiles()).toContain(`${own} (enforce)`);
  });
});

test('the profile of one domain is no label of another', async () => {
  const domain = await start(dynamic);
  const elements = `<seclabel type='static' model='apparmor'><label>${own}</label></seclabel>`;
  const refused = connection.createDomain(domainXml({ name: 'guest', elements }));
  await expect(refused).rejects.toMatchObject({
    code: 'XML_ERROR',
    element: 'domain/seclabel/label',
  });
  await domain.destroy();
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
  expect(loadedProfiles()).toContain(`${own} (enforce)`);
  await runCommand(['domstate', 'confined'], { root: root.path });
  await eventually(() => expect(loadedProfiles()).not.toContain(`${own} (enforce)`));
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
    expect(loadedProfiles()).not.toContain(`${own} (enforce)`);
  });
});
