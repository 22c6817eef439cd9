/** A folder, descriptors and child processes that end with a test file. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../support/root/remove-tree';

/** open(2)'s O_PATH, which node:fs does not name. */
export const pathOnly = 0x20_0000;

/** A number that is no descriptor of this process. */
export const badDescriptor = 1_000_000;

export class Scratch {
  readonly path = mkdtempSync('/var/tmp/tslxc-addon-');
  readonly #descriptors: number[] = [];
  readonly #children: ChildProcess[] = [];

  /** A path in the folder. */
  at(...names: readonly string[]): string {
    return join(this.path, ...names);
  }

  /** open(2), closed at the end. */
  open(path: string, flags: string | number = 'r'): number {
    return this.keep(openSync(path, flags));
  }

  /** Closes it before the end. */
  close(fd: number): void {
    this.#descriptors.splice(this.#descriptors.indexOf(fd), 1);
    closeSync(fd);
  }

  /** Closes this descriptor at the end. */
  keep(fd: number): number {
    this.#descriptors.push(fd);
    return fd;
  }

  /** Runs a command until the end, with a pipe on its stdin and stdout. */
  start(program: string, ...words: readonly string[]): ChildProcess & { readonly pid: number } {
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#children.push(child);
    const { pid } = child;
    if (pid === undefined) throw new Error(`${program} did not start`);
    return Object.assign(child, { pid });
  }

  async dispose(): Promise<void> {
    for (const child of this.#children) {
      await ended(child);
      child.stdout?.destroy();
      child.stdin?.destroy();
    }
    for (const fd of this.#descriptors) closeSync(fd);
    await removeTree(this.path);
  }
}

/** Kills a child, if need be, and waits until it has been reaped. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Resolves with what a child prints next, once it ends with the end of a line. */
export function printed({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the child has no stdout');
  return new Promise((resolve) => {
    let text = '';
    const listen = (chunk: Buffer): void => {
      text += chunk.toString();
      if (!text.endsWith('\n')) return;
      stdout.off('data', listen).pause();
      resolve(text);
    };
    stdout.on('data', listen).resume();
  });
}
