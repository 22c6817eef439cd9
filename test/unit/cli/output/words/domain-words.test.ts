/** How the end of init is told. */
import {
  exitStatus,
  reasonWords,
  stateWord,
  stateWords,
} from '../../../../../lib/cli/output/words/domain-words';
import { signalName } from '../../../../../lib/cli/output/words/signal-names';
import type { ExitRecord, ShutoffReason } from '../../../../../lib/container/record/exit-record';

const when = { time: 0, boot: '' };

type Untimed<Exit> = Exit extends unknown ? Omit<Exit, 'time' | 'boot'> : never;

interface End {
  readonly reason: ShutoffReason;
  readonly exit: Untimed<ExitRecord>;
  readonly words: string;
  readonly status: number;
}

const ends: readonly End[] = [
  { reason: 'shutdown', exit: { how: 'exited', code: 0 }, words: 'shutdown', status: 0 },
  {
    reason: 'shutdown',
    exit: { how: 'exited', code: 3 },
    words: 'shutdown: exit code 3',
    status: 3,
  },
  {
    reason: 'crashed',
    exit: { how: 'killed', signal: 11 },
    words: 'crashed: signal SIGSEGV',
    status: 139,
  },
  {
    reason: 'shutdown',
    exit: { how: 'killed', signal: 2 },
    words: 'shutdown: signal SIGINT',
    status: 130,
  },
  {
    reason: 'destroyed',
    exit: { how: 'killed', signal: 9, requested: 'destroy' },
    words: 'destroyed',
    status: 137,
  },
  {
    reason: 'crashed',
    exit: { how: 'killed', signal: 37 },
    words: 'crashed: signal SIGRTMIN+3',
    status: 165,
  },
  {
    reason: 'crashed',
    exit: { how: 'killed', signal: 9, OOMKilled: true },
    words: 'crashed (oom-killed)',
    status: 137,
  },
  {
    reason: 'destroyed',
    exit: { how: 'killed', signal: 9, OOMKilled: true, requested: 'destroy' },
    words: 'destroyed',
    status: 137,
  },
  {
    reason: 'destroyed',
    exit: { how: 'lost', requested: 'destroy' },
    words: 'destroyed',
    status: 137,
  },
];

test.each([
  { reason: 'failed', exit: { how: 'unstarted' }, words: 'failed', why: 'it was not started' },
  {
    reason: 'crashed',
    exit: { how: 'lost' },
    words: 'crashed: its monitor was lost',
    why: 'its monitor ended, and the container with it: how its init ended is not known',
  },
] as const)('$words, without an exit status', ({ reason, exit, words, why }) => {
  const record = { ...exit, ...when };
  expect(reasonWords({ state: 'shutoff', reason, exit: record })).toBe(words);
  expect(() => exitStatus(record)).toThrow(
    expect.objectContaining({
      message: `The container has no exit status: ${why}`,
      status: 125,
    }) as Error,
  );
});

test.each(ends)('$words, exit status $status', ({ reason, exit, words, status }) => {
  const record = { ...exit, ...when };
  expect(reasonWords({ state: 'shutoff', reason, exit: record })).toBe(words);
  expect(exitStatus(record)).toBe(status);
});

test('a domain that never ran has only its reason', () => {
  expect(reasonWords({ state: 'shutoff', reason: 'unknown' })).toBe('unknown');
  expect(reasonWords({ state: 'running', reason: 'booted' })).toBe('booted');
  const stopped = { state: 'running', reason: 'booted', monitor: 'unresponsive' } as const;
  expect(reasonWords(stopped)).toBe('booted, unresponsive');
  expect(stateWords(stopped)).toBe('running (unresponsive)');
  expect(stateWords({ state: 'running', reason: 'booted' })).toBe('running');
  const damaged = { state: 'nostate', reason: 'unknown', damage: '/x is damaged' } as const;
  expect(stateWords(damaged)).toBe('no state (/x is damaged)');
  expect(`${stateWord('nostate')} (${reasonWords(damaged)})`).toBe(
    'no state (unknown: /x is damaged)',
  );
  expect([stateWord('shutoff'), stateWord('running')]).toEqual(['shut off', 'running']);
});

test.each([
  [1, 'SIGHUP'],
  [6, 'SIGABRT'],
  [9, 'SIGKILL'],
  [31, 'SIGSYS'],
  [34, 'SIGRTMIN'],
  [64, 'SIGRTMIN+30'],
  [33, '33'],
])('signal %d is %s', (number, name) => {
  expect(signalName(number)).toBe(name);
});
