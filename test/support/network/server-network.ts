/**
 * The world outside a container's network: a network namespace with a server that tells each client the address that it
 * connects from. It knows the host (203.0.113.1) and sends everything else there. Removed at the end.
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { NamedNetwork } from './named-network';

const program = `
  require('node:net')
    .createServer((client) => client.end(client.remoteAddress.replace(/^::ffff:/, '') + '\\n'))
    .listen(80, () => process.stdout.write('listening'));
`;

export class ServerNetwork implements AsyncDisposable {
  /** Of the server, and of the host's side of its link. */
  static readonly address = '203.0.113.2';
  static readonly hostAddress = '203.0.113.1';
  /** The host's interface that leads there. */
  static readonly device = 'outside0';
  readonly #network = new NamedNetwork();
  #server: ChildProcess | undefined;

  /** Resolves when it listens. */
  static async open(): Promise<ServerNetwork> {
    const network = new ServerNetwork();
    try {
      await network.#open();
      return network;
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs a program in its namespace; returns its output. */
  run(...argv: string[]): string {
    const words = [`--net=${this.#network.path}`, ...argv];
    return execFileSync('nsenter', words, { encoding: 'utf8', stdio: 'pipe' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server?.exitCode === null) {
      this.#server.kill('SIGKILL');
      await once(this.#server, 'exit');
    }
    const { device } = ServerNetwork;
    // The peer's namespace may outlive its name for a moment.
    execFileSync('sh', ['-c', `ip link delete ${device} 2>/dev/null || true`]);
    this.#network[Symbol.dispose]();
  }

  async #open(): Promise<void> {
    const { address, hostAddress, device } = ServerNetwork;
    const { path } = this.#network;
    const words = ['link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', device];
    this.run('ip', ...words, 'netns', String(process.pid));
    execFileSync('ip', ['address', 'add', `${hostAddress}/24`, 'dev', device]);
    execFileSync('ip', ['link', 'set', device, 'up']);
    this.run('ip', 'address', 'add', `${address}/24`, 'dev', 'eth0');
    this.run('ip', 'link', 'set', 'eth0', 'up');
    this.run('ip', 'route', 'add', 'default', 'via', hostAddress);
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    const argv = [`--net=${path}`, process.execPath, '-e', program];
    this.#server = spawn('nsenter', argv, { stdio: [...stdio] });
    if (this.#server.stdout) await once(this.#server.stdout, 'data');
  }
}
