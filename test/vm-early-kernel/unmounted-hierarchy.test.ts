/**
 * Recipe T36 of the threat catalogue: a v1 hierarchy that the host has unmounted while there was a cgroup in it. Root in a container whose
 * cgroup there is the hierarchy’s root mounts it, and has the kernel run a program of the host by its release agent. Only in a machine of
 * its own: a hierarchy is the whole kernel’s.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { connect as connectToProduct } from 'tslxc';
import type { Domain, connect } from 'tslxc';
import { checkHost } from 'tslxc';
import { askConsole } from '../support/console/console-answer';
import { domainXml } from '../support/domain/domain-xml';
import { parseReport } from '../support/probe/probe';
import type { Report } from '../support/probe/probe';
import { UnsafePackage } from '../support/probe/unsafe-package';
import { runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { eventually } from '../support/time/eventually';
import { containerTest } from '../support/world/container-test';

const hierarchy = 'vmtest';

async function run(...argv: readonly string[]): Promise<void> {
  const { code, stderr } = await runProgram(argv);
  expect({ argv, code, stderr }).toEqual({ argv, code: 0, stderr: '' });
}

// The library of the control keeps its monitor's executable open.
const world = containerTest(
  async (keep) => {
    const scratch = mkdtempSync('/var/tmp/tslxc-hierarchy-');
    const mount = join(scratch, 'mount');
    mkdirSync(mount);
    keep(() => rmSync(scratch, { recursive: true }));
    /** Does something with the hierarchy’s root; it is mounted nowhere before and afterwards. */
    const mounted = async <T>(action: () => T): Promise<T> => {
      await run('mount', '-t', 'cgroup', '-o', `none,name=${hierarchy}`, 'x', mount);
      try {
        return action();
      } finally {
        await run('umount', mount);
      }
    };
    await mounted(() => mkdirSync(join(mount, 'child')));
    keep(() => mounted(() => rmdirSync(join(mount, 'child'))));
    return { scratch, mount, mounted };
  },
  { per: 'file', except: ['descriptors'] },
);

/** Its first life reboots, so that what is attacked from is the second one’s cgroup. */
const script = `
say() { printf '%s\\t%s\\n' "$1" "$2"; }
folder=$1
if [ ! -e "$folder/second" ]; then touch "$folder/second"; exec /bin/busybox reboot -f; fi
mount -t tmpfs none /mnt && mkdir /mnt/c
mount -t cgroup -o none,name=${hierarchy} none /mnt/c && say mounted yes
say child "$([ -e /mnt/c/child ] && echo seen || echo hidden)"
if [ -e /mnt/c/release_agent ]; then
  say agent there
  mkdir /mnt/c/esc
  echo 1 > /mnt/c/esc/notify_on_release
  echo "$folder/agent" > /mnt/c/release_agent
  sh -c 'echo $$ > /mnt/c/esc/cgroup.procs'
  sleep 1
  rmdir /mnt/c/esc
  echo > /mnt/c/release_agent
else
  say agent missing
fi
say end end
exec sleep 1000
`;

interface Attack {
  readonly report: Report;
  /** The line of the hierarchy in /proc/PID/cgroup: of init, seen from the host, and of a command, seen inside. */
  readonly init: string;
  readonly command: string;
}

function lineOf(text: string): string {
  return text.split('\n').find((line) => line.includes(`name=${hierarchy}:`)) ?? '';
}

async function attack(library: typeof connect, name: string): Promise<Attack> {
  const folder = join(world.scratch, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'agent'), `#!/bin/sh\necho "$(id -u) by $1" > ${folder}/ran\n`);
  chmodSync(join(folder, 'agent'), 0o755);
  await using root = await makeTestRoot();
  await using connection = await library(undefined, { root: root.path });
  const initArguments = ['-c', script, 'sh', folder];
  const domain = await connection.createDomain(domainXml({ name, init: '/bin/sh', initArguments }));
  try {
    const report = parseReport(await askConsole(domain, '', /^end\t/m));
    const pid = initOf(domain);
    const command = await domain.exec(['cat', '/proc/self/cgroup']);
    return {
      report,
      init: lineOf(readFileSync(`/proc/${pid}/cgroup`, 'utf8')),
      command: lineOf(command.stdout),
    };
  } finally {
    await domain.destroy();
  }
}

/** Init’s pid on the host. */
function initOf(domain: Domain): string {
  const monitor = String(domain.id);
  return readFileSync(`/proc/${monitor}/task/${monitor}/children`, 'utf8').split(' ')[0] ?? '';
}

describe('a hierarchy that is mounted nowhere (T36)', () => {
  test('a container is in a cgroup of its own there, also after a reboot, and so is a command', async () => {
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(`name=${hierarchy}`);
    const { report, init, command } = await attack(connectToProduct, 'joined');
    expect(report).toMatchObject({ mounted: 'yes', child: 'hidden', agent: 'missing' });
    expect(init).toMatch(/:name=vmtest:\/tslxc-[0-9a-f-]{36}$/);
    expect(command).toMatch(/:name=vmtest:\/$/);
    expect(existsSync(join(world.scratch, 'joined/ran'))).toBe(false);
    // Nothing of it is left.
    expect(await world.mounted(foldersIn)).toEqual(['child']);
  });

  test('doctor says that containers have cgroups of their own there', async () => {
    const { checks } = await checkHost();
    expect(checks.filter(({ id }) => id === 'cgroup.unmounted')).toMatchObject([{ status: 'ok' }]);
    // With or without controllers of v1, which some of the machines have: that hierarchy has none, and changes nothing.
    const mounts = readFileSync('/proc/self/mounts', 'latin1');
    const found = /^cgroup \S+ cgroup .*\bcpu\b/m.test(mounts) ? 'v1 and v2 (hybrid)' : 'v2';
    expect(checks.filter(({ id }) => id === 'cgroup.layout')).toMatchObject([{ found }]);
  });

  test('control: without that, the host runs a program of the container’s choice', async () => {
    using unsafe = await UnsafePackage.make('mounted hierarchies alone');
    const { report, init } = await attack(await unsafe.connect(), 'control');
    const ran = join(world.scratch, 'control/ran');
    await eventually(() => expect(readFileSync(ran, 'utf8')).toBe('0 by /esc\n'), 20_000);
    expect(report).toMatchObject({ mounted: 'yes', child: 'seen', agent: 'there' });
    expect(init).not.toContain('tslxc-');
  });
});

function foldersIn(): string[] {
  return readdirSync(world.mount, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
