/** Whether the native code has been built; asked when the package is loaded, not at the first start. */
import { existsSync } from 'node:fs';
import { TslxcError } from '../errors';
import { addonPath, buildCommand, monitorPath } from './package-paths';

/** @throws TslxcError NATIVE_NOT_BUILT, with the file that is missing as its `path`. */
export function requireBuilt(): void {
  const path = [addonPath, monitorPath].find((file) => !existsSync(file));
  if (path === undefined) return;
  throw new TslxcError('NATIVE_NOT_BUILT', `run \`${buildCommand}\` to build it`, { path });
}
