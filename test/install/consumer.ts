/**
 * A directory that uses the packed package as any user does: its own package.json, the tarball installed
 * by npm, npm's `nodedir` unset. Knows nothing of this repository's sources.
 */
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../support/root/remove-tree';
import { type CommandResult, packageRoot, runProgram } from '../support/process/run-command';

/** Builds the native code, which takes a minute where nothing else runs. */
const installTime = 390_000;

export class Consumer implements AsyncDisposable {
  readonly path: string;
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(type: 'commonjs' | 'module' = 'commonjs') {
    this.path = mkdtempSync('/var/tmp/tslxc-consumer-');
    this.write('package.json', JSON.stringify({ name: 'consumer', private: true, type }));
    this.write('npmrc', settingsWithoutNodedir());
    this.#env = { ...withoutNpm, npm_config_userconfig: join(this.path, 'npmrc') };
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text);
  }

  /** Copies installed packages of this repository beside the tarball's: no registry is asked for them. */
  lend(...packages: readonly string[]): void {
    for (const name of packages) {
      const from = join(packageRoot, 'node_modules', name);
      cpSync(from, join(this.path, 'node_modules', name), { recursive: true });
    }
  }

  run(...argv: readonly string[]): Promise<CommandResult> {
    return runProgram(argv, { cwd: this.path, env: this.#env, timeout: installTime });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTree(this.path);
  }
}

/** Takes away what `npm test` tells its children: it speaks of another package, and may hold a nodedir. */
const withoutNpm = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^npm_/i.test(name))
    .map((name) => [name, undefined]),
);

/** The user's npm settings, for the way to the registry, without the one that a fresh machine lacks. */
function settingsWithoutNodedir(): string {
  const file = process.env['npm_config_userconfig'] ?? join(process.env['HOME'] ?? '', '.npmrc');
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.filter((line) => !/^\s*nodedir\s*=/.test(line)).join('\n');
  } catch {
    return '';
  }
}
