/** The HEALTHCHECK of an image, and what a caller says in its place, as docker combines them. Pure. */
import type { CommandHealth, HealthSpec } from '../domain/builder/spec';
import { healthRanges } from '../domain/elements/extension/health-check';
import { TslxcError } from '../errors';
import { present } from '../present';
import type { ImageDomain } from './types';

/** docker's, in milliseconds. */
const usualTimes = { interval: 30_000, timeout: 30_000 } as const;

const usualShell = ['/bin/sh', '-c'];

export interface WrittenHealth {
  /** `Healthcheck` of the image's configuration, whose times are in nanoseconds. */
  readonly check: Readonly<Record<string, unknown>>;
  /** `Shell`, for a command that is one line; empty if the image names none. */
  readonly shell: readonly string[];
}

/**
 * Undefined for an image that checks nothing. What is out of range for tslxc gets the nearest value, and 0 means the default, as with docker.
 *
 * @throws Error, whose message says what is malformed.
 */
export function readHealthCheck({ check, shell }: WrittenHealth): CommandHealth | undefined {
  const exec = commandOf(check['Test'] ?? [], shell);
  if (exec === undefined) return undefined;
  return present({
    exec,
    interval: timeOf(check, 'Interval', healthRanges.interval),
    timeout: timeOf(check, 'Timeout', healthRanges.timeout),
    grace: timeOf(check, 'StartPeriod', healthRanges.grace),
    retries: within(countOf(check, 'Retries'), healthRanges.retries),
  });
}

/** Undefined for none, and as with docker for a kind of check that is not known. */
function commandOf(test: unknown, shell: readonly string[]): string[] | undefined {
  if (!Array.isArray(test) || !test.every((word) => typeof word === 'string')) {
    throw new Error('Test of Healthcheck is not a list of strings');
  }
  const [kind, ...words] = test;
  const command =
    kind === 'CMD-SHELL' ? [...(shell.length === 0 ? usualShell : shell), ...words] : words;
  if (kind !== 'CMD' && kind !== 'CMD-SHELL') return undefined;
  if (words.length === 0 || command[0] === '') {
    throw new Error('Test of Healthcheck names no program');
  }
  return command;
}

const nanosecondsInMillisecond = 1_000_000;

function timeOf(
  check: Readonly<Record<string, unknown>>,
  name: string,
  range: readonly [from: number, to: number],
): number | undefined {
  const milliseconds = Math.ceil(countOf(check, name) / nanosecondsInMillisecond);
  return within(milliseconds, range);
}

function within(count: number, [, to]: readonly [from: number, to: number]): number | undefined {
  return count === 0 ? undefined : Math.min(count, to);
}

function countOf(check: Readonly<Record<string, unknown>>, name: string): number {
  const count = check[name] ?? 0;
  if (typeof count === 'number' && count >= 0 && Number.isInteger(count)) return count;
  throw new Error(`${name} of Healthcheck is not a whole number`);
}

/**
 * What the caller gives replaces the image's, each for itself; a check of the caller's own keeps the image's times.
 *
 * @throws TslxcError INVALID_ARG for times alone, when the image has no check.
 */
export function combinedHealth(
  ofImage: CommandHealth | undefined,
  given: ImageDomain['health'],
): HealthSpec | undefined {
  if (given === 'none') return undefined;
  if (given === undefined) return ofImage && { ...usualTimes, ...ofImage };
  const { exec, ...times } = ofImage ?? {};
  const own = present(given);
  if ('exec' in own || 'port' in own) return { ...usualTimes, ...times, ...own };
  if (exec !== undefined) return { ...usualTimes, ...times, ...own, exec };
  const detail = "the image has no health check of its own: give 'exec' or 'port'";
  throw new TslxcError('INVALID_ARG', detail, { element: 'domain.health' });
}
