/** The programs that make, copy and resize what a volume's file holds. They get absolute paths, which can be no options of theirs. */
import { runProgram } from '../../host/program';

/** Milliseconds: they work as long as a volume is large, and read or write all the time. */
export const patience = 5 * 60_000;

/** @throws as `runProgram`. */
export function qemuImg(step: string, ...args: readonly string[]): Promise<string> {
  return runProgram({ program: 'qemu-img', package: 'qemu-utils', args, step, patience });
}

/** Takes room for the first `bytes` of a file, which has at least that size then. @throws as `runProgram`. */
export async function allocate(path: string, bytes: number, step: string): Promise<void> {
  if (bytes === 0) return;
  // By writing, where the file system can't take room by itself.
  const args = ['--posix', '--length', String(bytes), path];
  await runProgram({ program: 'fallocate', package: 'util-linux', args, step, patience });
}

/** How the copy of a file gets its blocks: `shared` with the original, which only some file systems can do. */
export type CopyStyle = 'shared' | 'any';

/** Copies the bytes of a file into another, and leaves holes where there are such. @throws as `runProgram`. */
export async function copyBytes(
  from: string,
  to: string,
  { style, step }: { readonly style: CopyStyle; readonly step: string },
): Promise<void> {
  const reflink = style === 'shared' ? 'always' : 'auto';
  const args = [`--reflink=${reflink}`, '--sparse=auto', '--no-target-directory', from, to];
  await runProgram({ program: 'cp', package: 'coreutils', args, step, patience });
}
