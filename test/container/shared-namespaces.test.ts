/** Namespaces that a container shares with a named network, a process or another domain, seen from both sides. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain, TslxcError } from 'tslxc';
import { initOf, monitorsOf, tracesOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';
import { idMapXml, makeClosedRoot, runInside } from '../support/domain/mapped-domain';
import { NamedNetwork } from '../support/network/named-network';
import { makeTestRoot } from '../support/root/test-root';

const name = 'sharing';
const kinds = ['net', 'ipc', 'uts'] as const;
type Kind = (typeof kinds)[number];

const world = containerTest(async (keep) => {
  const closed = keep(await makeClosedRoot());
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  return { closed, root, connection };
});

const shares = (content: string): string =>
  `<lxc:namespace xmlns:lxc='http://libvirt.org/schemas/domain/lxc/1.0'>\n${content}\n</lxc:namespace>`;
const share = (kind: Kind, type: string, value: string | number): string =>
  `<lxc:share${kind} type='${type}' value='${value}'/>`;
const privnet = '<features><privnet/></features>';

function define(elements: string, domain = name): Promise<Domain> {
  const filesystems = [{ source: world.closed.path, target: '/' }];
  return world.connection.defineDomain(domainXml({ name: domain, filesystems, elements }));
}

const namespaceOf = (pid: number | 'self', kind: Kind): string =>
  readlinkSync(`/proc/${pid}/ns/${kind}`);

/** Which of its namespaces are the host's. */
const ofHost = (pid: number): Kind[] =>
  kinds.filter((kind) => namespaceOf(pid, kind) === namespaceOf('self', kind));

async function expectMonitorAtHome(domain = name): Promise<void> {
  const [monitor] = monitorsOf(domain);
  expect(ofHost(monitor ?? 0)).toEqual(kinds);
  await initOf(domain);
}

/** What a command of busybox prints inside. */
async function inside(domain: Domain, command: string): Promise<string> {
  return (await runInside(domain, `{ ${command}; } 2>&1`)).trim();
}

describe.each([
  ['without an id map', ''],
  ['with an id map', idMapXml()],
])('a named network, %s', (_title, elements) => {
  test('is the container’s, with its addresses and its /sys, and stays when it ends', async () => {
    using network = new NamedNetwork();
    const domain = await define(elements + shares(share('net', 'netns', network.name)));
    await domain.start();
    const init = await initOf(name);
    expect(namespaceOf(init, 'net')).toBe(network.link);
    expect(ofHost(init)).toEqual([]);
    await expectMonitorAtHome();
    expect(await inside(domain, 'busybox ip -4 -o addr')).toContain(network.address);
    expect(await inside(domain, 'ls /sys/class/net')).toBe('lo');
    expect(await inside(domain, 'busybox hostname')).toBe(name);
    expect(await inside(domain, 'echo 1 > /proc/sys/net/ipv4/ip_forward')).toContain(
      'Read-only file system',
    );
    await domain.destroy();
    const list = ['-4', '-o', 'address'];
    const after = execFileSync('nsenter', [`--net=${network.path}`, 'ip', ...list]);
    expect(after.toString()).toContain(network.address);
  });
});

test('all three of another domain: one host name, one network, one set of queues', async () => {
  const first = await define(privnet, 'shared-one');
  await first.start();
  const owner = await initOf('shared-one');
  const second = await define(
    shares(kinds.map((kind) => share(kind, 'name', 'shared-one')).join('')),
  );
  await second.start();
  const init = await initOf(name);
  for (const kind of kinds) expect(namespaceOf(init, kind)).toBe(namespaceOf(owner, kind));
  await expectMonitorAtHome();
  await expectMonitorAtHome('shared-one');
  expect(await inside(second, 'busybox hostname')).toBe('shared-one');
  expect(await inside(first, 'busybox hostname')).toBe('shared-one');
  execFileSync('nsenter', ['--ipc', '--target', `${owner}`, 'ipcmk', '--queue']);
  expect(await inside(second, 'grep -vc key /proc/sysvipc/msg')).toBe('1');
  expect(await inside(second, 'busybox ip -o link | busybox wc -l')).toBe('1');
  await second.destroy();
  expect(await inside(first, 'grep -vc key /proc/sysvipc/msg')).toBe('1');
  expect(await inside(first, 'busybox hostname')).toBe('shared-one');
});

