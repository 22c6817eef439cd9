/** The package as npm packs it. */
import { join } from 'node:path';
import { packageRoot, runProgram } from '../process/run-command';

export interface PackedPackage {
  readonly tarball: string;
  /** Paths in it, without `package/`. */
  readonly files: readonly string[];
}

/** Packs what is built, into `folder`. */
export async function packPackage(folder: string): Promise<PackedPackage> {
  const argv = ['npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { code, stdout, stderr } = await runProgram(argv, { cwd: packageRoot });
  if (code !== 0) throw new Error(`npm pack: ${stderr}`);
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  if (packed === undefined) throw new Error('npm pack packed nothing');
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}
