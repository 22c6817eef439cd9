/**
 * Configurations of LXC, started by Debian's lxc-start and, as `tslxc domxml-from-native` has them, by tslxc: the containers
 * have the same root, mounts, ids, capabilities, limits and network.
 */
import {
  chmodSync,
  lchownSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { connect, makeRoot } from 'tslxc';
import { containerFacts } from '../support/lxc/container-facts';
import type { AskedFacts, ContainerFacts } from '../support/lxc/container-facts';
import { LxcWorld } from '../support/lxc/lxc-world';
import { commandLine, runProgram } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  // Root of a container with ids of its own has to get to its files.
  chmodSync(root.path, 0o711);
  const folder = join(root.path, 'lxc');
  mkdirSync(folder, { mode: 0o711 });
  const tree = join(root.path, 'tree');
  await makeRoot(tree);
  for (const name of ['data', 'upper-of-lxc/upper', 'upper-of-ours/upper']) {
    mkdirSync(join(root.path, name), { recursive: true });
  }
  writeFileSync(join(root.path, 'data/file'), 'data\n');
  return { root, folder, tree, lxc: keep(await LxcWorld.start(folder)) };
});

interface Case {
  /** Lines of the configuration. */
  readonly lines: (side: Side) => readonly string[];
  readonly keys?: 'legacy';
  /** Of init's environment, and of /proc/PID/limits. */
  readonly asked?: Partial<AskedFacts>;
}

/** What may not be the same for both. */
interface Side {
  readonly name: string;
  readonly tree: string;
  readonly upper: string;
}

const first = 100_000;

/** Gives a tree to the root of a container with ids of its own. */
function giveAway(path: string): void {
  lchownSync(path, first, first);
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
    lchownSync(join(entry.parentPath, entry.name), first, first);
  }
}

const cases: Readonly<Record<string, Case>> = {
  plain: {
    asked: { variables: ['GREETING'], limits: ['Max open files', 'Max core file size'] },
    lines: ({ tree }) => [
      `lxc.rootfs.path = dir:${tree}`,
      'lxc.net.0.type = empty',
      'lxc.net.0.flags = up',
      'lxc.cap.drop = sys_module sys_time mac_admin',
      'lxc.init.cwd = /var',
      'lxc.environment = GREETING=hello you',
      'lxc.prlimit.nofile = 100:200',
      'lxc.prlimit.core = 0',
      `lxc.mount.entry = ${world.root.path}/data srv/data none bind,ro,create=dir 0 0`,
      `lxc.mount.entry = ${world.root.path}/data/file etc/from-host none bind,create=file 0 0`,
      'lxc.mount.entry = tmpfs run tmpfs size=1m,mode=1777,nosuid,nodev,create=dir 0 0',
    ],
  },
  network: {
    lines: ({ tree }) => [
      `lxc.rootfs.path = dir:${tree}`,
      'lxc.net.0.type = veth',
      'lxc.net.0.link = brlxc',
      'lxc.net.0.flags = up',
      'lxc.net.0.name = wan0',
      'lxc.net.0.mtu = 1400',
      'lxc.net.0.hwaddr = 00:16:3e:01:02:03',
      'lxc.net.0.ipv4.address = 192.0.2.10/24',
      'lxc.net.0.ipv4.gateway = 192.0.2.1',
      'lxc.net.0.ipv6.address = 2001:db8::10/64',
      'lxc.net.0.ipv6.gateway = 2001:db8::1',
    ],
  },
  limits: {
    lines: ({ tree }) => [
      `lxc.rootfs.path = dir:${tree}`,
      'lxc.net.0.type = empty',
      'lxc.net.0.flags = up',
      'lxc.cgroup.memory.limit_in_bytes = 128M',
      'lxc.cgroup.cpu.shares = 512',
      'lxc.cgroup.cpu.cfs_quota_us = 50000',
      'lxc.cgroup.cpuset.cpus = 0',
      'lxc.cgroup.pids.max = 99',
      'lxc.cgroup2.memory.max = 128M',
      'lxc.cgroup2.cpu.weight = 50',
      'lxc.cgroup2.cpu.max = 50000 100000',
      'lxc.cgroup2.cpuset.cpus = 0',
      'lxc.cgroup2.pids.max = 99',
    ],
  },
  'id-map': {
    lines: ({ tree }) => [
      `lxc.rootfs.path = dir:${tree}`,
      'lxc.net.0.type = empty',
      'lxc.net.0.flags = up',
      `lxc.idmap = u 0 ${first} 65536`,
      `lxc.idmap = g 0 ${first} 65536`,
      'lxc.init.uid = 33',
      'lxc.init.gid = 33',
    ],
  },
  overlay: {
    lines: ({ tree, upper }) => [
      `lxc.rootfs.path = overlay:${tree}:${upper}/upper`,
      'lxc.net.0.type = empty',
      'lxc.net.0.flags = up',
    ],
  },
  'keys-of-lxc-2': {
    keys: 'legacy',
    lines: ({ tree }) => [
      `lxc.rootfs = ${tree}`,
      'lxc.pts = 1024',
      'lxc.tty = 2',
      'lxc.cap.drop = sys_module',
      'lxc.network.type = veth',
      'lxc.network.flags = up',
      'lxc.network.link = brlxc',
      'lxc.network.hwaddr = 00:16:3e:04:05:06',
      'lxc.network.ipv4 = 192.0.2.11/24',
      `lxc.mount.entry = ${world.root.path}/data srv/data none bind,create=dir 0 0`,
    ],
  },
};

