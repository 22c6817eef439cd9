/** A folder in which the built command makes root file systems; gone at the end with all in it. */
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from './remove-tree';
import { spawnCommand } from '../process/run-command';
import type { CommandOptions, CommandResult } from '../process/run-command';

export class RootFactory implements AsyncDisposable {
  /** Where the roots are made. */
  readonly folder: string;
  /** What that folder is in; only for root at first. */
  readonly top: string;

  constructor() {
    this.top = mkdtempSync('/var/tmp/tslxc-mkroot-');
    this.folder = join(this.top, 'roots');
    mkdirSync(this.folder);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Runs `tslxc mkroot NAME options…` in the folder, by a process that is there. */
  run(words: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return spawnCommand(['mkroot', ...words], { cwd: this.folder, ...options });
  }

  /** An environment in which the program of this name is a shell script. */
  withProgram(name: string, script: string): Readonly<Record<string, string>> {
    const programs = join(this.top, 'programs');
    mkdirSync(programs, { recursive: true });
    writeFileSync(join(programs, name), `#!/bin/sh\n${script}`);
    chmodSync(join(programs, name), 0o755);
    return { PATH: `${programs}:${process.env['PATH'] ?? ''}` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTree(this.top);
  }
}
