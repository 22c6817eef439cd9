/**
 * A host with containers and a server, of network namespaces: the test's own is the host, with a bridge in it and an
 * uplink to the server's. Real kernel devices, real packets.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActiveNetwork } from '../../../lib/network/active-network';
import { parseNetwork } from '../../../lib/network/definition/parse';
import { eventually } from '../time/eventually';
import { networkPaths, statePaths } from '../../../lib/host/state/state-paths';

/** Of the uplink: the server's end, and the host's. */
export const serverAddress = '203.0.113.2';
export const uplinkAddress = '203.0.113.1';
export const serverAddress6 = '2001:db8::2';
export const uplinkAddress6 = '2001:db8::1';

const probe = join(__dirname, 'probe.js');
const transfer = join(__dirname, 'transfer.js');

/** The bridge's address in the tests. */
const labGateway = '192.168.122.1';
const transferPort = 5001;

/** Runs a command of the host; its output. */
export function run(...argv: readonly string[]): string {
  const [program = '', ...args] = argv;
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export type Door = readonly [protocol: 'tcp' | 'udp', port: number];
export type Question = readonly [protocol: 'tcp' | 'udp', address: string, port: number];

/** The network namespace of a process. */
export class Surroundings {
  readonly pid: number;

  constructor(pid: number) {
    this.pid = pid;
  }

  run(...argv: readonly string[]): string {
    return run('nsenter', `--net=/proc/${this.pid}/ns/net`, ...argv);
  }

  /** A process in it. */
  spawn(...argv: readonly string[]): ChildProcess {
    return spawn('nsenter', [`--net=/proc/${this.pid}/ns/net`, ...argv], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  /** The address that a server sees when it is asked from here; `nothing` without an answer within a second. */
  ask(...question: Question): string {
    return this.askAll([question])[0] ?? '';
  }

  /** The same for all of them, which are asked at once. */
  askAll(questions: readonly Question[]): string[] {
    const words = questions.flat().map(String);
    return this.run(process.execPath, probe, 'ask', ...words)
      .trim()
      .split('\n');
  }

  /** Seconds that KiB take, through TCP to or from a `Lab.serve`. */
  async seconds(
    what: 'send' | 'receive',
    kibibytes: number,
    address = labGateway,
  ): Promise<number> {
    const words = [what, address, String(transferPort), String(kibibytes * 1024)];
    const child = this.spawn(process.execPath, transfer, ...words);
    const [output] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    return Number(output.toString());
  }
}

/** One that is there as long as it isn't ended. */
export class Place extends Surroundings {
  readonly #keeper: ChildProcess;

  private constructor(keeper: ChildProcess) {
    super(keeper.pid ?? -1);
    this.#keeper = keeper;
  }

  static async make(): Promise<Place> {
    const script = 'ip link set lo up && echo made && exec sleep 1000';
    const keeper = spawn('unshare', ['--net', '--', 'sh', '-c', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(keeper.stdout, 'data');
    return new Place(keeper);
  }

  async end(): Promise<void> {
    await endProcess(this.#keeper);
  }
}

export class Lab {
  readonly server: Place;
  readonly #places: Place[] = [];
  readonly #children: ChildProcess[] = [];

  readonly #before: readonly Parameter[];

  private constructor(server: Place, before: readonly Parameter[]) {
    this.server = server;
    this.#places.push(server);
    this.#before = before;
  }

  /** The uplink is there, and IP forwarding is on. */
  static async make(): Promise<Lab> {
    checkSurroundings();
    const server = await Place.make();
    run(
      'ip',
      'link',
      'add',
      'uplink0',
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'netns',
      String(server.pid),
    );
    for (const address of [`${uplinkAddress}/24`, `${uplinkAddress6}/64`]) {
      run('ip', 'address', 'add', address, 'dev', 'uplink0', ...withoutDad(address));
    }
    run('ip', 'link', 'set', 'uplink0', 'up');
    for (const address of [`${serverAddress}/24`, `${serverAddress6}/64`]) {
      server.run('ip', 'address', 'add', address, 'dev', 'eth0', ...withoutDad(address));
    }
    server.run('ip', 'link', 'set', 'eth0', 'up');
    return new Lab(server, forwarding.map(setParameter));
  }

  /** Its bridge with its addresses, but neither firewall nor dnsmasq. */
  network(xml: string): ActiveNetwork {
    const definition = parseNetwork(xml, {
      newUuid: () => uuid,
      newMac: () => '52:54:00:00:00:01',
    });
    const bridge = definition.bridge.name ?? 'virbr0';
    run('ip', 'link', 'add', bridge, 'type', 'bridge');
    for (const { address, prefix } of definition.ips) {
      run('ip', 'address', 'add', `${address}/${prefix}`, 'dev', bridge, ...withoutDad(address));
    }
    run('ip', 'link', 'set', bridge, 'up');
    return { definition, bridge, paths: networkPaths(statePaths('/'), definition.name) };
  }

  /** A namespace with an eth0, whose other side is a port of the bridge. */
  async guest(bridge: string, host: string, addresses: readonly string[]): Promise<Place> {
    const guest = await Place.make();
    this.#places.push(guest);
    run(
      'ip',
      'link',
      'add',
      host,
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'netns',
      String(guest.pid),
    );
    run('ip', 'link', 'set', host, 'master', bridge, 'up');
    for (const address of addresses) {
      guest.run('ip', 'address', 'add', address, 'dev', 'eth0', ...withoutDad(address));
    }
    guest.run('ip', 'link', 'set', 'eth0', 'up');
    await untilForwarding(host);
    return guest;
  }

  /** Something that answers on a port with the address that it sees; without a place on the host. */
  async listen(protocol: 'tcp' | 'udp', port: number, place?: Place): Promise<void> {
    await this.listenAll([[protocol, port]], place);
  }

  /** The same on all of these ports. */
  async listenAll(doors: readonly Door[], place?: Place): Promise<void> {
    const words = doors.flat().map(String);
    this.#children.push(await startServer([probe, 'listen', ...words], place));
  }

  /** The other side of transfers. */
  async serve(place?: Place): Promise<void> {
    this.#children.push(await serveTransfers(place));
  }

  /** Nothing of it is left. */
  async end(): Promise<void> {
    for (const child of this.#children) await endProcess(child);
    for (const place of this.#places) await place.end();
    this.#before.forEach(setParameter);
    for (const link of otherLinks()) {
      // The other side of a pair may have taken it along.
      run('sh', '-c', `ip link delete ${link} 2>/dev/null || ! ip link show ${link} 2>/dev/null`);
    }
  }
}

/** One of the kernel's settings, by its path below /proc/sys/net. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
}

const forwarding: readonly Parameter[] = [
  { name: 'ipv4/ip_forward', value: '1' },
  { name: 'ipv6/conf/all/forwarding', value: '1' },
];

/** How it was before. */
export function setParameter({ name, value }: Parameter): Parameter {
  const path = `/proc/sys/net/${name}`;
  const before = readFileSync(path, 'utf8').trim();
  writeFileSync(path, value);
  return { name, value: before };
}

/** The other side of transfers, without a lab. */
export function serveTransfers(place?: Place): Promise<ChildProcess> {
  return startServer([transfer, 'listen', String(transferPort)], place);
}

async function startServer(args: readonly string[], place?: Place): Promise<ChildProcess> {
  const child =
    place === undefined
      ? spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      : place.spawn(process.execPath, ...args);
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child;
}

export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const uuid = '11111111-2222-3333-4444-555555555555';

function withoutDad(address: string): string[] {
  return address.includes(':') ? ['nodad'] : [];
}

/** A port forwards nothing until the kernel has noticed its carrier, up to a second later. */
export function untilForwarding(port: string): Promise<void> {
  return eventually(() => {
    const [shown] = JSON.parse(run('ip', '-json', '-details', 'link', 'show', port)) as unknown[];
    expect(shown).toMatchObject({ linkinfo: { info_slave_data: { state: 'forwarding' } } });
  });
}

function otherLinks(): string[] {
  const lines = readFileSync('/proc/net/dev', 'utf8').trim().split('\n').slice(2);
  return lines.map((line) => line.split(':')[0]?.trim() ?? '').filter((name) => name !== 'lo');
}

/** These tests change rules, links and settings: never those of the machine. */
function checkSurroundings(): void {
  const others = otherLinks();
  if (others.length === 0) return;
  throw new Error(`not in a network namespace of the tests' own: there is ${others.join(', ')}`);
}
