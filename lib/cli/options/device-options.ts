/** The options of the commands that attach and detach devices: what they change, and whether they only print. */
import type { Domain, WhichOption } from '../../index';
import type { Option, Options } from '../shell/arguments';
import { whichOf, whichOptions } from './which-option';

export const deviceOptions: readonly Option[] = [
  {
    name: 'persistent',
    kind: 'flag',
    help: 'make live change persistent',
  },
  ...whichOptions,
];

export const printOption: Option = {
  name: 'print-xml',
  kind: 'flag',
  help: 'print XML document rather than change the domain',
};

/**
 * Which definition is changed. `--persistent` means `--config`, and while the domain runs also `--live`.
 *
 * @throws UsageError for options that exclude each other.
 */
export function whichToChange(domain: Domain, options: Options): WhichOption {
  options.exclusive('persistent', 'current');
  const which = whichOf(options);
  if (!options.has('persistent')) return which;
  const isLive = options.has('live') || domain.id !== undefined;
  return { which: isLive ? 'both' : 'inactive' };
}
