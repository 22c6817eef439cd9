/** The tables of a storm agree with those of the product, and each verb that it chooses has its row. */
import { transition } from '../../../lib/driver/lifecycle/lifecycle';
import type { SettledPhase, Verb } from '../../../lib/driver/lifecycle/lifecycle';
import { afterRefusal, afterSuccess, domainModel, networkModel, orEnded } from '../../soak/model';
import { drawOperation, routed } from '../../soak/operations';
import type { CallerKind } from '../../soak/operations';
import { Random } from '../../soak/random';

const verbs: Readonly<Record<string, Verb>> = {
  start: 'start',
  destroy: 'destroy',
  suspend: 'suspend',
  resume: 'resume',
  shutdown: 'shutdown',
  reboot: 'reboot',
  exec: 'exec',
  limit: 'setLimit',
  console: 'openConsole',
  rename: 'rename',
};

test.each(Object.entries(verbs))(
  '%s is refused in the phases in which the product refuses it',
  (verb, ofProduct) => {
    for (const phase of ['off', 'running', 'paused'] satisfies SettledPhase[]) {
      const result = domainModel.verbs[verb]?.[phase];
      const isRefused = typeof result === 'object';
      const refuse = (): SettledPhase => transition(ofProduct, phase, 'web');
      if (isRefused)
        expect(refuse).toThrow(expect.objectContaining({ code: result.refused }) as Error);
      else expect(refuse).not.toThrow();
    }
  },
);

test('every operation that can be chosen has a row in its table', () => {
  const random = new Random(1);
  const seen = new Set<string>();
  const callers: readonly CallerKind[] = ['library', 'python'];
  for (let turn = 0; turn < 10_000; turn += 1) {
    const drawn = drawOperation(random, { domains: 30, networks: 3 }, { command: 10, virsh: 30 });
    const { kind, verb } = routed(drawn, callers[turn % callers.length] ?? 'library');
    const model = kind === 'domain' ? domainModel : networkModel;
    expect(Object.keys(model.verbs)).toContain(verb);
    seen.add(verb);
  }
  const rows = [...Object.keys(domainModel.verbs), ...Object.keys(networkModel.verbs)];
  expect([...seen].sort()).toEqual(rows.sort());
});

test('a success tells which states can have led to it', () => {
  const all = new Set(domainModel.states);
  expect([...afterSuccess(domainModel, all, 'start')]).toEqual(['running']);
  expect([...afterSuccess(domainModel, all, 'destroy')].sort()).toEqual(['none', 'off']);
  expect([...afterSuccess(domainModel, new Set(['off']), 'suspend')]).toEqual([]);
});

test('a refusal leaves the states in which it is one', () => {
  const all = new Set(domainModel.states);
  const refusal = { verb: 'resume', code: 'OPERATION_INVALID' };
  expect([...afterRefusal(domainModel, all, refusal)]).toEqual(['off', 'running', 'transient']);
  const paused = new Set(['paused'] as const);
  expect([...afterRefusal(domainModel, paused, refusal)]).toEqual([]);
  const unknown = { verb: 'resume', code: 'INTERNAL_ERROR' };
  expect([...afterRefusal(domainModel, all, unknown)]).toEqual([]);
});

test('what has ended by itself is off, or gone, or was started again', () => {
  expect([...orEnded(domainModel, new Set(['transient']))]).toEqual(['transient', 'none']);
  expect([...orEnded(domainModel, new Set(['paused']))]).toEqual(['paused', 'off', 'running']);
});

test('a verb without a row is a mistake of the storm', () => {
  expect(() => afterSuccess(domainModel, new Set(['off']), 'migrate')).toThrow(RangeError);
});
