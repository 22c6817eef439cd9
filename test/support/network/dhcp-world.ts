/**
 * Bridges and clients for a network's dnsmasq, in the network namespace that these tests have for themselves. A client
 * is a network namespace with one port of the bridge in it.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { networkPaths, statePaths } from '../../../lib/host/state/state-paths';
import type { ActiveNetwork } from '../../../lib/network/active-network';
import { stopDnsmasq } from '../../../lib/network/dnsmasq/dnsmasq';
import { removeNames } from '../../../lib/network/dnsmasq/names';
import { parseNetwork } from '../../../lib/network/definition/parse';
import { eventually } from '../time/eventually';
import { runProgram } from '../process/run-command';
import { untilForwarding } from './lab';

/** Runs it to success; what it printed. */
export async function run(...argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(argv, { timeout: 20_000 });
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${code}\n${stdout}\n${stderr}`);
  return stdout;
}

/** What a client knows of its lease. */
export interface ClientLease {
  readonly ip: string;
  readonly router?: string;
  readonly dns?: string;
  readonly domain?: string;
  readonly mtu?: string;
}

export class Client {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly name: string;

  constructor(process: ChildProcess, folder: string, name: string) {
    [this.#process, this.#folder, this.name] = [process, folder, name];
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Runs a program in its network namespace. */
  async run(...argv: readonly string[]): Promise<string> {
    return await run('nsenter', '-t', String(this.pid), '-n', ...argv);
  }

  /** busybox's client, once: takes the address, as its usual script does, and says what it was given. */
  async askDhcp(...more: readonly string[]): Promise<ClientLease> {
    const [script, answer] = [join(this.#folder, 'script'), join(this.#folder, this.name)];
    writeFileSync(
      script,
      `#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr add "$ip/$mask" dev "$interface"
printf '%s\\n' "ip=$ip" "router=$router" "dns=$dns" "domain=$domain" "mtu=$mtu" > "$(dirname "$0")/${this.name}"
`,
      { mode: 0o700 },
    );
    const [udhcpc, once] = [
      ['busybox', 'udhcpc'],
      ['-i', 'eth0', '-s', script, '-n', '-q', '-f', '-t', '3', '-T', '1'],
    ];
    await this.run(...udhcpc, ...once, '-x', `hostname:${this.name}`, '-O', 'mtu', ...more);
    const lines = readFileSync(answer, 'utf8').trim().split('\n');
    const known = lines.map((line) => line.split('=')).filter(([, value]) => value !== '');
    return Object.fromEntries(known) as ClientLease;
  }

  /** Addresses of a name, as the server at `server` says. */
  async resolve(name: string, server: string, type: 'a' | 'aaaa' = 'a'): Promise<string[]> {
    const { stdout } = await runProgram(
      [
        ...['nsenter', '-t', String(this.pid), '-n'],
        ...['busybox', 'nslookup', `-type=${type}`, name, server],
      ],
      { timeout: 10_000 },
    );
    const [, , ...answers] = stdout.split(/^Address:\s*/m);
    return answers.map((text) => text.split('\n')[0] ?? '');
  }

  end(): void {
    this.#process.kill('SIGKILL');
  }
}

/** All of one test: `dispose` ends it. */
export class DhcpWorld {
  readonly #folder: string;
  readonly #networks: ActiveNetwork[] = [];
  readonly #bridges: string[] = [];
  readonly #clients: Client[] = [];

  /** `name` becomes part of the name of the root. */
  constructor(name = '') {
    this.#folder = mkdtempSync(join(tmpdir(), `tslxc-dhcp-${name}`));
  }

  /** A network as it is once its bridge is up; `content` is what stands in `<network>` beside the name. */
  async network(name: string, content: string): Promise<ActiveNetwork> {
    const network = this.describe(name, content);
    const { bridge, definition } = network;
    this.#bridges.push(bridge);
    await run('ip', 'link', 'add', bridge, 'type', 'bridge', 'forward_delay', '0');
    for (const { address, prefix } of definition.ips) {
      const nodad = address.includes(':') ? ['nodad'] : [];
      await run('ip', 'addr', 'add', `${address}/${prefix}`, 'dev', bridge, ...nodad);
    }
    await run('ip', 'link', 'set', bridge, 'up');
    return network;
  }

  /** The same without a bridge, or another definition of one that is there. */
  describe(name: string, content: string): ActiveNetwork {
    const xml = `<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>
      <name>${name}</name>${content}</network>`;
    const definition = parseNetwork(xml, {
      newUuid: () => '5c6a1d3e-4f0b-4c1a-9d2e-0a1b2c3d4e5f',
      newMac: () => '52:54:00:aa:bb:cc',
    });
    const paths = networkPaths(statePaths(this.#folder), name);
    mkdirSync(paths.directory, { recursive: true, mode: 0o700 });
    const network = { definition, bridge: definition.bridge.name ?? `br-${name}`, paths };
    this.#networks.push(network);
    return network;
  }

  async client({ bridge }: ActiveNetwork, name: string, mac?: string): Promise<Client> {
    const child = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
    const client = new Client(child, this.#folder, name);
    this.#clients.push(client);
    const own = readNamespace(process.pid);
    await eventually(() => {
      if (readNamespace(client.pid) === own) throw new Error('no namespace of its own yet');
    });
    const port = `port${client.pid}`;
    const address = mac === undefined ? [] : ['address', mac];
    const peer = ['peer', 'name', 'eth0', ...address, 'netns', String(client.pid)];
    await run('ip', 'link', 'add', port, 'type', 'veth', ...peer);
    await run('ip', 'link', 'set', port, 'master', bridge, 'up');
    await client.run('ip', 'link', 'set', 'lo', 'up');
    await client.run('ip', 'link', 'set', 'eth0', 'up');
    await untilForwarding(port);
    return client;
  }

  /** A file of this world's own. */
  at(name: string): string {
    return join(this.#folder, name);
  }

  async dispose(): Promise<void> {
    for (const network of this.#networks) {
      await stopDnsmasq(network);
      // They stay at a stop: containers that run keep them while dnsmasq is started again.
      removeNames(network.bridge);
    }
    for (const client of this.#clients) client.end();
    for (const bridge of this.#bridges) spawnSync('ip', ['link', 'delete', bridge]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function readNamespace(pid: number): string {
  const { stdout } = spawnSync('readlink', [`/proc/${pid}/ns/net`], { encoding: 'utf8' });
  return stdout;
}
