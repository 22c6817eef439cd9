/** The parts of the look at the host that judge what they are given. */
import { checkIds, checkInheritance } from '../../../../lib/driver/doctor/caller';
import { checkLayout, checkUnmounted } from '../../../../lib/driver/doctor/cgroup-layout';
import { ok, reportOf, warn } from '../../../../lib/driver/doctor/check';
import { checkHost } from '../../../../lib/driver/doctor/check-host';
import { isolationChecks } from '../../../../lib/driver/doctor/isolation';
import { checkVersion } from '../../../../lib/driver/doctor/kernel';
import { judgeSecurity } from '../../../../lib/driver/doctor/security';
import { judgeRoom } from '../../../../lib/driver/doctor/state-disk';
import type { DomainDefinition } from '../../../../lib/domain/definition';
import type { CgroupLayout } from '../../../../lib/host/kernel/cgroup-layout';
import { rootFilesystem } from '../../../support/domain/domain-xml';
import { document, parse } from '../../domain/parse-context';
import { containing } from '../refusal';

const root = { uid: 0, capabilities: ~0n, noNewPrivileges: false } as const;
const status = (lines: Readonly<Record<string, string>>): string =>
  Object.entries({ CapBnd: '000001ffffffffff', Seccomp: '0', ...lines })
    .map(([name, value]) => `${name}:\t${value}\n`)
    .join('');

test.each([
  ['6.12.9-amd64', 'ok'],
  ['5.12', 'ok'],
  ['5.11.22', 'fail'],
  ['4.19.0-27-amd64', 'fail'],
])('Linux %s is judged as %s', (version, judged) => {
  expect(checkVersion(version).status).toBe(judged);
});

test('the whole is as bad as its worst part', () => {
  expect(reportOf([]).status).toBe('ok');
  expect(reportOf([ok('a', ''), warn('b', '', ''), ok('c', '')]).status).toBe('warn');
});

const unified = (controllers: readonly string[]): CgroupLayout => ({
  hierarchies: [],
  unified: { mount: '/sys/fs/cgroup', controllers },
});

test('a v2 tree with its controllers is in order', () => {
  const checks = checkLayout(unified(['cpu', 'memory', 'cpuset', 'io', 'pids']));
  expect(checks.map((check) => [check.id, check.status])).toEqual([
    ['cgroup.layout', 'ok'],
    ['cgroup.controllers', 'ok'],
  ]);
});

test('a v2 tree without memory runs nothing, and one without io has no rates of disks', () => {
  const checks = checkLayout(unified(['cpu', 'cpuset', 'pids']));
  expect(checks.map((check) => `${check.status} ${check.found}`)).toEqual([
    'ok v2',
    'fail no controller memory',
    'warn no controller io, which limits <blkiotune>',
  ]);
});

test('a v1 hierarchy and a v2 tree count together', () => {
  const hierarchies = [{ controllers: ['cpu', 'cpuacct', 'devices'], mount: '/c/cpu' }];
  const [layout, ...others] = checkLayout({ ...unified(['memory']), hierarchies });
  expect(layout?.found).toBe('v1 and v2 (hybrid)');
  expect(others.map((check) => check.status)).not.toContain('fail');
});

test('a hierarchy that has only a name does not make v2 a hybrid', () => {
  const hierarchies = [{ controllers: ['name=systemd'], mount: '/c/systemd' }];
  const checks = checkLayout({
    ...unified(['cpu', 'memory', 'cpuset', 'io', 'pids']),
    hierarchies,
  });
  expect(checks.map(({ status, found }) => `${status} ${found}`)).toEqual([
    'ok v2',
    'ok cpu, cpuset, io, memory, pids',
  ]);
});

test('a hierarchy that is mounted nowhere and can’t be joined is a failure, with the command that mounts it', () => {
  const refuse = (): number => {
    throw new Error('fsconfig: EPERM');
  };
  expect(checkUnmounted(['name=foo', 'net_cls,net_prio'], refuse)).toMatchObject([
    {
      status: 'fail',
      found: expect.stringContaining(
        'name=foo is mounted nowhere here and can’t be joined',
      ) as string,
      advice: expect.stringContaining(
        'mount -t cgroup -o none,name=foo cgroup DIRECTORY',
      ) as string,
    },
    {
      status: 'fail',
      advice: expect.stringContaining(
        'mount -t cgroup -o net_cls,net_prio cgroup DIRECTORY',
      ) as string,
    },
  ]);
  expect(checkUnmounted([], refuse)).toEqual([]);
});

test('without any cgroup tree nothing starts', () => {
  expect(checkLayout({ hierarchies: [] })).toMatchObject([{ status: 'fail' }]);
});

test('what a unit takes from the bounding set is named', () => {
  // All but CAP_MKNOD (27), which PrivateDevices= takes.
  const bounding = ((1n << 41n) - 1n) & ~(1n << 27n);
  const checks = checkInheritance(root, status({ CapBnd: bounding.toString(16) }));
  expect(checks).toMatchObject([{ status: 'fail', found: 'CAP_MKNOD is not in the bounding set' }]);
});

test.each([
  ['room', { kibibytes: 1_000_000, files: 1000 }, []],
  ['room, and files as many as fit', { kibibytes: 1_000_000 }, []],
  ['little room', { kibibytes: 9000, files: 1000 }, ['warn is nearly full: 9000 KiB are free']],
  ['none', { kibibytes: 12, files: 1000 }, ['fail is full: 12 KiB are free']],
  [
    'no room for files',
    { kibibytes: 1_000_000, files: 3 },
    ['fail is full: it takes 3 files more'],
  ],
])('a disk of state with %s', (_, room, judged) => {
  const checks = judgeRoom({ folders: ['/run/tslxc'], ...room });
  expect(checks.map(({ status, found }) => `${status} ${found}`)).toEqual(
    judged.map((words) => words.replace(' ', ' the disk of /run/tslxc ')),
  );
});

