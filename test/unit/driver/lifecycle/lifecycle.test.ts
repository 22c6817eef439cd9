/** lib/driver/lifecycle/lifecycle.ts: which verb a domain takes when, and what an end leads to. */
import {
  actionAfter,
  longestPauseWith,
  pauseBefore,
  restartsAfter,
} from '../../../../lib/driver/lifecycle/lifecycle';
import { stopDetail, transition } from '../../../../lib/driver/lifecycle/lifecycle';
import type { SettledPhase, Verb } from '../../../../lib/driver/lifecycle/lifecycle';
import { parseDomain } from '../../../../lib/domain/parse';
import { domainXml } from '../../../support/domain/domain-xml';
import { exitRecord } from '../../../support/fake/host/fake-host';

const notRunning = 'domain is not running';

test.each<[verb: Verb, off: string, running: string, paused: string]>([
  ['start', 'running', 'Domain is already running', 'Domain is already running'],
  ['create', 'running', "domain 'web' is already active", "domain 'web' is already active"],
  ['destroy', notRunning, 'off', 'off'],
  ['suspend', notRunning, 'paused', 'paused'],
  ['resume', notRunning, 'domain is already running', 'running'],
  ['shutdown', notRunning, 'running', 'domain is paused'],
  ['reboot', notRunning, 'running', 'domain is paused'],
  ['undefine', 'off', 'running', 'paused'],
  ['snapshot', 'off', 'domain is running: suspend it, or shut it off', 'paused'],
  ['revert', 'off', 'domain is active: shut it off', 'domain is active: shut it off'],
  ['clone', 'off', 'domain is running: suspend it, or shut it off', 'paused'],
  ['rename', 'off', 'cannot rename active domain', 'cannot rename active domain'],
  ['annotate', notRunning, 'running', 'paused'],
  ['exec', notRunning, 'running', 'domain is paused: no command can run in it'],
  ['setBandwidth', notRunning, 'running', 'paused'],
  ['setLimit', notRunning, 'running', 'paused'],
  ['openConsole', notRunning, 'running', 'paused'],
  ['sendSignal', notRunning, 'running', 'paused'],
  ['liveXml', notRunning, 'running', 'paused'],
  ['look', notRunning, 'running', 'paused'],
  ['setLink', notRunning, 'running', 'paused'],
])('%s: when off %j, when running %j, when paused %j', (verb, ...outcomes) => {
  const phases = ['off', 'running', 'paused'] as const;
  expect(phases.map((phase) => outcome(verb, phase))).toEqual(outcomes);
});

test('a name with % or $ stays what it is in the words', () => {
  expect(() => transition('create', 'running', "$&%'")).toThrow("domain '$&%'' is already active");
});

function outcome(verb: Verb, phase: SettledPhase): string {
  try {
    return transition(verb, phase, 'web');
  } catch (error) {
    expect(error).toMatchObject({ code: 'OPERATION_INVALID', domain: 'web' });
    const { message } = error as Error;
    return message.replace('Requested operation is not valid: ', '');
  }
}

const killed = (signal: number) => exitRecord({ how: 'killed', signal });

test.each([
  ['exit(0)', exitRecord(), 'on_poweroff', 'shutdown'],
  ['exit(42)', exitRecord({ code: 42 }), 'on_poweroff', 'shutdown'],
  ['reboot(2) to power off', killed(2), 'on_poweroff', 'shutdown'],
  ['reboot(2) to restart', killed(1), 'on_reboot', 'shutdown'],
  ['SIGSEGV', killed(11), 'on_crash', 'crashed'],
  ['a lost monitor', exitRecord({ how: 'lost' }), 'on_crash', 'crashed'],
])('after %s the definition is asked for its %s', (...[, exit, element, detail]) => {
  expect(actionAfter(exit, definition(element, 'restart'))).toBe('restart');
  expect(actionAfter(exit, definition(element, 'destroy'))).toBe('stay');
  expect(stopDetail(exit)).toBe(detail);
});

test('a destroy is final, whatever the definition says', () => {
  const exit = exitRecord({ how: 'killed', signal: 9, requested: 'destroy' });
  for (const element of ['on_poweroff', 'on_reboot', 'on_crash']) {
    expect(actionAfter(exit, definition(element, 'restart'))).toBe('stay');
  }
  expect(stopDetail(exit)).toBe('destroyed');
});

test('restarts in a row wait twice as long each, up to 3.2 s, until one has run for 10 s', () => {
  const pauses: number[] = [];
  let restarts = 0;
  for (let run = 0; run < 8; run += 1) {
    restarts = restartsAfter({ time: 1000, restarts }, exitRecord({ time: 10_999 }));
    pauses.push(pauseBefore(restarts));
  }
  expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 3200, 3200]);
  const long = restartsAfter({ time: 1000, restarts }, exitRecord({ time: 11_000 }));
  expect(pauseBefore(long)).toBe(0);
  // A record of a version that did not count.
  expect(restartsAfter({ time: 0 }, exitRecord({ time: 5 }))).toBe(1);
});

test.each([-3_600_000, 3_600_000])(
  'how long it has run is not told by a clock that was moved by %d ms meanwhile',
  (moved) => {
    const begun = { time: 1_000_000, sinceBoot: 5000, restarts: 3 };
    const after = (milliseconds: number): number =>
      restartsAfter(begun, {
        ...exitRecord({ time: begun.time + moved }),
        sinceBoot: begun.sinceBoot + milliseconds,
      });
    expect([after(9999), after(10_000)]).toEqual([4, 0]);
  },
);

test('with a delay of its own, the pauses begin with it, and end with 32 times as long', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((restarts) => pauseBefore(restarts, 10))).toEqual([
    10, 10, 20, 40, 80, 160, 320, 320,
  ]);
  expect(longestPauseWith(10)).toBe(320);
  expect(longestPauseWith()).toBe(3200);
  expect(pauseBefore(3, 0)).toBe(0);
});

/** All three say the opposite but one. */
function definition(element: string, action: 'restart' | 'destroy') {
  const other = action === 'restart' ? 'destroy' : 'restart';
  const words = ['on_poweroff', 'on_reboot', 'on_crash'].map(
    (word) => `<${word}>${word === element ? action : other}</${word}>`,
  );
  const made = { newUuid: () => 'u', newMac: () => '52:54:00:00:00:01', portId: () => 'p' };
  const context = { arch: 'x86_64', emulator: '/monitor', ...made };
  return parseDomain(domainXml({ elements: words.join('') }), context);
}
