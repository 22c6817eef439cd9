/** What an attacker must not reach: a tree of the host, only root's, with files that every trick may aim at. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { files } from '../support/world/host-aspects';
import { removeTree } from '../support/root/remove-tree';

export class Canary implements AsyncDisposable {
  /** Its name is nowhere else, so that a mention in a container's mounts is a leak. */
  readonly folder: string;
  readonly #before = new Map<string, readonly string[]>();

  constructor() {
    this.folder = mkdtempSync('/var/lib/tslxc-canary-');
    chmodSync(this.folder, 0o700);
  }

  /** A part of its own for one attack: `dir` with a file, and `file`. */
  part(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(join(path, 'dir'), { recursive: true });
    for (const file of ['file', 'dir/inner']) {
      writeFileSync(join(path, file), `secret of ${name}\n`, { mode: 0o600 });
    }
    this.#before.set(name, describe(path));
    return path;
  }

  /** The parts that are not as they were made, with what they have now. */
  changes(): Readonly<Record<string, readonly string[]>> {
    const changed = [...this.#before].flatMap(([name, before]) => {
      const now = describe(join(this.folder, name));
      const added = now.filter((line) => !before.includes(line));
      return now.join() === before.join() ? [] : [[name, added] as const];
    });
    return Object.fromEntries(changed);
  }

  isChanged(): boolean {
    return Object.keys(this.changes()).length > 0;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return removeTree(this.folder);
  }
}

/** Names, modes, owners, sizes, times, and contents. */
function describe(path: string): string[] {
  const lines = files(path);
  const contents = ['file', 'dir/inner'].map((file) => readFileSync(join(path, file), 'utf8'));
  return [...lines, ...contents];
}
