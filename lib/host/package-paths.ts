/** Paths of this package's own files, and whether it is built. They are the same from lib/ and dist/, which are equally deep. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TslxcError } from '../errors';

/** The package's top folder. */
export const packageRoot = join(__dirname, '..', '..');

/** The monitor's executable, as node-gyp builds it. */
export const monitorPath = join(packageRoot, 'build', 'Release', 'tslxc-monitor');

/** The addon, as node-gyp builds it. */
export const addonPath = join(packageRoot, 'build', 'Release', 'tslxc.node');

/** The command's script, which the monitor executes at the end of a container. */
export const commandPath = join(packageRoot, 'dist', 'cli', 'main.js');

/** The one documented command that builds the native code of an installed package. */
export const buildCommand = 'npm rebuild tslxc';

/** The package's version, as its package.json says. */
export function packageVersion(): string {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}

/** @throws TslxcError NATIVE_NOT_BUILT, with the file that is missing as its `path`. */
export function requireBuilt(): void {
  const path = [addonPath, monitorPath].find((file) => !existsSync(file));
  if (path === undefined) return;
  throw new TslxcError('NATIVE_NOT_BUILT', `run \`${buildCommand}\` to build it`, { path });
}
