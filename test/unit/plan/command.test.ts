/** The plan of a command: init's own confinement, in an order in which it can be carried out. */
import type { DomainDefinition } from '../../../lib/domain/definition';
import { compileCommand } from '../../../lib/plan/command';
import type { CommandFacts } from '../../../lib/plan/command';
import { keptCapabilities } from '../../../lib/plan/security/capabilities';
import { namespaceFlags } from '../../../lib/plan/constants';
import { encodeCommandPlan } from '../../../lib/plan/encode';
import type { Operation } from '../../../lib/plan/operation';
import type { CommandPlan } from '../../../lib/plan/plan';
import { rootIdentity } from '../../../lib/plan/process/process';
import { parse } from '../domain/parse-context';
import { compile, rootPrivileges } from './plan-context';

const everything = (1n << 64n) - 1n;

const facts: CommandFacts = {
  hardening: 'hardened',
  arch: 'x86_64',
  privileges: rootPrivileges,
  init: {
    boundingSet: everything,
    noNewPrivileges: false,
    tasks: ['/sys/fs/cgroup/memory/libvirt/lxc/web/init/tasks'],
    unified: '/sys/fs/cgroup/unified/libvirt/lxc/web',
  },
  attendantTasks: ['/sys/fs/cgroup/systemd/libvirt/tslxc-monitor/tasks'],
  identity: rootIdentity,
  argv: ['true'],
  environment: ['PATH=/bin'],
  directory: '/srv',
  terminal: false,
  deadline: 1000,
};

function definitionOf(elements = ''): DomainDefinition {
  return parse(
    `<domain type='lxc'><name>web</name><memory>1024</memory><os><type>exe</type><init>/bin/sh</init></os>${elements}<devices><console type='pty'/></devices></domain>`,
  );
}

function compiled(elements = '', changed: Partial<CommandFacts> = {}): CommandPlan {
  return compileCommand(definitionOf(elements), { ...facts, ...changed });
}

const idMap =
  "<idmap><uid start='0' target='100000' count='65536'/><gid start='0' target='100000' count='65536'/></idmap>";
const words = (operations: readonly Operation[]): string[] => operations.map(({ op }) => op);

test('cgroups and the keyring come while the process is the host’s root', () => {
  expect(words(compiled().outside)).toEqual([
    ...['openFile', 'writeFile'],
    ...['openFile', 'writeFile'],
    'newSessionKeyring',
  ]);
});

test.each(['hardened', 'compat'] as const)(
  'the confinement of %s is that of init, in its order',
  (hardening) => {
    const confining = new Set<Operation['op']>([
      ...(['setResourceLimit', 'setSeccomp', 'limitBoundingSet'] as const),
      ...(['setIds', 'setCapabilities', 'setNoNewPrivileges'] as const),
    ]);
    const elements =
      "<features><capabilities policy='deny'><chown state='on'/></capabilities></features>";
    const own = compiled(elements, { hardening }).inside;
    const ofInit = compile(definitionOf(elements), { facts: { hardening } }).plan.inside;
    const pick = (operations: readonly Operation[]): Operation[] =>
      operations.filter(({ op }) => confining.has(op));
    expect(pick(own)).toEqual(pick(ofInit));
    expect(words(own).at(-1)).toBe('enterDirectory');
  },
);

test('all namespaces are joined, that of users only when the container has one', () => {
  const { user, ...others } = namespaceFlags;
  const all = Object.values(others).reduce((flags, flag) => flags | flag, 0);
  expect(compiled().header.namespaces).toBe(all);
  expect(compiled(idMap).header.namespaces).toBe(all | user);
  expect(compiled(idMap).inside[0]).toEqual({ op: 'setIds', uid: 0, gid: 0, groups: [] });
});

test('what init has given up is given up', () => {
  const init = { ...facts.init, boundingSet: 0b101n, noNewPrivileges: true };
  const { inside } = compiled('', { init });
  const keep = keptCapabilities(definitionOf(), 'hardened') & 0b101n;
  expect(inside).toContainEqual({ op: 'limitBoundingSet', keep });
  expect(inside).toContainEqual({ op: 'setCapabilities', keep });
  expect(words(inside).filter((op) => op === 'setNoNewPrivileges')).toHaveLength(1);
});

test('the command’s own process does the rest', () => {
  expect(words(compiled().command)).toEqual(['newSession', 'resetSignals', 'setParentDeathSignal']);
});

describe('a label', () => {
  const security = {
    model: 'apparmor',
    execAttribute: 'apparmor/exec',
    execText: 'exec web',
    currentAttribute: 'apparmor/current',
    accepted: ['web (enforce)'],
  } as const;

  test('it is asked for in the host’s namespaces, last, and looked at afterwards', () => {
    const { header, outside, inside, command } = compiled('', { security });
    expect(outside.at(-1)).toEqual({
      op: 'setProcessAttribute',
      attribute: 'apparmor/exec',
      text: 'exec web',
    });
    expect(header).toMatchObject({ labelAttribute: 'apparmor/current', labels: ['web (enforce)'] });
    const without = compiled();
    expect(outside.slice(0, -1)).toEqual(without.outside);
    expect([inside, command]).toEqual([without.inside, without.command]);
  });

  test('without one nothing is asked for or looked at', () => {
    const { header, outside } = compiled();
    expect(header).toMatchObject({ labelAttribute: '', labels: [] });
    expect(words(outside)).not.toContain('setProcessAttribute');
  });
});

test('it becomes bytes that begin with its version', () => {
  expect(encodeCommandPlan(compiled()).readUInt32LE(0)).toBe(4);
});
