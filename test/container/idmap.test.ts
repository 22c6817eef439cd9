/**
 * With `<idmap>`, root inside is an ordinary user of the host: it reads and writes nothing of the host's root
 * behind any plain bind. The positive control does all of it without `<idmap>`. Recipe T15 of
 * the threat catalogue.
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Domain } from 'tslxc';
import { hostFacts } from '../../lib/host/facts';
import { native } from '../../lib/host/native';
import { isNamed } from '../../lib/plan/cgroups/named-hierarchies';
import { initOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { containerTest } from '../support/world/container-test';
import { files } from '../support/world/host-aspects';
import {
  idMapXml,
  idsOnHost,
  makeClosedRoot,
  mappedRoot,
  ownerOf,
  privateNetworkXml,
  runInside,
} from '../support/domain/mapped-domain';
import { makeTestRoot } from '../support/root/test-root';

const name = 'mapped';
const mappedIds = `${Array(4).fill(mappedRoot.uid).join(' ')} ${Array(4).fill(mappedRoot.gid).join(' ')}`;

const world = containerTest(async (keep) => {
  // Of the host's root: what a container must not get at, and `open`, where every user may write.
  const canary = mkdtempSync('/var/tmp/tslxc-canary-');
  keep(() => rmSync(canary, { recursive: true, force: true }));
  chmodSync(canary, 0o755);
  const closed = keep(await makeClosedRoot());
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  mkdirSync(join(canary, 'locked'));
  chmodSync(join(canary, 'locked'), 0o700);
  mkdirSync(join(canary, 'open'));
  chmodSync(join(canary, 'open'), 0o1777);
  writeFileSync(join(canary, 'secret'), 'secret of the host\n', { mode: 0o600 });
  writeFileSync(join(canary, 'program'), '#!/bin/sh\n', { mode: 0o755 });
  return { canary, closed, connection };
});

interface Shape {
  readonly elements: string;
  readonly root: 'shared' | 'private';
}

async function start({ elements, root: kind }: Shape): Promise<Domain> {
  const filesystems = [
    { source: world.canary, target: '/mnt' },
    ...(kind === 'private' ? [{ source: world.closed.path, target: '/' }] : []),
  ];
  if (kind === 'private') mkdirSync(join(world.closed.path, 'mnt'), { recursive: true });
  return world.connection.createDomain(domainXml({ name, elements, filesystems }));
}

/** Every way to the canary that a shell has. */
const attacks = [
  'cat /mnt/secret',
  'echo overwritten > /mnt/secret',
  'chmod 0666 /mnt/secret',
  'chown 0:0 /mnt/secret',
  'chmod 4777 /mnt/program',
  'mv /mnt/secret /mnt/open/secret',
  'touch /mnt/new',
  'touch /mnt/locked/new',
  'ls /mnt/locked',
];

test.each([
  ['shared', 'host', ''],
  ['shared', 'private', privateNetworkXml],
  ['private', 'host', ''],
  ['private', 'private', privateNetworkXml],
] as const)(
  'root inside is the mapped user on the host, with a %s root and a %s network',
  async (kind, _network, features) => {
    const canaryBefore = files(world.canary);
    const domain = await start({ elements: idMapXml() + features, root: kind });
    expect(await runInside(domain, 'id -u; id -g; cat /proc/self/setgroups')).toBe('0\n0\nallow\n');
    await runInside(domain, 'sleep 100 & (sleep 100; true) & true');
    const processes = await idsOnHost(name);
    expect(processes.length).toBeGreaterThanOrEqual(3);
    expect(new Set(processes.map(({ ids }) => ids))).toEqual(new Set([mappedIds]));

    for (const attack of attacks) {
      const output = await runInside(domain, `(${attack}) 2>/dev/null && echo done`);
      expect(`${attack}: ${output}`).toBe(`${attack}: `);
    }
    expect(files(world.canary)).toEqual(canaryBefore);
    await domain.destroy();
  },
);

test('positive control: without an id map, root inside is the host’s', async () => {
  const domain = await start({ elements: '', root: 'private' });
  expect(await runInside(domain, 'cat /mnt/secret')).toBe('secret of the host\n');
  await runInside(domain, 'echo overwritten > /mnt/secret; touch /mnt/locked/new');
  expect(readFileSync(join(world.canary, 'secret'), 'utf8')).toBe('overwritten\n');
  expect(ownerOf(join(world.canary, 'locked/new'))).toBe('0:0');
  expect((await idsOnHost(name))[0]?.ids).toBe('0 0 0 0 0 0 0 0');
  await domain.destroy();
});

