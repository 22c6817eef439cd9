/** `--config`, `--live` and `--current`: which definition of a domain a command is about. */
import type { WhichOption } from '../../index';
import type { Option, Options } from '../shell/arguments';

export const whichOptions: readonly Option[] = [
  { name: 'config', kind: 'flag', help: 'affect next boot' },
  { name: 'live', kind: 'flag', help: 'affect running domain' },
  { name: 'current', kind: 'flag', help: 'affect current domain' },
];

/**
 * What to look at, or what to change.
 *
 * @throws UsageError for `--current` beside another.
 */
export function whichOf(options: Options): WhichOption {
  options.exclusive('current', 'live');
  options.exclusive('current', 'config');
  const [live, config] = [options.has('live'), options.has('config')];
  if (live && config) return { which: 'both' };
  if (live) return { which: 'live' };
  return config ? { which: 'inactive' } : {};
}