function configuration(one: Case, side: Side): string {
  const isLegacy = one.keys === 'legacy';
  const lines = [
    `${isLegacy ? 'lxc.utsname' : 'lxc.uts.name'} = ${side.name}`,
    `${isLegacy ? 'lxc.init_cmd' : 'lxc.init.cmd'} = /bin/busybox sleep 1000`,
    'lxc.mount.auto = proc:mixed sys:ro',
    ...one.lines(side),
  ];
  return `${lines.join('\n')}\n`;
}

const factsOf = (pid: number, { asked }: Case): Promise<ContainerFacts> =>
  containerFacts(pid, { variables: [], limits: [], ...asked });

async function underLxc(one: Case, side: Side): Promise<ContainerFacts> {
  world.lxc.configure(side.name, configuration(one, side));
  if (one.keys === 'legacy') await world.lxc.update(side.name);
  const pid = await world.lxc.start(side.name);
  if (side.name === 'overlay') expectWritten(pid, side.upper);
  return factsOf(pid, one);
}

/** By the command, from the file to the container, in the network namespace with the bridge. */
async function underOurs(one: Case, side: Side): Promise<ContainerFacts> {
  const { root, lxc } = world;
  const file = join(root.path, 'imported.conf');
  writeFileSync(file, configuration(one, side));
  const run = async (words: readonly string[], input?: string): Promise<string> => {
    const given = input === undefined ? {} : { input };
    const argv = lxc.beside(commandLine(...words));
    const { code, stdout, stderr } = await runProgram(argv, { root: root.path, ...given });
    if (code !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
    return stdout;
  };
  const xml = await run(['domxml-from-native', 'lxc-tools', file]);
  await run(['define', '/dev/stdin'], xml);
  await run(['start', side.name]);
  await using connection = await connect(undefined, { root: root.path });
  const domain = await connection.lookupDomainByName(side.name);
  const pid = initOf(domain.id ?? 0);
  if (side.name === 'overlay') expectWritten(pid, side.upper);
  return await factsOf(pid, one);
}

/** The only child of the monitor. */
function initOf(monitor: number): number {
  return Number(readFileSync(`/proc/${monitor}/task/${monitor}/children`, 'utf8').split(' ')[0]);
}

/** What must be among the facts, so that two containers are not alike by having nothing. */
const salient: Readonly<Record<keyof typeof cases, unknown>> = {
  plain: {
    command: ['/bin/busybox', 'sleep', '1000'],
    directory: '/var',
    environment: ['GREETING=hello you'],
    mounts: expect.arrayContaining([
      expect.stringMatching(/^\/etc\/from-host .* rw$/),
      expect.stringMatching(/^\/run tmpfs rw$/),
      expect.stringMatching(/^\/srv\/data .*\/data ro$/),
    ]) as unknown,
    resourceLimits: ['Max core file size 0 0 bytes', 'Max open files 100 200 files'],
  },
  network: {
    network: {
      links: expect.arrayContaining([
        expect.objectContaining({ ifname: 'wan0', address: '00:16:3e:01:02:03', mtu: 1400 }),
      ]) as unknown,
      routes: expect.arrayContaining(['default 192.0.2.1 wan0']) as unknown,
    },
  },
  limits: { cgroupLimits: { 'cpuset.cpus': '0', 'memory.max': '134217728', 'pids.max': '99' } },
  'id-map': {
    idMap: ' 0 100000 65536\n 0 100000 65536\n',
    ids: expect.stringMatching(/^100033/) as unknown,
  },
  overlay: { root: 'overlay' },
  'keys-of-lxc-2': {
    hostname: 'keys-of-lxc-2',
    network: {
      links: expect.arrayContaining([
        expect.objectContaining({ address: '00:16:3e:04:05:06', isUp: true }),
      ]) as unknown,
    },
  },
};

/** What is written into the root of an overlay is in its upper layer. */
function expectWritten(pid: number, upper: string): void {
  writeFileSync(`/proc/${pid}/root/written`, 'inside\n');
  expect(readFileSync(join(upper, 'upper/written'), 'utf8')).toBe('inside\n');
}

test.each(Object.entries(cases))('%s', async (name, one) => {
  const { root, tree } = world;
  if (name === 'id-map') giveAway(tree);
  const ours = await underOurs(one, { name, tree, upper: join(root.path, 'upper-of-ours') });
  await using connection = await connect(undefined, { root: root.path });
  await (await connection.lookupDomainByName(name)).destroy();
  const theirs = await underLxc(one, { name, tree, upper: join(root.path, 'upper-of-lxc') });
  expect(ours).toEqual(theirs);
  expect(ours).toMatchObject(salient[name] as object);
});