test('what it makes outside its root is the mapped user’s, whatever it does to it', async () => {
  const domain = await start({ elements: idMapXml(), root: 'private' });
  await runInside(domain, 'cat /bin/busybox > /mnt/open/shell');
  await runInside(domain, 'chown 0:0 /mnt/open/shell; chmod 4755 /mnt/open/shell');
  await runInside(domain, 'touch /mnt/open/user; chown 1000:1000 /mnt/open/user');
  const { uid, gid } = mappedRoot;
  expect(ownerOf(join(world.canary, 'open/shell'))).toBe(`${uid}:${gid}`);
  expect(statSync(join(world.canary, 'open/shell')).mode & 0o7777).toBe(0o4755);
  expect(ownerOf(join(world.canary, 'open/user'))).toBe(`${uid + 1000}:${gid + 1000}`);
  const refused = await runInside(
    domain,
    'for type in b c; do mknod /mnt/open/$type $type 1 3 2>/dev/null && echo made; done',
  );
  expect(refused).toBe('');
  await domain.destroy();
});

/** Gives a file capabilities (a struct vfs_cap_data with all of them) and lets uid 0 read and write it, as root inside. */
const markFile = `import os, struct
path = '/mnt/open/tool'
open(path, 'w').close()
os.setxattr(path, 'security.capability', struct.pack('<5I', 0x02000001, 0xffffffff, 0, 0xffffffff, 0))
entries = [(1, 6, 0xffffffff), (2, 6, 0), (4, 4, 0xffffffff), (0x10, 6, 0xffffffff), (0x20, 0, 0xffffffff)]
acl = struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *entry) for entry in entries)
os.setxattr(path, 'system.posix_acl_access', acl)
`;

test('capabilities and access lists that it gives a file are worth nothing to the host', async () => {
  writeFileSync(join(world.canary, 'mark.py'), markFile);
  const mark = async (elements: string): Promise<{ capability: Buffer; acl: Buffer }> => {
    const domain = await start({ elements, root: 'shared' });
    expect(await runInside(domain, 'python3 /mnt/mark.py && echo done')).toBe('done\n');
    await domain.destroy();
    const file = openSync(join(world.canary, 'open/tool'), 'r');
    const read = (attribute: string): Buffer =>
      native().getXattr(file, attribute) ?? Buffer.alloc(0);
    const marks = { capability: read('security.capability'), acl: read('system.posix_acl_access') };
    closeSync(file);
    rmSync(join(world.canary, 'open/tool'));
    return marks;
  };
  /** The revision, and whose root it is for (capabilities(7): from revision 3 on). */
  const revision = ({ capability }: { capability: Buffer }): number => capability[3] ?? 0;
  const second = ({ acl }: { acl: Buffer }): number => acl.readUInt32LE(4 + 8 + 4);

  const mapped = await mark(idMapXml());
  expect(revision(mapped)).toBe(3);
  expect(mapped.capability.readUInt32LE(20)).toBe(mappedRoot.uid);
  expect(second(mapped)).toBe(mappedRoot.uid);

  // The control: without an id map they are the host's own.
  const plain = await mark('');
  expect(revision(plain)).toBe(2);
  expect(second(plain)).toBe(0);
});

test('a user namespace inside gives nothing more, and knobs of the host are out of reach', async () => {
  const domain = await start({ elements: idMapXml() + privateNetworkXml, root: 'private' });
  const inner = "unshare -Ur sh -c 'id -u; cat /mnt/secret'";
  expect(await runInside(domain, `${inner} 2>/dev/null`)).toBe('0\n');
  // Each writes what is there already, or asks for help: should one get through, it does no harm.
  const knobs = [
    'umount /proc/sys; knob=/proc/sys/kernel/core_pattern; value=$(cat $knob) && echo "$value" > $knob',
    'mount -o remount,bind,rw /sys; knob=/sys/kernel/mm/ksm/run; value=$(cat $knob) && echo $value > $knob',
    'umount /proc/sysrq-trigger; echo h > /proc/sysrq-trigger',
    'umount /proc/kcore; head -c 1 /proc/kcore',
  ];
  for (const knob of knobs) {
    expect(await runInside(domain, `(${knob}) 2>/dev/null && echo done`)).toBe('');
  }
  await domain.destroy();
});

