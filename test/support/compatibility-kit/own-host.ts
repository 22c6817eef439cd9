/**
 * A mount namespace in which the daemon may serve the root `/`, as the kit expects of a host, and nothing of that is the host's: /run is
 * its own, and what is written to /etc, /var/lib and /var/log stays in memory.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../process/run-command';
import { eventually } from '../time/eventually';

/** $1: a folder for what is written. */
const prepare = `
  set -e
  mount -t tmpfs -o mode=755 tmpfs /run
  mount -t tmpfs tmpfs "$1"
  for place in etc var/lib var/log; do
    mkdir -p "$1/upper/$place" "$1/work/$place"
    mount -t overlay -o "lowerdir=/$place,upperdir=$1/upper/$place,workdir=$1/work/$place" overlay "/$place"
  done
  mkdir -p /etc/tslxc /etc/libvirt/hooks
  echo 'libvirt_hooks = 1' >/etc/tslxc/lxc.conf`;

export class OwnHost implements AsyncDisposable {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  /** @param above - a folder of the test's */
  static async make(above: string): Promise<OwnHost> {
    const words = ['--mount', '--propagation', 'private', '--', 'sleep', 'infinity'];
    const host = new OwnHost(spawn('unshare', words, { stdio: 'ignore' }));
    try {
      await eventually(() => expect(host.#namespace()).not.toBe(readlinkSync('/proc/self/ns/mnt')));
      const folder = join(above, 'written');
      mkdirSync(folder);
      const argv = host.within(['sh', '-c', prepare, 'sh', folder]);
      const { code, stderr } = await runProgram(argv);
      if (code !== 0) throw new Error(`the host of the kit can't be made: ${stderr}`);
      return host;
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** argv that runs a program there. */
  within(argv: readonly string[]): string[] {
    return ['nsenter', '-t', String(this.#holder.pid), '--mount', '--', ...argv];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#holder.exitCode !== null || this.#holder.signalCode !== null) return;
    this.#holder.kill('SIGKILL');
    await once(this.#holder, 'exit');
  }

  #namespace(): string {
    return readlinkSync(`/proc/${this.#holder.pid}/ns/mnt`);
  }
}
