/**
 * Where a script of the kit runs: with a daemon of libvirt's protocol, in a mount namespace in which it finds what it asks of a host. Its
 * containers boot the host's /sbin/init, since it forgets their root: another program is there, which does nothing. systemctl and service
 * are another program, too, which knows libvirtd alone.
 */
import {
  copyFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../process/run-command';
import type { CommandResult } from '../process/run-command';
import { eventually } from '../time/eventually';

/** The daemon, and the namespaces that it is in. */
export interface KitDaemon {
  /** argv that runs a program where the daemon is. */
  readonly within: (argv: readonly string[]) => string[];
  /** Starts it, in the words of sh(1). */
  readonly start: string;
  /** Of the one that serves already, and that the namespaces are those of: another is to be gone when a script has ended. */
  readonly pid?: number;
}

/** Milliseconds for a script: one waits for ten seconds before it begins, and others start thirty containers. */
const patience = 240_000;

const init = `#!/bin/sh
trap 'exit 0' TERM
while :; do sleep 1; done
`;

/** Two links, since the kit never takes the last device that it is told of. */
const devices = ['kit0', 'kit1'] as const;

/** $1: the folder of the site. The merged /usr/sbin is only read; the hooks of the kit write to /tmp, and what they write is not the host's. */
const prepare = `
  set -e
  mount -t tmpfs tmpfs "$1/memory"
  mkdir -m 1777 "$1/memory/tmp"
  mkdir "$1/memory/unfinished"
  mount -t overlay -o "lowerdir=/tmp,upperdir=$1/memory/tmp,workdir=$1/memory/unfinished" overlay /tmp
  mount -t overlay -o "lowerdir=$1/sbin:/usr/sbin" overlay /usr/sbin
  ip link add ${devices.join(' type veth peer name ')}
  for link in ${devices.join(' ')}; do ip link set "$link" up; done`;

const busybox = '/bin/busybox';

/** As the kit's document of a container comes out. */
const hello = `<domain type='lxc'><name>tck</name><memory>65536</memory>
<os><type>exe</type><init>/sbin/init</init></os><devices><console type='pty'/></devices></domain>`;

const virsh = ['virsh', '-c', 'lxc:///'] as const;

/** The kit refuses to run without a kernel for machines, and tries no whole system with one. */
function settings(folder: string): string {
  return `uri: "lxc:///"
scratch_dir: "${folder}/scratch"
busybox: "${busybox}"
kernels:
  - arch: none
    ostype: none
    kernel: none
host_network_devices:
${devices.map((device) => `  - ${device}\n`).join('')}`;
}

/** Runs the words after the first, in that folder, and ends what has come in the place of the daemon that was there. */
const script = `
  cd "$0"
  "$@"
  code=$?
  if [ -n "\${KIT_FIRST-}" ] && [ "$(cat "$KIT_PID")" != "$KIT_FIRST" ]; then
    ${virsh.join(' ')} net-destroy default >/dev/null
    systemctl stop libvirtd
  fi
  exit "$code"`;

export class KitSite implements AsyncDisposable {
  readonly #folder: string;
  readonly #daemon: KitDaemon;

  private constructor(folder: string, daemon: KitDaemon) {
    this.#folder = folder;
    this.#daemon = daemon;
  }

  /** @param above - a folder of the test's, for one of the site's own */
  static async make(above: string, daemon: KitDaemon): Promise<KitSite> {
    const folder = mkdtempSync(join(above, 'kit-'));
    for (const name of ['bin', 'memory', 'sbin', 'scratch', 'work']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'sbin/init'), init, { mode: 0o755 });
    installService(join(folder, 'bin'));
    writeFileSync(join(folder, 'settings.yml'), settings(folder));
    const site = new KitSite(folder, daemon);
    writeFileSync(site.#pidFile, daemon.pid === undefined ? '' : `${daemon.pid}\n`);
    await site.#succeed(['sh', '-c', prepare, 'sh', folder]);
    return site;
  }

  /** What the program that stands for systemctl is asked of the daemon; resolves with what it says. */
  async service(verb: 'start' | 'stop' | 'restart' | 'reload' | 'status'): Promise<string> {
    return this.#succeed(['systemctl', verb, 'libvirtd']);
  }

  /** Some scripts expect the network `default` to be on. */
  async startDefaultNetwork(): Promise<void> {
    await this.#succeed([...virsh, 'net-start', 'default']);
  }

  async stopDefaultNetwork(): Promise<void> {
    await this.#succeed([...virsh, 'net-destroy', 'default']);
  }

  /** Runs a script of the kit in that folder, by its name below `scripts`. Does not throw for what comes of it. */
  async run(kit: string, script: string): Promise<CommandResult> {
    // By the interpreter that its first line names: a few are of sh(1), which perl would start with its own options.
    const path = join(kit, 'scripts', `${script}.t`);
    return this.#runWithin([path], { timeout: patience, modules: join(kit, 'lib') });
  }

  /** Starts a container as the kit does, and resolves with the name of the program that it has booted. */
  async bootedInit(): Promise<string> {
    const file = join(this.#folder, 'work/hello.xml');
    writeFileSync(file, hello);
    await this.#succeed([...virsh, 'create', file]);
    try {
      return await eventually(async () => {
        const found = await this.#succeed(['pgrep', '-a', '-f', '^/bin/sh /sbin/init']);
        return found.trim().replace(/^\d+ /, '');
      });
    } finally {
      await this.#succeed([...virsh, 'destroy', 'tck']);
    }
  }

  /** What lies in namespaces of the daemon's own goes with those. */
  async [Symbol.asyncDispose](): Promise<void> {
    const [first] = devices;
    if (this.#daemon.pid === undefined) await this.#succeed(['ip', 'link', 'delete', first]);
  }

  get #pidFile(): string {
    return join(this.#folder, 'daemon');
  }

  async #succeed(argv: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#runWithin(argv);
    if (code === 0) return stdout;
    throw new Error(`${argv.join(' ')} where the kit runs: ${stderr}`);
  }

  #runWithin(
    argv: readonly string[],
    { timeout, modules }: { readonly timeout?: number; readonly modules?: string } = {},
  ): Promise<CommandResult> {
    // A process that enters the namespace is in its root at first.
    const there = ['sh', '-c', script, join(this.#folder, 'work'), ...argv];
    const { within, start, pid } = this.#daemon;
    const env = {
      LC_ALL: 'C.UTF-8',
      PATH: `${this.#folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      LIBVIRT_TCK_CONFIG: join(this.#folder, 'settings.yml'),
      KIT_DAEMON: start,
      KIT_READY: [...virsh, 'uri'].join(' '),
      KIT_PID: this.#pidFile,
      ...(pid === undefined ? {} : { KIT_FIRST: String(pid) }),
      ...(modules === undefined ? {} : { PERL5LIB: modules }),
    };
    return runProgram(within(there), { env, ...(timeout === undefined ? {} : { timeout }) });
  }
}

/** Both names of the program that stands for service managers, in a folder of the PATH. */
export function installService(folder: string): void {
  const program = join(folder, 'systemctl');
  copyFileSync(join(__dirname, 'service.sh'), program);
  chmodSync(program, 0o755);
  symlinkSync('systemctl', join(folder, 'service'));
}