test('the container manages its own cgroups, and only those', async () => {
  const domain = await start({ elements: idMapXml(), root: 'private' });
  const tree = await runInside(
    domain,
    'for tree in /sys/fs/cgroup /sys/fs/cgroup/unified; do [ -e $tree/cgroup.procs ] && echo $tree; done',
  );
  const [own = ''] = tree.split('\n');
  expect(own).not.toBe('');
  const line = `mkdir ${own}/below && echo $$ > ${own}/below/cgroup.procs && cat /proc/self/cgroup | grep 0::`;
  expect(await runInside(domain, line)).toBe('0::/below\n');
  await domain.destroy();
});

test('its own cgroups belong to its root where it may manage them, and all around them to the host’s', async () => {
  const { hierarchies, unified } = hostFacts().cgroups;
  const named = hierarchies.filter(({ controllers }) => isNamed(controllers));
  // Nothing of v1 is its own: the kernel can't limit cgroups there.
  const delegated = unified === undefined ? [] : [unified.mount];
  const domain = await start({ elements: idMapXml(), root: 'private' });
  const { uid, gid } = mappedRoot;
  for (const mount of delegated) {
    const own = `${mount}/libvirt/lxc/${name}`;
    const innermost = existsSync(`${own}/init`) ? `${own}/init` : own;
    expect(ownerOf(innermost)).toBe(`${uid}:${gid}`);
    expect(ownerOf(`${innermost}/cgroup.procs`)).toBe(`${uid}:${gid}`);
    if (innermost !== own) expect(ownerOf(own)).toBe('0:0');
  }
  const others = named.map(({ mount }) => `${mount}/libvirt/lxc/${name}`);
  for (const path of others) expect([path, ownerOf(path)]).toEqual([path, '0:0']);
  expect(delegated.length + others.length).toBeGreaterThan(0);
  for (const path of cgroupFiles(delegated)) expect([path, ownerOf(path)]).toEqual([path, '0:0']);
  await domain.destroy();
});

/** What a container’s root must not own: the roots of these hierarchies, the folders down to the containers, and their files. */
function cgroupFiles(mounts: readonly string[]): string[] {
  return mounts
    .flatMap((mount) => ['', '/libvirt', '/libvirt/lxc'].map((folder) => `${mount}${folder}`))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => [folder, `${folder}/cgroup.procs`, `${folder}/tasks`])
    .filter((path) => existsSync(path));
}

test('gaps, a single id, and a user of init that the map has', async () => {
  const uids = [
    [0, 300_000, 1],
    [1000, 310_000, 10],
  ] as const;
  const gids = [[0, 400_000, 1]] as const;
  const elements = idMapXml(uids, gids);
  const filesystems = [{ source: world.closed.path, target: '/' }];
  const osElements = '<inituser>1000</inituser>';
  const domain = await world.connection.createDomain(
    domainXml({ name, elements, filesystems, osElements }),
  );
  expect(await runInside(domain, 'id -u')).toBe('1000\n');
  const [init] = await idsOnHost(name);
  expect(init?.ids.split(' ')[0]).toBe('310000');
  expect(await runInside(domain, 'cat /proc/self/uid_map')).toMatch(
    /^\s*0\s+300000\s+1\n\s*1000\s+310000\s+10\n$/,
  );
  await domain.destroy();
});

test('a user of init that the map lacks is refused, naming it', async () => {
  const elements = idMapXml([[0, 300_000, 1]], [[0, 400_000, 1]]);
  const xml = domainXml({ name, elements, osElements: '<inituser>1000</inituser>' });
  await expect(world.connection.createDomain(xml)).rejects.toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    element: 'domain/os/inituser',
  });
});

test('init’s end is seen as ever: exit code, and nothing left', async () => {
  const elements = idMapXml();
  const filesystems = [{ source: world.closed.path, target: '/' }];
  const initArguments = ['-c', 'read line; exit 3'];
  const domain = await world.connection.defineDomain(
    domainXml({ name, elements, filesystems, initArguments }),
  );
  await domain.start();
  await initOf(name);
  const console_ = await domain.openConsole();
  console_.write('\n');
  expect(await domain.wait()).toMatchObject({ how: 'exited', code: 3 });
  console_.destroy();
  await domain.undefine();
});
