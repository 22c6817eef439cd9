/** The package in a folder of its own, without what V8 made of its command, for tests of how that starts. */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot, runProgram } from './run-command';

/** The command's script, and what V8 made of the bundle for all verbs: paths in the copy. */
export const script = join('dist', 'cli', 'main.js');
export const compiled = join('build', 'bundle.compiled');

/** Prints whether V8 refused what it had made for all verbs: `undefined` where there is none. */
export const cacheState = `
  const { loadBundle } = require('./dist/cli/main.js');
  console.log(loadBundle().script.cachedDataRejected);
`;

export interface PackageCopy {
  /** The folder, another one in each test. */
  readonly folder: string;
  /** Runs a program of Node's with the folder as the current one; resolves with what it printed. */
  readonly node: (...words: string[]) => Promise<string>;
}

/** Of what tells what is for which bundle and Node: two lines. */
export function endOfHeader(bytes: Buffer): number {
  return bytes.indexOf('\n', bytes.indexOf('\n') + 1) + 1;
}

/** Makes a copy for each test of a file. */
export function copiedPackage(): PackageCopy {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync('/var/tmp/tslxc-command-');
    cpSync(join(packageRoot, 'dist'), join(folder, 'dist'), { recursive: true });
    for (const name of ['tslxc.node', 'tslxc-monitor'].map((file) => join('build/Release', file)))
      cpSync(join(packageRoot, name), join(folder, name));
    cpSync(join(packageRoot, 'scripts'), join(folder, 'scripts'), { recursive: true });
    for (const name of ['node_modules', 'native', 'package.json'])
      symlinkSync(join(packageRoot, name), join(folder, name));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  return {
    get folder() {
      return folder;
    },
    async node(...words) {
      const argv = [process.execPath, ...words];
      const { code, stdout, stderr } = await runProgram(argv, { cwd: folder });
      expect([code, stderr]).toEqual([0, '']);
      return stdout.trim();
    },
  };
}
