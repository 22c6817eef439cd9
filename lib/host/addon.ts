/** Finds and loads the built addon; says which command builds it when there is none. Only native.ts imports this. */
import bindings from 'bindings';
import { TslxcError } from '../errors';
import { buildCommand, packageRoot } from './package-paths';

export function loadAddon(): unknown {
  try {
    return bindings({ bindings: 'tslxc', module_root: packageRoot });
  } catch (cause) {
    throw new TslxcError('NATIVE_NOT_BUILT', `run \`${buildCommand}\` to build it`, { cause });
  }
}
