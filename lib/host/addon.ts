/** Finds and loads the built addon; says which command builds it when there is none. Only native.ts imports this. */
import { TslxcError } from '../errors';
import { buildCommand, packageRoot } from './package-paths';

export function loadAddon(): unknown {
  try {
    // Not at the start: the command's first files import native.ts, and most of its verbs call nothing of the addon.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const bindings = require('bindings') as typeof import('bindings');
    return bindings({ bindings: 'tslxc', module_root: packageRoot });
  } catch (cause) {
    throw new TslxcError('NATIVE_NOT_BUILT', `run \`${buildCommand}\` to build it`, { cause });
  }
}
