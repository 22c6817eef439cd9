/** The last steps before exec: keyring, limits, filter, no_new_privs, scores; by level and by what the caller can give. */
import { DefinitionError } from '../../../../lib/errors';
import type { Privileges } from '../../../../lib/host/security/privileges';
import { planMonitorScore, planOutsideScore } from '../../../../lib/plan/security/confinement';
import type { ConfinementFacts } from '../../../../lib/plan/security/confinement';
import type { Operation } from '../../../../lib/plan/operation';
import { document, parse } from '../../domain/parse-context';
import { compile, rootPrivileges } from '../plan-context';

const unlimited = (1n << 64n) - 1n;

/** As on a host whose root lacks CAP_SYS_RESOURCE (24). */
const poor: Privileges = {
  boundingSet: rootPrivileges.boundingSet & ~(1n << 24n),
  hardLimits: { nofile: 20_000n, memlock: 65_536n, core: 0n },
  oomScoreAdjust: 0,
};

interface Asked {
  readonly extension?: string;
  readonly elements?: string;
}

function plan({ extension = '', elements = '' }: Asked, facts: Partial<ConfinementFacts> = {}) {
  const metadata = `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>\n${extension}</t:container></metadata>`;
  return compile(parse(document({ elements: metadata + elements })), { facts }).plan;
}

function limitsOf(asked: Asked, facts: Partial<ConfinementFacts> = {}) {
  return plan(asked, facts).inside.flatMap((operation) =>
    operation.op === 'setResourceLimit'
      ? [[operation.resource, operation.soft, operation.hard]]
      : [],
  );
}

function indexOf(operations: readonly Operation[], op: Operation['op']): number {
  return operations.findIndex((operation) => operation.op === op);
}

describe('resource limits', () => {
  test('hardened gives open files, core dumps, locked memory and pending signals limits of their own', () => {
    expect(limitsOf({})).toEqual([
      [7, 1024n, 524_288n],
      [4, 1n, 1n],
      [8, 8_388_608n, 8_388_608n],
      [11, 48_000n, 48_000n],
    ]);
  });

  test('half of the signals that may be pending are left for the host, if they are limited at all', () => {
    const of = (sigpending: bigint) => {
      const privileges = { ...rootPrivileges, hardLimits: { sigpending } };
      return limitsOf({}, { privileges }).filter(([resource]) => resource === 11);
    };
    expect(of(7n)).toEqual([[11, 3n, 3n]]);
    expect(of(unlimited)).toEqual([]);
  });

  test('compat leaves the caller’s, as libvirt does', () => {
    expect(limitsOf({}, { hardening: 'compat' })).toEqual([]);
  });

  test('no default is above what the caller can give', () => {
    expect(limitsOf({}, { privileges: poor })).toEqual([
      [7, 1024n, 20_000n],
      [4, 0n, 0n],
      [8, 65_536n, 65_536n],
    ]);
  });

  test('in a user namespace CAP_SYS_RESOURCE raises nothing, so that the caller’s own are the ceiling', () => {
    const idMap = { start: 0, target: 100_000, count: 65_536, position: { line: 1, column: 1 } };
    const mapped = {
      ...parse(document({})),
      idMap: { uids: [idMap], gids: [idMap], position: idMap.position },
    };
    const privileges = { ...rootPrivileges, hardLimits: { nofile: 4096n } };
    const { inside } = compile(mapped, { facts: { privileges } }).plan;
    expect(inside).toContainEqual({
      op: 'setResourceLimit',
      resource: 7,
      soft: 1024n,
      hard: 4096n,
    });
  });

  test('what the definition asks for replaces the default, and counts in compat too', () => {
    const extension = "<t:rlimit name='nofile' soft='10' hard='20'/>";
    expect(limitsOf({ extension }, { hardening: 'compat' })).toEqual([[7, 10n, 20n]]);
    expect(limitsOf({ extension }).filter(([resource]) => resource === 7)).toEqual([[7, 10n, 20n]]);
  });

  test.each([
    ...[['cpu', 0] as const, ['fsize', 1] as const, ['data', 2] as const, ['stack', 3] as const],
    ...[['core', 4] as const, ['rss', 5] as const, ['nproc', 6] as const, ['nofile', 7] as const],
    ...[['memlock', 8] as const, ['as', 9] as const, ['locks', 10] as const],
    ...[['sigpending', 11] as const, ['msgqueue', 12] as const, ['nice', 13] as const],
    ...[['rtprio', 14] as const, ['rttime', 15] as const],
  ])('%s is resource %d', (name, resource) => {
    const extension = `<t:rlimit name='${name}' soft='1' hard='unlimited'/>`;
    expect(limitsOf({ extension }, { hardening: 'compat' })).toEqual([[resource, 1n, unlimited]]);
  });

  test('one above what the caller can give is refused, with its place', () => {
    const extension = "<t:rlimit name='nofile' soft='1' hard='20001'/>";
    const refused = () => limitsOf({ extension }, { privileges: poor });
    expect(refused).toThrow(DefinitionError);
    expect(refused).toThrow(
      "hard limit 20001 of 'nofile' is above the caller's own of 20000 (domain/metadata/tslxc:container/tslxc:rlimit, line 6, column 1)",
    );
  });
});

