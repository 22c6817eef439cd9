/**
 * What runs the package: Node.js, from the package's own folder. The native code needs parts of libuv that other runtimes do not have,
 * some of which end the process when it is loaded; and it is looked for beside the package's other files, which a bundler leaves behind.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TslxcError } from '../errors';
import { unlessMissing } from './state/file-error';

/** Runtimes that pass for Node.js, by their names in `process.versions`. */
const others = { bun: 'Bun', deno: 'Deno' } as const;

/** `versions`: those of `process.versions`. @throws TslxcError OPERATION_UNSUPPORTED in another runtime than Node.js. */
export function requireNode(versions: Readonly<Record<string, string | undefined>>): void {
  for (const [key, name] of Object.entries(others)) {
    const version = versions[key];
    if (version === undefined) continue;
    const detail = `tslxc runs in Node.js 20, 22 or 24, and this is ${name} ${version}, whose libuv lacks what its native code needs`;
    throw new TslxcError('OPERATION_UNSUPPORTED', detail, { step: 'load the native code' });
  }
}

/** `root`: what would be the package's top folder. @throws TslxcError OPERATION_UNSUPPORTED if the code was bundled into another file. */
export function requirePackage(root: string): void {
  const path = join(root, 'package.json');
  if (packageName(path) === 'tslxc') return;
  const detail =
    `this code of tslxc has been taken out of its package (${path} is not that of tslxc): bundlers have to leave the package out, ` +
    'as esbuild does with --external:tslxc';
  throw new TslxcError('OPERATION_UNSUPPORTED', detail, { step: 'load the native code', path });
}

function packageName(path: string): unknown {
  const text = unlessMissing(() => readFileSync(path, 'utf8'));
  return text === undefined ? undefined : (JSON.parse(text) as { readonly name?: unknown }).name;
}