test('the namespaces of a process, and only those that are asked for', async () => {
  const script = 'echo borrowed > /proc/sys/kernel/hostname; echo ready; exec sleep 1000';
  const child = spawn('unshare', ['--uts', '--ipc', 'sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    const pid = child.pid ?? 0;
    const domain = await define(privnet + shares(share('uts', 'pid', pid)));
    await domain.start();
    const init = await initOf(name);
    expect(namespaceOf(init, 'uts')).toBe(namespaceOf(pid, 'uts'));
    expect(namespaceOf(init, 'ipc')).not.toBe(namespaceOf(pid, 'ipc'));
    expect(ofHost(init)).toEqual([]);
    expect(await inside(domain, 'busybox hostname')).toBe('borrowed');
    await expectMonitorAtHome();
  } finally {
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  }
});

test('a restart enters them anew, and a domain that runs no more is no longer found', async () => {
  const first = await define(privnet, 'shared-one');
  await first.start();
  const second = await define(shares(share('net', 'name', 'shared-one')));
  await second.start();
  await second.destroy();
  await first.destroy();
  await expect(second.start()).rejects.toMatchObject({
    code: 'INTERNAL_ERROR',
    element: 'domain/lxc:namespace/lxc:sharenet',
    message: expect.stringMatching(
      /^internal error: No domain with matching name 'shared-one' is running \(domain\/lxc:namespace\/lxc:sharenet, line \d+, column \d+\)/,
    ) as string,
  });
  await first.start();
  await second.start();
  expect(namespaceOf(await initOf(name), 'net')).toBe(
    namespaceOf(await initOf('shared-one'), 'net'),
  );
});

/** What can't be shared → words of the error. */
const refusals: Readonly<Record<string, readonly [content: string, code: string, words: string]>> =
  {
    'a domain that is not there': [
      share('ipc', 'name', 'nobody'),
      'INTERNAL_ERROR',
      "internal error: No domain with matching name 'nobody' is running",
    ],
    itself: [
      share('ipc', 'name', name),
      'INTERNAL_ERROR',
      `internal error: No domain with matching name '${name}' is running`,
    ],
    'a name that is a path': [
      share('ipc', 'name', '../lxc'),
      'INTERNAL_ERROR',
      "internal error: No domain with matching name '../lxc' is running",
    ],
    'a network that is not there': [
      share('net', 'netns', 'tslxc-none'),
      'SYSTEM_ERROR',
      'failed to open netns tslxc-none: ENOENT, no such file or directory',
    ],
    'a process that is not there': [
      share('net', 'pid', 999_999_999),
      'SYSTEM_ERROR',
      'failed to open /proc/999999999/ns/net: ENOENT, no such file or directory',
    ],
  };

test.each(Object.keys(refusals))('%s is refused in its line, and nothing is left', async (what) => {
  const [content, code, words] = refusals[what] ?? ['', '', ''];
  const domain = await define(shares(content));
  const error = await domain.start().then(
    () => undefined,
    (cause: unknown) => cause as TslxcError,
  );
  const stored = readFileSync(join(world.root.path, `etc/tslxc/lxc/${name}.xml`), 'utf8').split(
    '\n',
  );
  const line = stored.findIndex((text) => text.includes('<lxc:share')) + 1;
  expect(error).toMatchObject({ code, line, column: 5 });
  expect(error?.message).toContain(words);
  expect(error?.message).toContain(`line ${line}, column 5`);
  expect(tracesOf(name)).toEqual([]);
});

test('a file in /run/netns that is no namespace is refused', async () => {
  using network = new NamedNetwork();
  const path = `${network.path}-file`;
  closeSync(openSync(path, 'wx'));
  try {
    const domain = await define(shares(share('net', 'netns', `${network.name}-file`)));
    await expect(domain.start()).rejects.toMatchObject({
      code: 'CONFIG_UNSUPPORTED',
      message: expect.stringContaining(`${path} is not a namespace`) as string,
    });
  } finally {
    rmSync(path);
  }
});

test('another kind of namespace is refused by the kernel, and nothing is left', async () => {
  using network = new NamedNetwork();
  const path = `${network.path}-uts`;
  closeSync(openSync(path, 'wx'));
  execFileSync('unshare', [`--uts=${path}`, 'true']);
  try {
    const domain = await define(shares(share('net', 'netns', `${network.name}-uts`)));
    await expect(domain.start()).rejects.toMatchObject({
      code: 'SYSTEM_ERROR',
      syscall: 'setns',
      path,
      step: expect.stringContaining("join the net namespace 'shared:net'") as string,
    });
    expect(tracesOf(name)).toEqual([]);
  } finally {
    execFileSync('umount', [path]);
    rmSync(path);
  }
});