const selinux = { model: 'selinux', doi: '0', enforcing: true } as const;
const policy = {
  name: 'default',
  contexts: '/etc/selinux/default/contexts/lxc_contexts',
  hasContexts: true,
  hasPolicy: true,
};
const lines = (look: Parameters<typeof judgeSecurity>[0]): string[] =>
  judgeSecurity(look).map((check) => `${check.id} ${check.status} ${check.found}`);

test('a host without labels is in order, and says what it has', () => {
  const host = { model: 'none', doi: '0' } as const;
  expect(lines({ host, modules: 'lockdown,bpf' })).toEqual([
    'host.security ok no module that labels containers, only lockdown,bpf',
  ]);
});

test('SELinux is in order with a policy that knows containers', () => {
  const look = { host: selinux, modules: 'selinux', policy };
  expect(lines(look)).toEqual(['host.security ok SELinux, enforcing, with the policy default']);
  expect(lines({ ...look, host: { ...selinux, enforcing: false } })).toEqual([
    'host.security ok SELinux, permissive, with the policy default',
  ]);
});

test('what SELinux lacks is told, part by part', () => {
  const host = selinux;
  expect(lines({ host, modules: '' })).toEqual([
    'host.security warn SELinux without /etc/selinux/config: no container can be labelled',
  ]);
  const nothing = { ...policy, hasContexts: false, hasPolicy: false };
  const transition = { found: 'initrc_t may not enter container_t', advice: 'SELinuxContext=' };
  expect(lines({ host, modules: '', policy: nothing, transition })).toEqual([
    'host.security warn SELinux, and no policy default below /etc/selinux',
    `host.security warn SELinux, and no ${policy.contexts}: no container can be labelled`,
    'host.security warn initrc_t may not enter container_t',
  ]);
});

test('AppArmor needs its parser', () => {
  const host = { model: 'apparmor', doi: '0' } as const;
  expect(lines({ host, modules: '', hasParser: true })).toEqual(['host.security ok AppArmor']);
  expect(lines({ host, modules: '', hasParser: false })).toEqual([
    'host.security warn AppArmor without apparmor_parser: no container can be labelled',
  ]);
});

test('no_new_privs fails, a filter of system calls warns', () => {
  const checks = checkInheritance({ ...root, noNewPrivileges: true }, status({ Seccomp: '2' }));
  expect(checks.map((check) => check.status)).toEqual(['fail', 'warn']);
});

test('a process in order inherits nothing bad', () => {
  expect(checkInheritance(root, status({}))).toEqual([]);
});

test('a user namespace is told from the host’s', () => {
  expect(checkIds('         0          0 4294967295\n')).toEqual([]);
  expect(checkIds('         0     100000      65536\n')).toMatchObject([{ status: 'fail' }]);
});

test('every finding that is not in order has an advice, and none that is', async () => {
  const { checks, status: worst } = await checkHost({ root: '/nowhere' });
  expect(checks.length).toBeGreaterThan(8);
  for (const check of checks) {
    expect([check.id, check.advice === undefined]).toEqual([check.id, check.status === 'ok']);
  }
  expect(['ok', 'warn', 'fail']).toContain(worst);
});

test('a root that is not absolute is refused', async () => {
  await expect(checkHost({ root: 'here' })).rejects.toMatchObject({ code: 'INVALID_ARG' });
});

describe('domains that are no security boundary', () => {
  const settings = '/etc/tslxc/lxc.conf';
  const devices = rootFilesystem('/srv/x');
  const levelled = (name: string): string =>
    `<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:hardening level='${name}'/></t:container></metadata>`;
  const named = (
    name: string,
    parts: { elements?: string; devices?: string },
  ): DomainDefinition => ({
    ...parse(document(parts)),
    name,
  });
  const all = [
    named('own', { devices }),
    named('another', { devices }),
    named('chosen', { devices, elements: levelled('hardened') }),
    named('isolated', { devices, elements: levelled('isolated') }),
    named('shared', {}),
  ];

  test('are warned of if the level isolated would make them one', () => {
    const [first, second, ...others] = isolationChecks(all, { level: 'hardened', settings });
    expect(first).toMatchObject({
      ...{ id: 'isolation', status: 'warn' },
      found: 'no security boundary, as they are started: another, own',
      advice: containing('hardening = "isolated" in /etc/tslxc/lxc.conf'),
    });
    expect(second).toMatchObject({
      status: 'ok',
      found: 'no security boundary, by their own definitions: chosen, shared',
    });
    expect(others).toEqual([]);
  });

  test('are only named at that level', () => {
    expect(isolationChecks(all, { level: 'isolated', settings })).toEqual([
      ok('isolation', 'each domain with a root of its own has ids of its own'),
      ok('isolation', 'no security boundary, by their own definitions: chosen, shared'),
    ]);
  });

  test('if there are none, the level is recommended', () => {
    const [only, ...others] = isolationChecks([], { level: 'hardened', settings });
    expect(only).toMatchObject({ status: 'ok', found: containing('with isolated, each domain') });
    expect(others).toEqual([]);
  });

  test('of many, some are named', () => {
    const many = Array.from({ length: 20 }, (_, at) => named(`d${at + 10}`, { devices }));
    const [first] = isolationChecks(many, { level: 'compat', settings });
    expect(first?.found).toMatch(/: d10, .*, d17, 12 more$/);
  });
});
