/**
 * Loads the addon: with `bindings` if it was built on this machine, by its path if the package brings it. Knows nothing of what
 * it does.
 */
import { createRequire } from 'node:module';
import bindings from 'bindings';
import { TslxcError } from '../errors';
import { addonPath, buildCommand, nativeOrigin, packageRoot, requireBuilt } from './package-paths';

const load = createRequire(__filename);

/**
 * What the addon exports: for host/native.ts, which says what that is.
 *
 * @throws TslxcError NATIVE_NOT_BUILT if there is no native code, or none that can be loaded here; with its `path`. As `requireBuilt`.
 */
export function loadAddon(): unknown {
  requireBuilt();
  try {
    if (nativeOrigin === 'prebuilt') return load(addonPath) as unknown;
    return bindings({ bindings: 'tslxc', module_root: packageRoot });
  } catch (cause) {
    // It is for another C library, for example, or for a newer one than this host's.
    const [reason = ''] = cause instanceof Error ? cause.message.split('\n') : [];
    const detail = `${reason}: run \`${buildCommand}\` to build it here`;
    throw new TslxcError('NATIVE_NOT_BUILT', detail, { cause, path: addonPath });
  }
}
