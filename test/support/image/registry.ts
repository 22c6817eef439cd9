/** A registry on loopback: Debian's docker-registry, with images that a test puts there. In a world of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../process/run-command';
import { removeTree } from '../root/remove-tree';
import { eventually } from '../time/eventually';

export class Registry implements AsyncDisposable {
  /** Of its own: layouts of images may be made there. */
  readonly folder: string;
  readonly address: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, address: string, process: ChildProcess) {
    this.folder = folder;
    this.address = address;
    this.#process = process;
  }

  static async serve(): Promise<Registry> {
    const folder = mkdtempSync('/var/tmp/tslxc-registry-');
    const configuration = join(folder, 'config.yml');
    const storage = { filesystem: { rootdirectory: join(folder, 'store') } };
    // The kernel chooses the port. JSON is YAML.
    const http = { addr: '127.0.0.1:0' };
    const log = { level: 'info', accesslog: { disabled: true } };
    writeFileSync(configuration, JSON.stringify({ version: 0.1, log, storage, http }));
    const served = spawn('docker-registry', ['serve', configuration], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    served.stderr.on('data', (chunk: Buffer) => (said += String(chunk)));
    served.on('error', ({ message }) => (said += message));
    try {
      const address = await eventually(() => {
        const [, found] = /listening on ([\d.]+:\d+)/.exec(said) ?? [];
        if (found === undefined) throw new Error(`docker-registry does not listen: ${said}`);
        return found;
      });
      return new Registry(folder, address, served);
    } catch (error) {
      served.kill();
      await removeTree(folder);
      throw error;
    }
  }

  /** Copies the image there; resolves to its source. */
  async push(source: string, name: string): Promise<string> {
    const target = `docker://${this.address}/${name}`;
    const words = ['--insecure-policy', 'copy', '--quiet', '--dest-tls-verify=false'];
    const { code, stderr } = await runProgram(['skopeo', ...words, source, target]);
    if (code !== 0) throw new Error(`skopeo could not push ${name}: ${stderr}`);
    return target;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill();
    await ended;
    await removeTree(this.folder);
  }
}
