/** Moments on the command line, as docker's: a date and time, seconds since 1970, or how long ago (`90s`, `1h30m`, `2d`). */
import { UsageError } from '../../shell/command-error';
import type { Options } from '../../shell/arguments';

const secondsOf = { d: 86_400, h: 3_600, m: 60, s: 1 };

const ago = /^(?:(?<d>\d{1,9})d)?(?:(?<h>\d{1,9})h)?(?:(?<m>\d{1,9})m)?(?:(?<s>\d{1,9})s)?$/;
const since1970 = /^\d{1,12}(?:\.\d{1,9})?$/;
const date =
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)(?<time>[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

/** The moment that an option names; in local time where it names no zone. Undefined if it was not given. @throws UsageError. */
export function readMoment(options: Options, name: string, now = Date.now()): Date | undefined {
  const text = options.string(name);
  if (text === undefined) return undefined;
  const moment = new Date(millisecondsOf(text, now));
  if (!Number.isNaN(moment.getTime())) return moment;
  throw new UsageError(
    `'${text}' for <${name}> option is no moment, such as 2026-01-31T12:00:00Z, 10m (ten minutes ago) or seconds since 1970`,
  );
}

/** NaN for what is none. */
function millisecondsOf(text: string, now: number): number {
  if (since1970.test(text)) return Number(text) * 1000;
  const dated = date.exec(text)?.groups;
  if (dated !== undefined) return millisecondsOfDate(text, dated);
  const parts = text === '' ? undefined : ago.exec(text)?.groups;
  if (parts === undefined) return NaN;
  const seconds = Object.entries(secondsOf).map(([unit, size]) => Number(parts[unit] ?? 0) * size);
  return now - 1000 * seconds.reduce((sum, part) => sum + part, 0);
}

function millisecondsOfDate(
  text: string,
  { year, month, day, time }: Record<string, string>,
): number {
  // Node takes the 31st of a month with 30 days for the 1st of the next.
  const noon = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day), 12));
  if (noon.getUTCDate() !== Number(day)) return NaN;
  // Node takes a date without a time for one in UTC.
  return Date.parse(time === undefined ? `${text}T00:00` : text.replace(' ', 'T'));
}
