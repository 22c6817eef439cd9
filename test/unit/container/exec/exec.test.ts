/** What a command in a container is planned from: the confinement that the container's start was given, on record. */
import { planCommand } from '../../../../lib/container/exec/exec';
import type { ExecRequest, ExecTarget } from '../../../../lib/container/exec/exec';
import type { StartRecord } from '../../../../lib/container/record/run-state';
import type { AssignedSecurity } from '../../../../lib/container/security/assigned';
import { Lookers } from '../../../../lib/container/looks/looks';
import { statePaths } from '../../../../lib/host/state/state-paths';
import type { CommandPlan } from '../../../../lib/plan/plan';
import { rootIdentity } from '../../../../lib/plan/process/process';
import { document, parse } from '../../domain/parse-context';
import { layouts, rootPrivileges } from '../../plan/plan-context';

jest.mock('../../../../lib/container/init/init-state', () => ({
  frozenBy: () => undefined,
  readInitState: () => ({ boundingSet: 0n, noNewPrivileges: false, tasks: [], unified: '' }),
}));

const request: ExecRequest = { argv: ['true'], env: {}, deadline: 1000 };

function target(fields: Partial<StartRecord>): ExecTarget {
  const definition = parse(document({}));
  const { name, uuid } = definition;
  return {
    host: {
      arch: 'x86_64',
      kernel: '6.12.0',
      boot: '',
      cgroups: layouts.v2,
      privileges: rootPrivileges,
      nsfsIgnoresType: false,
      thermalThrottle: [],
    },
    paths: statePaths('/nowhere'),
    lookers: new Lookers(),
    start: {
      ...{ name, uuid, boot: '', persistence: 'transient', xml: '', undo: [] },
      ...{ hardening: 'hardened', time: 1, controller: 1, ...fields },
    },
    running: { id: 10, init: 11, consoles: [] },
    definition,
  };
}

function filterOf({ inside }: CommandPlan): readonly number[] | undefined {
  return inside.flatMap((operation) =>
    operation.op === 'setSeccomp' ? [operation.program] : [],
  )[0];
}

const planned = (fields: Partial<StartRecord>) =>
  filterOf(
    planCommand(target(fields), request, {
      identity: rootIdentity,
      security: undefined,
      tasks: [],
    }),
  );

test('a command enters what init is in, in hierarchies that are mounted nowhere', () => {
  const path = '/proc/1/fd/9/tslxc-1/tasks';
  const subject = { identity: rootIdentity, security: undefined, tasks: [path] };
  expect(planCommand(target({}), request, subject).outside.slice(0, 2)).toEqual([
    { op: 'openFile', file: 'tasks0', path },
    { op: 'writeFile', file: 'tasks0', text: '0' },
  ]);
});

const profile: AssignedSecurity = {
  type: 'dynamic',
  model: 'apparmor',
  label: 'tslxc-web',
  accepted: ['tslxc-web (enforce)'],
  relabel: false,
};

test.each(['hardened', 'compat'] as const)(
  'beside a profile made for the domain, a command of %s has no new mount API, which AppArmor does not see',
  (hardening) => {
    const without = planned({ hardening });
    const beside = planned({ hardening, security: profile });
    // Eight calls, two words each, in the tables of both architectures; their verdict is there for other calls.
    if (without === undefined) expect(beside?.length).toBeGreaterThan(0);
    else expect((beside?.length ?? 0) - without.length).toBe(2 * 2 * 8);
  },
);

test.each<AssignedSecurity>([
  { ...profile, type: 'static' },
  { ...profile, model: 'selinux', label: 'system_u:system_r:svirt_lxc_net_t:s0:c1,c2' },
])('beside %j it has', (security) => {
  expect(planned({ security })).toEqual(planned({}));
});
