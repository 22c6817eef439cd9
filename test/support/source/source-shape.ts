/** Checks of the shape of lib/, over lists of its imports and files. Each returns what is wrong, as text. */
import { posix } from 'node:path';
import type { SourceImport } from './source-imports';

/** Most files that a folder may hold, beside its folders. */
const maxFiles = 15;

type Import = Pick<SourceImport, 'file' | 'from' | 'kind'>;

/** `host` for `host/native.ts`, `errors` for `errors.ts`. */
export function layerOf(path: string): string {
  return (path.split('/')[0] ?? '').replace(/\.ts$/, '');
}

/**
 * The import cycles, those made of type imports included, each as its sorted files. Imports that a function makes when it is
 * called don't count.
 */
export function circles(imports: readonly Import[]): string[] {
  const uses = new Map<string, string[]>();
  for (const { file, from, kind } of imports) {
    if (kind !== 'lazy') uses.set(file, [...(uses.get(file) ?? []), `${from}.ts`]);
  }
  const files = [...uses.keys()].sort();
  const reached = new Map(files.map((file) => [file, reachableFrom(file, uses)]));
  const found = files
    .filter((file) => reached.get(file)?.has(file))
    .map((file) =>
      files.filter(
        (other) => reached.get(file)?.has(other) === true && reached.get(other)?.has(file) === true,
      ),
    )
    .map((circle) => circle.join(', '));
  return [...new Set(found)];
}

function reachableFrom(start: string, uses: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>();
  const queue = [...(uses.get(start) ?? [])];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    queue.push(...(uses.get(file) ?? []));
  }
  return seen;
}

/** Which layers a layer may use, and of which further ones it, or one file of it, may name the types. */
export interface LayerRules {
  readonly mayUse: Readonly<Record<string, readonly string[]>>;
  readonly mayName: Readonly<Record<string, readonly string[]>>;
}

/** Imports of a layer that the importing file may not use, of values and of types alike. */
export function upwardImports(
  imports: readonly Import[],
  { mayUse, mayName }: LayerRules,
): string[] {
  const upward = imports.filter(({ file, from, kind }) => {
    const [user, used] = [layerOf(file), layerOf(from)];
    if (!(used in mayUse) || user === used) return false;
    const named = kind === 'type' ? [...(mayName[user] ?? []), ...(mayName[file] ?? [])] : [];
    return ![...(mayUse[user] ?? []), ...named].includes(used);
  });
  return upward.map(describeImport);
}

/** Imports by files of `folder` of anything in lib/ outside of it that is not in `allowed`. */
export function importsBeyond(
  imports: readonly Import[],
  folder: string,
  allowed: readonly string[],
): string[] {
  const isIn = (path: string): boolean => path.startsWith(`${folder}/`);
  const beyond = imports.filter(
    ({ file, from }) => isIn(file) && !isIn(from) && !allowed.includes(layerOf(from)),
  );
  return beyond.map(describeImport);
}

/** Pairs of folders of a layer of which each imports the other; the files beside the folders are left out. */
export function mutualFolders(imports: readonly Import[], layer: string): string[] {
  const folderOf = (path: string): string | undefined => {
    const [top, folder, file] = path.split('/');
    return top === layer && file !== undefined ? folder : undefined;
  };
  const pairs = new Set(
    imports.flatMap(({ file, from }) => {
      const [user, used] = [folderOf(file), folderOf(from)];
      return user === undefined || used === undefined ? [] : [`${user}, ${used}`];
    }),
  );
  return [...pairs].sort().filter((pair) => {
    const [user = '', used = ''] = pair.split(', ');
    return user < used && pairs.has(`${used}, ${user}`);
  });
}

export function describeImport({ file, from }: Pick<Import, 'file' | 'from'>): string {
  return `${file} imports ${from}`;
}

/** Folders with more files than one can take in at a glance. */
export function crowdedFolders(files: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const file of files) {
    const folder = posix.dirname(file);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > maxFiles)
    .map(([folder, count]) => `${folder}: ${count} files`);
}
