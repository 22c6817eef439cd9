/**
 * Loads the addon: with `bindings` if it was built on this machine, by its path if the package brings it. Knows nothing of what
 * it does.
 */
import { createRequire } from 'node:module';
import type bindings from 'bindings';
import { TslxcError } from '../errors';
import {
  addonPath,
  buildCommand,
  installCommand,
  nativeOrigin,
  packageRoot,
  requireBuilt,
} from './package-paths';

const load = createRequire(__filename);

/**
 * What the addon exports: for host/native.ts, which says what that is.
 *
 * @throws TslxcError NATIVE_NOT_BUILT, with the error of Node.js as its `cause`: with `path` if there is no native code, or none that can be
 * loaded here, without if a package that loads it is not installed. As `requireBuilt`.
 */
export function loadAddon(): unknown {
  requireBuilt();
  if (nativeOrigin === 'prebuilt') return loaded(() => load(addonPath) as unknown);
  const find = finder();
  return loaded(() => find({ bindings: 'tslxc', module_root: packageRoot }) as unknown);
}

/** Loaded here, and not with this file: what is missing is told by whoever needs the addon. */
function finder(): typeof bindings {
  try {
    return load('bindings') as typeof bindings;
  } catch (cause) {
    const detail = `${linesOf(cause)[0] ?? ''}, a package that tslxc needs: run \`${installCommand}\` where tslxc is installed`;
    throw new TslxcError('NATIVE_NOT_BUILT', detail, { cause });
  }
}

/** It is for another C library, for example, for a newer one than this host's, or for another processor. */
function loaded(loading: () => unknown): unknown {
  try {
    return loading();
  } catch (cause) {
    const here = `Node.js ${process.version} (linux-${process.arch})`;
    const reason = linesOf(cause).join(' ');
    const detail = `${here} can't load it: ${reason}: run \`${buildCommand}\` to build it here`;
    throw new TslxcError('NATIVE_NOT_BUILT', detail, { cause, path: addonPath });
  }
}

/** Of a module for another version of Node.js, only the lines after the first say what is wrong. */
function linesOf(cause: unknown): string[] {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split('\n').filter((line) => line !== '');
}
