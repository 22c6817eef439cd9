/** A boot of the host, as the processes of one root see it. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { libraryWords } from '../support/process/library-child';
import { runProgram } from '../support/process/run-command';
import type { CommandResult } from '../support/process/run-command';
import { bootIdPath } from '../support/network/virtual-network-world';
import type { NetworkWorld } from '../support/network/virtual-network-world';

/** Processes that see another boot of the host: its id is another one in their mount namespace. */
export class Boot {
  readonly #root: string;
  readonly #id = randomUUID();

  constructor(root: string) {
    this.#root = root;
  }

  /** Names of the active networks. */
  async list(): Promise<string[]> {
    const { stdout } = await this.run(`
      for (const { name } of await connection.listNetworks({ state: 'active' })) console.log(name);`);
    return stdout.split('\n').filter((line) => line !== '');
  }

  async destroyAll(): Promise<void> {
    await this.run(`
      for (const network of await connection.listNetworks({ state: 'active' })) await network.destroy();`);
  }

  async run(code: string): Promise<CommandResult> {
    const folder = mkdtempSync(join(tmpdir(), 'tslxc-boot-'));
    try {
      const file = join(folder, 'boot_id');
      writeFileSync(file, `${this.#id}\n`);
      const words = libraryWords(`const connection = await connect();\n${code}`);
      const script = `mount --bind "$1" ${bootIdPath} && shift && exec "$@"`;
      const argv = ['unshare', '--mount', '--', 'sh', '-c', script, 'sh', file, ...words];
      const result = await runProgram(argv, { root: this.#root });
      if (result.code !== 0) throw new Error(result.stderr);
      return result;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

/** Networks of a boot that is over for this process would be started with the host by its last look. */
export function endedIn(world: NetworkWorld): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: async () => {
      for (const network of await world.connection.listNetworks())
        await network.setAutostart('off');
    },
  };
}
