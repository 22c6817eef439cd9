/** Paths of this package's own files, and where its native code is. They are the same from lib/ and dist/, which are equally deep. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TslxcError } from '../errors';
import { requireNode, requirePackage } from './runtime';

/** The package's top folder. */
export const packageRoot = join(__dirname, '..', '..');

const [addon, monitor] = ['tslxc.node', 'tslxc-monitor'];

/** Where the package ships the native code for this machine, made by `npm run prebuilds`. */
const prebuiltFolder = join(packageRoot, 'prebuilds', `linux-${process.arch}`);

/** Where node-gyp builds it. */
const builtFolder = join(packageRoot, 'build', 'Release');

/** What was built here takes precedence over what was shipped: the build was asked for. */
const nativeFolder =
  [builtFolder, prebuiltFolder].find((folder) =>
    [addon, monitor].every((name) => existsSync(join(folder, name))),
  ) ?? builtFolder;

/** Whether the native code is that of the package, or was built on this machine. */
export const nativeOrigin: 'prebuilt' | 'built' =
  nativeFolder === prebuiltFolder ? 'prebuilt' : 'built';

/** The monitor's executable. */
export const monitorPath = join(nativeFolder, monitor);

/** The addon, which host/addon.ts loads. */
export const addonPath = join(nativeFolder, addon);

/** The command's script, which the monitor executes at the end of a container. */
export const commandPath = join(packageRoot, 'dist', 'cli', 'main.js');

/** The one documented command that builds the native code: of an installed package, or in a clone, which has the sources. */
export const buildCommand = existsSync(join(packageRoot, 'lib'))
  ? 'npm run build:native'
  : 'npm rebuild tslxc';

/** The command that installs the packages that this one needs. */
export const installCommand = 'npm install';

/** The package's version, as its package.json says. */
export function packageVersion(): string {
  const text = readFileSync(join(packageRoot, 'package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}

/**
 * @throws TslxcError NATIVE_NOT_BUILT, with the file that is missing as its `path`; OPERATION_UNSUPPORTED in another runtime than
 * Node.js, and in a bundle.
 */
export function requireBuilt(): void {
  requireNode(process.versions);
  requirePackage(packageRoot);
  const path = [addonPath, monitorPath].find((file) => !existsSync(file));
  if (path === undefined) return;
  const detail = `there is no ${path}: run \`${buildCommand}\` to build it`;
  throw new TslxcError('NATIVE_NOT_BUILT', detail, { path });
}