describe('no_new_privs', () => {
  const isSet = (asked: Asked, facts: Partial<ConfinementFacts> = {}) =>
    indexOf(plan(asked, facts).inside, 'setNoNewPrivileges') >= 0;
  const deny = "<features><capabilities policy='deny'/></features>";

  test('is off by default, on when asked for, and on with the policy deny', () => {
    expect(isSet({})).toBe(false);
    expect(isSet({ extension: '<t:no-new-privileges/>' })).toBe(true);
    expect(isSet({ elements: deny })).toBe(true);
  });

  test('is in compat only on when asked for', () => {
    expect(isSet({ elements: deny }, { hardening: 'compat' })).toBe(false);
    expect(isSet({ extension: '<t:no-new-privileges/>' }, { hardening: 'compat' })).toBe(true);
  });
});

describe('the order', () => {
  const { inside } = plan({ extension: '<t:no-new-privileges/>' });
  const at = (op: Operation['op']) => indexOf(inside, op);

  test('the keyring is made before the filter that forbids it, and before ids change', () => {
    expect(at('newSessionKeyring')).toBeGreaterThan(-1);
    expect(at('newSessionKeyring')).toBeLessThan(at('setIds'));
    expect(at('newSessionKeyring')).toBeLessThan(at('setSeccomp'));
  });

  test('limits and filter come while the capabilities for them are there', () => {
    expect(at('setResourceLimit')).toBeLessThan(at('limitBoundingSet'));
    expect(at('setSeccomp')).toBeLessThan(at('limitBoundingSet'));
    expect(at('limitBoundingSet')).toBeLessThan(at('setIds'));
    expect(at('setIds')).toBeLessThan(at('setCapabilities'));
    expect(at('setCapabilities')).toBeLessThan(at('setNoNewPrivileges'));
  });
});

test('compat has neither keyring nor filter', () => {
  const { inside } = plan({}, { hardening: 'compat' });
  expect(indexOf(inside, 'newSessionKeyring')).toBe(-1);
  expect(indexOf(inside, 'setSeccomp')).toBe(-1);
});

test('a capability that is asked for changes the filter, one that is left does not', () => {
  const program = (states: string) =>
    plan({ elements: `<features><capabilities>${states}</capabilities></features>` }).inside.find(
      ({ op }) => op === 'setSeccomp',
    );
  expect(program('<bpf/>')).not.toEqual(program(''));
  expect(program('<chown/>')).toEqual(program(''));
});

describe('who is killed first', () => {
  const facts = (privileges: Privileges): ConfinementFacts => ({
    hardening: 'hardened',
    arch: 'x86_64',
    privileges,
  });
  const open = { op: 'openFile', file: 'oomScore', path: '/proc/self/oom_score_adj' };
  const write = (text: string) => ({ op: 'writeFile', file: 'oomScore', text });

  test('init is born with 0, and the monitor goes to −999 afterwards', () => {
    expect(planOutsideScore(facts(rootPrivileges))).toEqual([open, write('0')]);
    expect(planMonitorScore(facts(rootPrivileges))).toEqual([write('-999')]);
  });

  test('the monitor gets its score when init is born, and not again when init is restarted', () => {
    const { mapped, again, outside } = plan({}, { privileges: rootPrivileges });
    expect(outside).toContainEqual(write('0'));
    expect(mapped.at(-1)).toEqual(write('-999'));
    expect(again).not.toContainEqual(write('-999'));
    expect(plan({}, { privileges: poor }).mapped).not.toContainEqual(write('-999'));
  });

  test('without CAP_SYS_RESOURCE the monitor stays where it is', () => {
    expect(planOutsideScore(facts(poor))).toEqual([open, write('0')]);
    expect(planMonitorScore(facts(poor))).toEqual([]);
  });

  test('without CAP_SYS_RESOURCE a score that may not be lowered is left alone', () => {
    expect(planOutsideScore(facts({ ...poor, oomScoreAdjust: 300 }))).toEqual([]);
    const rich = { ...rootPrivileges, oomScoreAdjust: 300 };
    expect(planOutsideScore(facts(rich))).toEqual([open, write('0')]);
  });
});

test('beside a profile of AppArmor there is a filter in compat too, and a longer one in hardened', () => {
  const programs = (facts: Partial<ConfinementFacts>) =>
    plan({}, facts).inside.flatMap((operation) =>
      operation.op === 'setSeccomp' ? [operation.program] : [],
    );
  expect(programs({ hardening: 'compat' })).toEqual([]);
  const [mounts] = programs({ hardening: 'compat', deniesNewMountApi: true });
  const [hardened] = programs({});
  const [both] = programs({ deniesNewMountApi: true });
  // Eight calls, two words each, in both tables; hardened has their verdict for other calls.
  expect((both?.length ?? 0) - (hardened?.length ?? 0)).toBe(2 * 2 * 8);
  expect(mounts?.length).toBeLessThan(hardened?.length ?? 0);
});
