/**
 * Open vSwitch with its datapath in a process, so that no module of the kernel is needed, for the network namespace and the
 * /run of the tests' own world. Nothing of it is left at the end.
 */
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { eventually } from '../time/eventually';
import { ip, settled } from './host-links';

const folder = '/run/openvswitch';
const socket = `${folder}/db.sock`;
const database = `${folder}/conf.db`;

/** What ovs-vsctl prints, without the last newline. */
export function ovs(...words: readonly string[]): string {
  return execFileSync('ovs-vsctl', ['--timeout=20', ...words], { encoding: 'utf8' }).trimEnd();
}

export class OpenVswitch implements AsyncDisposable {
  readonly #children: ChildProcess[] = [];

  /** @throws Error where one runs already, as that of a machine would. */
  static async start(): Promise<OpenVswitch> {
    if (existsSync(folder))
      throw new Error(`${folder} is in use: this test wants a /run of its own`);
    mkdirSync(folder);
    execFileSync('ovsdb-tool', ['create', database, '/usr/share/openvswitch/vswitch.ovsschema']);
    const made = new OpenVswitch();
    made.#run('ovsdb-server', database, `--remote=punix:${socket}`);
    // Its socket is there before it listens at it.
    await eventually(() => ovs('--no-wait', 'init'));
    made.#run('ovs-vswitchd', `unix:${socket}`);
    return made;
  }

  /** A bridge with an address for the host. */
  async bridge(name: string, address: string): Promise<void> {
    ovs('add-br', name, '--', 'set', 'bridge', name, 'datapath_type=netdev');
    ip('address', 'add', address, 'dev', name);
    ip('link', 'set', name, 'up');
    await settled(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const bridge of ovs('list-br').split('\n').filter(Boolean)) ovs('del-br', bridge);
    for (const child of this.#children.reverse()) {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    }
    rmSync(folder, { recursive: true });
  }

  #run(program: string, ...words: readonly string[]): void {
    const env = { ...process.env, OVS_RUNDIR: folder };
    this.#children.push(spawn(program, [...words, '-vconsole:off'], { env, stdio: 'ignore' }));
  }
}
