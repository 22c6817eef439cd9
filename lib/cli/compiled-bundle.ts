/**
 * The one file that the package is, and what V8 has made of it. To compile it takes longer than Node's own start, and so
 * that is kept below build/: once for all verbs, when the package is built or its install script runs, and once more for each
 * of the verbs that are run most, by the first run of it, since V8 reads all that is kept, and a verb needs a part of it.
 * V8 itself refuses what another version of it made, and the command then starts later, and as well.
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

/** What V8 made of the bundle for all verbs: a header, and then V8's own bytes. Made by scripts/compile-bundle.js. */
export const compiledPath = join(packageRoot, 'build', 'bundle.compiled');

/** The verbs that keep their own, in a file with their name behind that of all. */
const frequentVerbs: readonly string[] = ['destroy', 'exec', 'list', 'reap', 'start'];

/** The bundle, compiled as far as it is known how; `header` tells what is for this one, and this Node. */
export interface CompiledBundle {
  readonly script: Script;
  readonly header: string;
  /** The file that this run is to keep what it has compiled in; undefined where there is one that fits. */
  readonly missing: string | undefined;
  /** Runs it. */
  evaluate(): Parts;
}

/** Loads the bundle, for a command line with these words, without running anything of it. */
export function loadBundle(words: readonly string[] = []): CompiledBundle {
  // All of it is ASCII, but for comments, and this is the fastest way to read that.
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

/** What V8 is to begin with: nothing for a run that is to keep its own, since it would keep all that V8 has read as well. */
function findCompiled(header: string, ownPath: string | undefined): Buffer | undefined {
  if (ownPath === undefined) return readCompiled(header, compiledPath);
  const own = readCompiled(header, ownPath);
  return own === undefined && !mayKeepIn(dirname(ownPath))
    ? readCompiled(header, compiledPath)
    : own;
}

/** Keeps what V8 has made of the bundle in this run, if it is missing and this user may write there. */
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

/** Makes a folder that belongs to whom the package belongs to, who may want to remove all of it. */
function makeFolder(folder: string): void {
  if (mkdirSync(folder, { recursive: true }) === undefined) return;
  const { uid, gid } = statSync(dirname(folder));
  lchownSync(folder, uid, gid);
}

/** Also a folder that is not there yet, as where no install script has run. */
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

/** Undefined when there is none for this very bundle and Node. */
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
