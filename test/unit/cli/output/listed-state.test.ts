/** A state in a table: short, whatever the reason, which is said in full behind the table. */
import {
  listedDomain,
  listedUnknown,
  listedWith,
  tellReasons,
} from '../../../../lib/cli/output/listed-state';
import { Output } from '../../../../lib/cli/output/output';
import type { DomainState } from '../../../../lib/index';

const long = 'XML error: '.padEnd(300, 'x');
const why = `its definition can't be read: ${long}`;

test.each<[DomainState, string, readonly string[]]>([
  [{ state: 'running', reason: 'booted' }, 'running', []],
  [{ state: 'running', reason: 'booted', monitor: 'unresponsive' }, 'running (unresponsive)', []],
  [{ state: 'running', reason: 'booted', unreadable: long }, 'running (unreadable)', [why]],
  [
    { state: 'paused', reason: 'user', monitor: 'unresponsive', unreadable: long },
    'paused (unresponsive; unreadable)',
    [why],
  ],
  [{ state: 'shutoff', reason: 'unknown', unreadable: long }, 'shut off (unreadable)', [why]],
  [{ state: 'nostate', reason: 'unknown', damage: '/x is damaged' }, 'no state', ['/x is damaged']],
  [
    { state: 'nostate', reason: 'unknown', damage: '/x is damaged', unreadable: long },
    'no state (unreadable)',
    ['/x is damaged', why],
  ],
])('%j is %s in a table', (state, cell, reasons) => {
  expect(listedDomain(state)).toEqual({ cell, reasons });
});

test('a network whose definition can be read has its word alone', () => {
  expect(listedWith('active', {})).toEqual({ cell: 'active', reasons: [] });
  expect(listedWith('active', { unreadable: long })).toEqual({
    cell: 'active (unreadable)',
    reasons: [why],
  });
});

test('what could not be looked at has no state, and the reason of that', () => {
  expect(listedUnknown(new Error(long))).toEqual({ cell: 'no state', reasons: [long] });
  expect(listedUnknown('thrown')).toEqual({ cell: 'no state', reasons: ['thrown'] });
});

test('the reasons go to stderr, each with what it is about', () => {
  const written = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof written) => ({
    write: (data: string | Uint8Array) => void (written[name] += data.toString()),
  });
  tellReasons(new Output(sink('stdout'), sink('stderr'), 'quiet'), [
    { what: "domain 'a'", reasons: ['one', 'two'] },
    { what: "domain 'b'", reasons: [] },
  ]);
  expect(written).toEqual({
    stdout: '',
    stderr: "warning: domain 'a': one\nwarning: domain 'a': two\n",
  });
});
