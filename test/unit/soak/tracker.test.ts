/** What a storm takes for possible: strict for an operation that was alone, and no more than can be beside others and kills. */
import { domainModel } from '../../soak/model';
import type { DomainCase } from '../../soak/model';
import { Tracker } from '../../soak/tracker';
import type { Answer, Asked } from '../../soak/tracker';

let tracker: Tracker<DomainCase>;
let count = 0;

beforeEach(() => (tracker = new Tracker<DomainCase>(domainModel, 'none')));

const done = { done: true } as const;
const refused = (code: string): Answer<DomainCase> => ({ done: false, code });

function begin(verb: string): Asked {
  count += 1;
  const asked = { id: count, subject: 1, verb };
  tracker.begin(asked);
  return asked;
}

/** Alone from its beginning to its end. */
function ask(verb: string, answer: Answer<DomainCase> = done): string | undefined {
  return tracker.finish(begin(verb), answer);
}

const possible = (): DomainCase[] => [...tracker.possible(1)];

test('operations one after another leave one state', () => {
  for (const verb of ['define', 'start', 'suspend']) expect(ask(verb)).toBeUndefined();
  expect(possible()).toEqual(['paused']);
  expect(ask('undefine')).toBeUndefined();
  expect(possible()).toEqual(['transientPaused']);
  expect(ask('destroy')).toBeUndefined();
  expect(possible()).toEqual(['none']);
});

test('a refusal that the state does not give is found', () => {
  ask('define');
  ask('start');
  expect(ask('suspend', refused('OPERATION_INVALID'))).toMatch(/nothing but running$/);
});

test('a success that the state does not give is found', () => {
  ask('define');
  expect(ask('suspend')).toMatch(/^suspend: done, although it could be nothing but off$/);
});

test('an error that no state gives is found, also beside another operation', () => {
  ask('define');
  expect(ask('start', refused('INTERNAL_ERROR'))).toMatch(/^start: INTERNAL_ERROR/);
  const [one, other] = [begin('start'), begin('look')];
  expect(tracker.finish(one, refused('INTERNAL_ERROR'))).toMatch(/beside another operation/);
  expect(tracker.finish(other, done)).toBeUndefined();
});

test('a state that is seen and was not possible is found', () => {
  ask('define');
  ask('start');
  const seen = { done: true, seen: ['off'] } as const;
  expect(ask('look', seen)).toMatch(/^look: off, although it could be nothing but running$/);
});

test('two operations at once may end in any order', () => {
  ask('define');
  ask('start');
  const [destroy, suspend] = [begin('destroy'), begin('suspend')];
  expect(tracker.finish(destroy, done)).toBeUndefined();
  expect(tracker.finish(suspend, refused('OPERATION_INVALID'))).toBeUndefined();
  expect(possible()).toHaveLength(domainModel.states.length);
});

test('what is not known is known again by the next answer', () => {
  const [one, other] = [begin('define'), begin('start')];
  tracker.finish(one, done);
  tracker.finish(other, done);
  expect(ask('destroy')).toBeUndefined();
  expect(possible().sort()).toEqual(['none', 'off']);
  expect(ask('start')).toBeUndefined();
  expect(possible()).toEqual(['running']);
});

test('a killed monitor may end the container, also later, and nothing else', () => {
  ask('define');
  ask('start');
  tracker.disturb(1, 'monitor');
  expect(ask('limit')).toBeUndefined();
  expect(ask('limit', refused('OPERATION_INVALID'))).toBeUndefined();
  expect(ask('look', refused('NO_DOMAIN'))).toMatch(/^look: NO_DOMAIN/);
});

test('a start in the middle of which its network is ended may fail', () => {
  ask('define');
  const start = begin('startLinked');
  tracker.disturb(1, 'network');
  expect(tracker.finish(start, refused('SYSTEM_ERROR'))).toBeUndefined();
  expect(ask('startLinked', refused('SYSTEM_ERROR'))).toMatch(/^startLinked: SYSTEM_ERROR/);
});

test('a killed init ends the container, or it is started again', () => {
  ask('define');
  ask('start');
  const exec = begin('exec');
  tracker.disturb(1, 'init');
  expect(tracker.finish(exec, refused('OPERATION_FAILED'))).toBeUndefined();
  expect(ask('look', { done: true, seen: ['off'] })).toBeUndefined();
  expect(ask('look', { done: true, seen: ['running', 'transient'] })).toBeUndefined();
  expect(ask('look', { done: true, seen: ['paused'] })).toMatch(/^look: paused/);
});

test('a subject is not known while each state is possible', () => {
  expect(tracker.isKnown(1)).toBe(true);
  tracker.lose(begin('define'));
  expect(tracker.isKnown(1)).toBe(false);
  // What was asked for may come in the middle of the first look.
  for (let look = 0; look < 2; look += 1) ask('look', { done: true, seen: ['off'] });
  expect(tracker.isKnown(1)).toBe(true);
});

test('a kill excuses the errors that it leads to, and no others', () => {
  ask('define');
  ask('start');
  const exec = begin('exec');
  tracker.disturb(1, 'attendant');
  expect(tracker.finish(exec, refused('OPERATION_FAILED'))).toBeUndefined();
  expect(possible()).toEqual(['running']);
  const again = begin('exec');
  tracker.disturb(1, 'attendant');
  expect(tracker.finish(again, refused('PROTOCOL_ERROR'))).toMatch(/PROTOCOL_ERROR/);
  expect(ask('exec', refused('OPERATION_FAILED'))).toMatch(/OPERATION_FAILED/);
});

test('the operation of a killed caller is done, or is not', () => {
  ask('define');
  tracker.lose(begin('start'));
  expect(ask('look', { done: true, seen: ['running', 'transient'] })).toBeUndefined();
  expect(ask('destroy', refused('OPERATION_INVALID'))).toBeUndefined();
});

test('what init was asked for beside another operation may come later', () => {
  ask('define');
  ask('start');
  const [shutdown, suspend] = [begin('shutdown'), begin('suspend')];
  expect(tracker.finish(suspend, done)).toBeUndefined();
  expect(tracker.finish(shutdown, refused('OPERATION_TIMEOUT'))).toBeUndefined();
  expect(ask('resume')).toBeUndefined();
  expect(ask('look', { done: true, seen: ['off'] })).toBeUndefined();
});

test('it tells which operations can succeed', () => {
  expect(tracker.maySucceed(1, 'start')).toBe(false);
  ask('define');
  expect(tracker.maySucceed(1, 'start')).toBe(true);
  expect(tracker.maySucceed(1, 'resume')).toBe(false);
});

test('domains have nothing to do with each other', () => {
  ask('define');
  tracker.begin({ id: 9000, subject: 2, verb: 'define' });
  expect(ask('start', refused('OPERATION_INVALID'))).toMatch(/nothing but off/);
  expect([...tracker.possible(2)]).toEqual(['none']);
});

test('who only asks init is not told whether it ends: both are possible', () => {
  ask('define');
  ask('start');
  expect(ask('askShutdown')).toBeUndefined();
  expect(possible().sort()).toEqual(['off', 'running']);
  expect(ask('exec', refused('OPERATION_FAILED'))).toBeUndefined();
});

test('what was not begun has changed nothing', () => {
  ask('define');
  tracker.cancel(begin('start'));
  expect(possible()).toEqual(['off']);
  expect(ask('start')).toBeUndefined();
});
