/** The package as npm packs it. */
import { cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../root/remove-tree';
import { packageRoot, runProgram } from '../process/run-command';

export interface PackedPackage {
  readonly tarball: string;
  /** Paths in it, without `package/`. */
  readonly files: readonly string[];
}

/** Packs what is built, into `folder`. */
export function packPackage(folder: string): Promise<PackedPackage> {
  return pack(packageRoot, folder);
}

/** The same as on a clone in which no native code has been made for other machines, or another one than `prebuilds`. */
export async function packWithPrebuilds(
  prebuilds: string | undefined,
  folder: string,
): Promise<PackedPackage> {
  const copy = mkdtempSync(join(folder, 'package-'));
  const { files } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    files: readonly string[];
  };
  const names = [...files, 'package.json', 'README.md', 'LICENSE'];
  for (const name of names.filter((one) => one !== 'prebuilds' && existsSync(at(one)))) {
    cpSync(at(name), join(copy, name), { recursive: true });
  }
  if (prebuilds !== undefined) cpSync(prebuilds, join(copy, 'prebuilds'), { recursive: true });
  try {
    return await pack(copy, mkdtempSync(join(folder, 'packed-')));
  } finally {
    await removeTree(copy);
  }
}

const at = (name: string): string => join(packageRoot, name);

async function pack(from: string, to: string): Promise<PackedPackage> {
  const argv = ['npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', to];
  const { code, stdout, stderr } = await runProgram(argv, { cwd: from });
  if (code !== 0) throw new Error(`npm pack: ${stderr}`);
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  if (packed === undefined) throw new Error('npm pack packed nothing');
  return { tarball: join(to, packed.filename), files: packed.files.map(({ path }) => path) };
}
