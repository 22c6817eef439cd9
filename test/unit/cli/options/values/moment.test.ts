/** Moments on the command line. */
import { readMoment } from '../../../../../lib/cli/options/values/moment';
import { Options } from '../../../../../lib/cli/shell/arguments';

const now = Date.parse('2026-06-15T12:00:00Z');

function moment(text: string): string | undefined {
  return readMoment(new Options(new Map([['since', text]])), 'since', now)?.toISOString();
}

test('no option is no moment', () => {
  expect(readMoment(new Options(new Map()), 'since', now)).toBeUndefined();
});

test.each([
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02 03:04:05.678Z', '2026-01-02T03:04:05.678Z'],
  ['2026-01-02T03:04+02:00', '2026-01-02T01:04:00.000Z'],
  ['1767326400', '2026-01-02T04:00:00.000Z'],
  ['1767326400.25', '2026-01-02T04:00:00.250Z'],
  ['90s', '2026-06-15T11:58:30.000Z'],
  ['1h30m', '2026-06-15T10:30:00.000Z'],
  ['2d1h1m1s', '2026-06-13T10:58:59.000Z'],
])('%s is %s', (text, expected) => {
  expect(moment(text)).toBe(expected);
});

test('a date without a zone is in local time, with and without a time', () => {
  expect(moment('2026-01-02')).toBe(new Date(2026, 0, 2).toISOString());
  expect(moment('2026-01-02T03:04:05')).toBe(new Date(2026, 0, 2, 3, 4, 5).toISOString());
});

test.each(['', 'yesterday', '10x', '-5m', '5m1h', '2026-13-01', '2026-02-30', '2026-01-02T25:00'])(
  "'%s' is refused",
  (text) => {
    expect(() => moment(text)).toThrow(`'${text}' for <since> option is no moment`);
  },
);
