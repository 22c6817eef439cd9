/**
 * The bundle, the single file that contains the package's code, and V8's code cache of it. Compiling the bundle takes longer than
 * Node's own start, so caches are kept below build/: one for all verbs, made when the package is built or its install script runs,
 * and one for each of the most frequent verbs, made by the verb's first run, since V8 reads a whole cache, and a verb needs only a
 * part of it. V8 rejects a cache that another version of V8 made; the command then works as well, but starts more slowly.
 */
import { accessSync, constants, existsSync, lchownSync, mkdirSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
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

/** The code cache for all verbs: a header, followed by V8's own bytes. Made by scripts/compile-bundle.js. */
export const compiledPath = join(packageRoot, 'build', 'bundle.compiled');

/** The verbs with caches of their own, in files whose names are that of the common cache and the verb. */
const frequentVerbs: readonly string[] = ['destroy', 'exec', 'list', 'reap', 'start'];

/** The bundle, with a matching code cache if there is one. `header` identifies caches for this bundle and this version of Node. */
export interface CompiledBundle {
  readonly script: Script;
  readonly header: string;
  /** The file to which this run should write its code cache; undefined if it need not write one. */
  readonly missing: string | undefined;
  /** Runs it. */
  evaluate(): Parts;
}

/** Loads the bundle for a command line with these words, without running any of its code. */
export function loadBundle(words: readonly string[] = []): CompiledBundle {
  // Except for comments it is ASCII, which is read fastest in this way.
  const text = readFileSync(bundlePath, 'latin1');
  const sum = text.slice(0, text.indexOf('\n') + 1);
  const header = `${sum}// ${process.version} ${process.arch}\n`;
  const verb = words.find((word) => frequentVerbs.includes(word));
  const ownPath = verb === undefined ? undefined : `${compiledPath}.${verb}`;
  const cachedData = findCompiled(header, ownPath);
  const options = cachedData === undefined ? {} : { cachedData };
  const script = new Script(Module.wrap(text), { filename: bundlePath, ...options });
  const fits = cachedData !== undefined && script.cachedDataRejected === false;
  return { script, header, missing: fits ? undefined : ownPath, evaluate: () => evaluate(script) };
}

/** The code cache to load; none for a run that writes the verb's own, which would otherwise contain everything that was loaded. */
function findCompiled(header: string, ownPath: string | undefined): Buffer | undefined {
  if (ownPath === undefined) return readCompiled(header, compiledPath);
  const own = readCompiled(header, ownPath);
  return own === undefined && !mayKeepIn(dirname(ownPath))
    ? readCompiled(header, compiledPath)
    : own;
}

/** Writes the code cache of this run, if it is missing and this user may write there. */
export function keepCompiled({ script, header, missing }: CompiledBundle): void {
  if (missing === undefined || !mayKeepIn(dirname(missing))) return;
  const draft = `${missing}.${Math.random().toString(36).slice(2)}`;
  try {
    makeFolder(dirname(missing));
    const bytes = Buffer.concat([Buffer.from(header), script.createCachedData()]);
    writeFileSync(draft, bytes, { flag: 'wx', flush: true, mode: 0o644 });
    renameSync(draft, missing);
  } catch {
    // A full disk, for example: the next run tries again.
    rmSync(draft, { force: true });
  }
}

/** Makes a folder with the owner of the package, who must be able to remove all of it. */
function makeFolder(folder: string): void {
  if (mkdirSync(folder, { recursive: true }) === undefined) return;
  const { uid, gid } = statSync(dirname(folder));
  lchownSync(folder, uid, gid);
}

/** Whether this user may write to the folder, or make it if it does not exist, as when no install script has run. */
function mayKeepIn(folder: string): boolean {
  return mayWrite(folder) || (!existsSync(folder) && mayWrite(dirname(folder)));
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Undefined if there is no cache for exactly this bundle and version of Node. */
function readCompiled(header: string, path: string): Buffer | undefined {
  let data: Buffer;
  try {
    data = readFileSync(path);
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
