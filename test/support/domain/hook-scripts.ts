/** Scripts in a root's folder of hooks, which note what they were called with. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hasEnded } from '../process/processes';
import { commandEnvironment, commandLine } from '../process/run-command';
import type { TestRoot } from '../root/test-root';
import { eventually } from '../time/eventually';

export class HookScripts {
  readonly #root: string;

  constructor(root: Pick<TestRoot, 'path'>) {
    this.#root = root.path;
  }

  /**
   * Makes one, such as `lxc` or `network.d/10-first`, that notes its arguments, and then does what these lines of shell say, with
   * `$2` for the operation. Returns its path. Where there is one already, a process that is about to run it finds the one or the
   * other: the kernel neither writes to what is being executed, nor executes what is being written to.
   */
  add(name: string, lines = '', mode = 0o755): string {
    const path = join(this.#root, 'etc/tslxc/hooks', name);
    mkdirSync(dirname(path), { recursive: true });
    const note = `echo "${name.replace(/.*\//, '')} $*" >> ${this.#log}`;
    const unfinished = this.file('unfinished-script');
    writeFileSync(unfinished, `#!/bin/sh\n${note}\n${lines}\n`, { mode });
    renameSync(unfinished, path);
    return path;
  }

  /**
   * Makes a script of that kind which stops at the operation for ever, and runs the command that calls it. Resolves to what kills the
   * command, waits for its end, with which it lets go of its locks, and for that of the script, and lets the script go on from then on.
   */
  async stuckAt(
    kind: 'lxc' | 'network',
    operation: string,
    words: readonly string[],
  ): Promise<() => Promise<void>> {
    const pid = this.file('pid');
    this.add(kind, `[ "$2" != ${operation} ] || { echo $$ > ${pid}; exec sleep 1000; }`);
    const [program = '', ...rest] = commandLine(...words);
    const env = commandEnvironment(this.#root);
    const caller = spawn(program, rest, { env, stdio: 'ignore' });
    const script = await eventually(() => {
      const found = Number(readFileSync(pid, 'utf8'));
      expect(found).toBeGreaterThan(0);
      return found;
    });
    const exited = once(caller, 'exit');
    return async () => {
      caller.kill('SIGKILL');
      await exited;
      await eventually(() => expect(hasEnded(script)).toBe(true));
      this.add(kind);
    };
  }

  /** A line for each call: the script’s name and its arguments. */
  calls(): string[] {
    if (!existsSync(this.#log)) return [];
    return readFileSync(this.#log, 'utf8').trimEnd().split('\n');
  }

  /** A file beside what the scripts note, for what else they are to leave. */
  file(name: string): string {
    return join(this.#root, name);
  }

  /** A folder beside them. */
  folder(name: string): string {
    const path = this.file(name);
    mkdirSync(path, { mode: 0o755 });
    return path;
  }

  /** The settings of the root. */
  setting(...lines: readonly string[]): void {
    writeFileSync(join(this.#root, 'etc/tslxc/lxc.conf'), `${lines.join('\n')}\n`);
  }

  get #log(): string {
    return this.file('hook-calls');
  }
}
