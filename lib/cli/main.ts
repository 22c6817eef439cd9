#!/usr/bin/env node
/**
 * Where the command `tslxc` starts: it runs its part of the one file that the package is. To compile that would still take
 * longer than Node's own start, and so what V8 made of it when the package was built or installed is kept beside the addon.
 * V8 itself refuses what another version of it made, and the command then starts later, and as well.
 */
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { packageRoot } from '../host/package-paths';
import type * as parts from '../bundle/parts';

type Parts = typeof parts;
type Body = (
  ...scope: [
    exports: object,
    require: NodeJS.Require,
    module: { exports: object },
    filename: string,
    dirname: string,
  ]
) => void;

const bundleFolder = join(__dirname, '..', 'bundle');
const bundlePath = join(bundleFolder, 'parts.js');

/** What V8 made of the bundle: a header, and then V8's own bytes. Made by scripts/compile-bundle.js. */
export const compiledPath = join(packageRoot, 'build', 'bundle.compiled');

/** The bundle, compiled as far as it is known how; `header` tells what is for this one, and this Node. */
export interface CompiledBundle {
  readonly script: Script;
  readonly header: string;
  /** Runs it. */
  evaluate(): Parts;
}

/** Loads the bundle, without running anything of it. */
export function loadBundle(): CompiledBundle {
  // All of it is ASCII, but for comments, and this is the fastest way to read that.
  const text = readFileSync(bundlePath, 'latin1');
  const sum = text.slice(0, text.indexOf('\n') + 1);
  const header = `${sum}// ${process.version} ${process.arch}\n`;
  const cachedData = readCompiled(header);
  const options = cachedData === undefined ? {} : { cachedData };
  const script = new Script(Module.wrap(text), { filename: bundlePath, ...options });
  return { script, header, evaluate: () => evaluate(script) };
}

/** Undefined when there is none for this very bundle and Node. */
function readCompiled(header: string): Buffer | undefined {
  let data: Buffer;
  try {
    data = readFileSync(compiledPath);
  } catch {
    return undefined;
  }
  const { length } = header;
  return data.toString('latin1', 0, length) === header ? data.subarray(length) : undefined;
}

function evaluate(script: Script): Parts {
  const made = { exports: {} };
  const body = script.runInThisContext() as Body;
  body(made.exports, createRequire(bundlePath), made, bundlePath, bundleFolder);
  return made.exports as Parts;
}

if (require.main === module) void loadBundle().evaluate().command().runProcess();
