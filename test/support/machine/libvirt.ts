/**
 * A real libvirtd with its default network, in a network namespace of its own, for tests of how we get on with it. What
 * it writes is on file systems of its own mount namespace; where there is a v2 tree of cgroups beside those of v1, it
 * does not see it, since its LXC driver refuses to run there. Gone at the end.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../time/eventually';
import { runProgram } from '../process/run-command';
import type { CommandResult } from '../process/run-command';

const folders = ['/run/libvirt', '/var/lib/libvirt', '/var/log/libvirt', '/var/cache/libvirt'];

/** What is mounted below /sys, and shows the same in every network namespace. */
const belowSys = ['fs/cgroup', 'fs/selinux', 'kernel/security'];

/** Its backend for nftables needs a module of tc that not every kernel has. */
const script = `
  set -e
  ip link set lo up
  if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi
  # As its units would make them.
  mkdir -p ${folders.join(' ')}
  for folder in ${folders.join(' ')}; do mount -t tmpfs tmpfs $folder; done
  mkdir -p /var/lib/libvirt/dnsmasq /var/lib/libvirt/network /var/lib/libvirt/lxc
  # Of a bridge it reads and writes the files in /sys, which shows the links of the namespace that it was mounted in.
  for folder in ${belowSys.join(' ')}; do
    if mountpoint -q /sys/$folder; then mkdir -p /run/libvirt/sys/$folder; mount --move /sys/$folder /run/libvirt/sys/$folder; fi
  done
  mount -t sysfs sysfs /sys
  for folder in ${belowSys.join(' ')}; do
    if mountpoint -q /run/libvirt/sys/$folder; then mount --move /run/libvirt/sys/$folder /sys/$folder; fi
  done
  cp -a /etc/libvirt /var/lib/libvirt/etc
  mount --bind /var/lib/libvirt/etc /etc/libvirt
  echo 'firewall_backend = "iptables"' > /etc/libvirt/network.conf
  exec libvirtd`;

const cgroupRoot = '/sys/fs/cgroup';

/** The folders of cgroups that it leaves behind. */
function machineGroups(): string[] {
  return readdirSync(cgroupRoot)
    .map((name) => join(cgroupRoot, name, 'machine'))
    .filter((path) => existsSync(path));
}

export class Libvirt implements AsyncDisposable {
  readonly #daemon: ChildProcess;
  readonly #groups = machineGroups();

  private constructor() {
    const words = ['--net', '--mount', '--propagation', 'private', '--', 'sh', '-c', script];
    this.#daemon = spawn('unshare', words, { stdio: ['ignore', 'ignore', 'ignore'] });
  }

  /** Resolves when its default network is up. */
  static async start(): Promise<Libvirt> {
    const libvirt = new Libvirt();
    try {
      await eventually(async () => libvirt.virsh('version'), 20_000);
      await libvirt.virsh('net-start', 'default');
      return libvirt;
    } catch (error) {
      await libvirt[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** argv that runs a program in its network namespace, and in nothing else of it. */
  beside(argv: readonly string[]): string[] {
    return ['nsenter', `--net=/proc/${this.pid}/ns/net`, '--', ...argv];
  }

  /** One of its folders, as this process finds it. */
  folder(path: string): string {
    return `/proc/${this.pid}/root${path}`;
  }

  /** argv that runs a client of libvirt: in its network namespace, and with its folders. */
  within(argv: readonly string[]): string[] {
    return ['nsenter', '-t', String(this.pid), '--net', '--mount', '--', ...argv];
  }

  /** Runs such a client. */
  async inside(argv: readonly string[]): Promise<CommandResult> {
    return runProgram(this.within(argv));
  }

  /** Runs virsh. Doesn't throw for an exit code. */
  async tryVirsh(...words: readonly string[]): Promise<CommandResult> {
    return this.inside(['virsh', '-q', '-c', 'lxc:///', ...words]);
  }

  /** Runs virsh; anything but success is an error with its words. */
  async virsh(...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.tryVirsh(...words);
    if (code !== 0) throw new Error(`virsh ${words.join(' ')}: ${stderr}`);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#daemon.exitCode !== null || this.#daemon.signalCode !== null) return;
    await this.virsh('net-destroy', 'default').catch(() => undefined);
    this.#daemon.kill('SIGTERM');
    await once(this.#daemon, 'exit');
    const ours = machineGroups().filter((path) => !this.#groups.includes(path));
    for (const path of ours) {
      await eventually(() => {
        for (const name of readdirSync(path)) {
          const below = join(path, name);
          if (name.includes('libvirt-lxc')) rmdirSync(below);
        }
        rmdirSync(path);
      });
    }
  }

  /** Of libvirtd. */
  get pid(): number {
    return this.#daemon.pid ?? 0;
  }
}
