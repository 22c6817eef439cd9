/**
 * Debian's lxc in a mount and a network namespace of its own, with a bridge `brlxc`, for tests of how a configuration is
 * carried over. Where there is a v2 tree of cgroups beside those of v1, it does not see it: it takes a host for the one or the
 * other. Gone at the end, with the containers in it.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../process/run-command';
import { eventually } from '../time/eventually';

const script = `
  set -e
  ip link set lo up
  if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi
  # It looks for the bridge in /sys, which has to be that of this network namespace.
  mount --rbind /sys/fs/cgroup /mnt
  mount -t sysfs sysfs /sys
  mount --rbind /mnt /sys/fs/cgroup
  umount -R -l /mnt
  ip link add brlxc type bridge
  ip address add 192.0.2.1/24 dev brlxc
  ip link set brlxc up
  echo ready
  exec sleep 100000`;

export class LxcWorld implements AsyncDisposable {
  readonly #holder: ChildProcess;
  /** Where the containers have their folders. */
  readonly #folder: string;
  readonly #started = new Set<string>();

  private constructor(holder: ChildProcess, folder: string) {
    this.#holder = holder;
    this.#folder = folder;
  }

  /** `folder` has to be one that the ids of the containers can search. */
  static async start(folder: string): Promise<LxcWorld> {
    const words = ['--net', '--mount', '--propagation', 'private', '--', 'sh', '-c', script];
    const holder = spawn('unshare', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    return new LxcWorld(holder, folder);
  }

  /** argv that runs a program in its network namespace, and in nothing else of it. */
  beside(argv: readonly string[]): string[] {
    return ['nsenter', `--net=/proc/${this.#pid}/ns/net`, '--', ...argv];
  }

  /** Gives a container its configuration; resolves with its path. */
  configure(name: string, text: string): string {
    mkdirSync(join(this.#folder, name), { recursive: true });
    const path = join(this.#folder, name, 'config');
    writeFileSync(path, text);
    return path;
  }

  /** Rewrites keys of LXC 2, which it does not read any more, as its own program does it. */
  async update(name: string): Promise<void> {
    await this.#run(['lxc-update-config', '-c', join(this.#folder, name, 'config')]);
  }

  /** Resolves with the pid of init. */
  async start(name: string): Promise<number> {
    this.#started.add(name);
    await this.#run(['lxc-start', ...this.#which(name), '-d', '-o', join(this.#folder, 'log')]);
    const { stdout } = await this.#inside(['lxc-info', ...this.#which(name), '-pH']);
    return Number(stdout.trim());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#started) {
      await this.#inside(['lxc-stop', ...this.#which(name), '-k']);
      await eventually(async () => {
        const { stdout } = await this.#inside(['lxc-info', ...this.#which(name), '-sH']);
        if (stdout.trim() !== 'STOPPED') throw new Error(`${name} is ${stdout}`);
      });
    }
    this.#holder.kill('SIGKILL');
    await once(this.#holder, 'exit');
  }

  #which(name: string): string[] {
    return ['-P', this.#folder, '-n', name];
  }

  get #pid(): number {
    return this.#holder.pid ?? 0;
  }

  async #run(argv: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await this.#inside(argv);
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${stdout}${stderr}`);
  }

  #inside(argv: readonly string[]): ReturnType<typeof runProgram> {
    return runProgram(['nsenter', '-t', String(this.#pid), '--net', '--mount', '--', ...argv]);
  }
}
