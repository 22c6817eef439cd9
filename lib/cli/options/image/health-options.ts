/** Options of a container from an image about its health and its restarts, with docker's names and defaults. Pure. */
import { checkCharacters, refusedValue } from '../values/refused-value';
import { UsageError } from '../../shell/command-error';
import { present } from '../../../present';
import type { ImageDomain } from '../../../index';
import type { Option, Options } from '../../shell/arguments';

type Health = NonNullable<ImageDomain['health']>;

const text = (name: string, help: string): Option => ({ name, kind: 'string', help });

export const healthOptions: readonly Option[] = [
  text(
    'restart',
    'no (the default); on-failure or on-failure:MAX: start it again when it fails; always or unless-stopped: whenever it ends by itself',
  ),
  text(
    'health-cmd',
    'command for its shell that exits with 0 while it is healthy; by default the image’s check',
  ),
  text('health-interval', 'time between two checks, such as 1m30s; by default the image’s, or 30s'),
  text('health-timeout', 'time that a check may take; by default the image’s, or 30s'),
  {
    name: 'health-retries',
    kind: 'number',
    help: 'failures in a row that count; by default the image’s, or 3',
  },
  text(
    'health-start-period',
    'time after its start in which failures do not count; by default the image’s, or none',
  ),
  {
    name: 'no-healthcheck',
    kind: 'flag',
    help: 'its health is not checked, whatever the image says',
  },
];

const ofHealth = healthOptions.map(({ name }) => name).filter((name) => name.startsWith('health-'));

/** @throws UsageError for a value that can't be right. */
export function readHealth(options: Options): Pick<ImageDomain, 'restart' | 'health'> {
  return present({ restart: restartOf(options.string('restart')), health: healthOf(options) });
}

function restartOf(word: string | undefined): ImageDomain['restart'] {
  if (word === undefined || word === 'no') return undefined;
  // They differ at a boot of the host, which starts no container of `run`.
  if (word === 'always' || word === 'unless-stopped') return { policy: 'always' };
  const [, max] = /^on-failure(?::(\d{1,6}))?$/.exec(word) ?? [];
  if (word.startsWith('on-failure') && (max !== undefined || word === 'on-failure')) {
    // With docker, 0 is no maximum.
    return { policy: 'on-failure', ...(Number(max ?? 0) === 0 ? {} : { max: Number(max) }) };
  }
  throw refusedValue(
    word,
    'restart',
    'is not no, on-failure, on-failure:MAX, always or unless-stopped',
  );
}

function healthOf(options: Options): Health | undefined {
  const command = options.string('health-cmd');
  const other = ofHealth.find((name) => options.has(name));
  if (options.has('no-healthcheck')) {
    if (other === undefined) return 'none';
    throw new UsageError(`options --no-healthcheck and --${other} are mutually exclusive`);
  }
  if (other === undefined) return undefined;
  if (command !== undefined) checkCharacters(command, 'health-cmd');
  return present({
    exec: command === undefined ? undefined : ['/bin/sh', '-c', command],
    interval: durationOf(options, 'health-interval'),
    timeout: durationOf(options, 'health-timeout'),
    // As with docker, 0 is the default.
    retries: options.number('health-retries') || undefined,
    grace: durationOf(options, 'health-start-period'),
  });
}

const unitsInMilliseconds: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

/** Milliseconds of a time as docker writes it; undefined also for 0, which is the default. */
function durationOf(options: Options, name: string): number | undefined {
  const word = options.string(name);
  if (word === undefined || word === '0') return undefined;
  const parts = [...word.matchAll(/(\d{1,9}(?:\.\d{1,3})?)(h|ms|m|s)/gy)];
  if (word === '' || parts.map(([part]) => part).join('') !== word) {
    throw refusedValue(word, name, 'is no time, such as 30s, 1m30s or 500ms');
  }
  const milliseconds = parts.map(
    ([, count, unit = '']) => Number(count) * (unitsInMilliseconds[unit] ?? 0),
  );
  const sum = Math.round(milliseconds.reduce((all, one) => all + one, 0));
  return sum === 0 ? undefined : sum;
}
