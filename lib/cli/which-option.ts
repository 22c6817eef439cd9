/** `--config`, `--live` and `--current`: which definition of a domain a command is about. */
import type { WhichOption } from '../index';
import type { Options } from './arguments';
import type { Option } from './command';

export const whichOptions: readonly Option[] = [
  { name: 'config', kind: 'flag', help: 'affect next boot' },
  { name: 'live', kind: 'flag', help: 'affect running domain' },
  { name: 'current', kind: 'flag', help: 'affect current domain' },
];

/**
 * What to look at, or what to change one after the other. The stored definition first: what it refuses, a running
 * container isn't asked for.
 *
 * @throws UsageError for `--current` beside another.
 */
export function whichOf(options: Options): readonly [WhichOption, ...WhichOption[]] {
  options.exclusive('current', 'live');
  options.exclusive('current', 'config');
  const [first = {}, ...others]: WhichOption[] = [
    ...(options.has('config') ? [{ which: 'inactive' } as const] : []),
    ...(options.has('live') ? [{ which: 'live' } as const] : []),
  ];
  return [first, ...others];
}
