/** A project of examples/ in a folder of its own, where the package that is tested is what it would have installed. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../root/remove-tree';
import { commandEnvironment, packageRoot, runProgram } from '../process/run-command';
import type { CommandResult } from '../process/run-command';

export const examplesFolder = join(packageRoot, 'examples');

/** The names of all examples. */
export function exampleNames(): string[] {
  const entries = readdirSync(examplesFolder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

export interface ExampleOptions {
  /** Where its domains are: TSLXC_ROOT. */
  readonly root: string;
  /** The variable by which it is told the folder that it keeps its files in, if it keeps any. */
  readonly home?: string;
  /** Further variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** A folder of installed packages, to be used besides. */
  readonly modules?: string;
}

export class ExampleCopy implements AsyncDisposable {
  /** The folder of the project. */
  readonly path: string;
  /** The folder that it keeps its files in. */
  readonly home: string;
  readonly #options: ExampleOptions;
  readonly #top: string;

  constructor(name: string, options: ExampleOptions) {
    this.#top = mkdtempSync('/var/tmp/tslxc-example-');
    this.path = join(this.#top, 'project');
    this.home = join(this.#top, 'home');
    this.#options = options;
    const isSource = (path: string): boolean => !path.endsWith('/node_modules');
    cpSync(join(examplesFolder, name), this.path, { recursive: true, filter: isSource });
    mkdirSync(join(this.path, 'node_modules'));
    this.#link('tslxc', packageRoot);
    const { modules } = options;
    if (modules === undefined) return;
    const others = readdirSync(modules).filter((one) => !one.startsWith('.') && one !== 'tslxc');
    for (const other of others) this.#link(other, join(modules, other));
  }

  /** Runs one of its programs to the end. */
  run(...words: readonly string[]): Promise<CommandResult> {
    const { root } = this.#options;
    return runProgram([process.execPath, ...words], { cwd: this.path, root, env: this.#env });
  }

  /** Starts one of its programs, and hands it over. */
  start(...words: readonly string[]): ReturnType<typeof spawn> {
    const env = { ...commandEnvironment(this.#options.root), ...this.#env };
    return spawn(process.execPath, words, { cwd: this.path, env });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTree(this.#top);
  }

  get #env(): Record<string, string> {
    const { home, env } = this.#options;
    return { ...(home === undefined ? {} : { [home]: this.home }), ...env };
  }

  #link(name: string, target: string): void {
    symlinkSync(target, join(this.path, 'node_modules', name));
  }
}
