/**
 * Network interfaces that a test makes on its host, which is a network namespace of the tests' own: scripts/test.js
 * makes it. What is made goes in the reverse order at the end.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { eventually } from '../time/eventually';

/** Runs ip(8); its output. */
export function ip(...words: readonly string[]): string {
  return execFileSync('ip', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** As `ip -json -details link` has it, in part. */
export interface ShownLink {
  /** Name of what is below, or of the peer. */
  readonly link?: string;
  readonly ifname: string;
  readonly address: string;
  readonly mtu: number;
  readonly operstate: string;
  readonly master?: string;
  readonly flags: readonly string[];
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: { readonly mode?: string };
    /** Of a port of a bridge. */
    readonly info_slave_data?: { readonly isolated?: boolean; readonly state?: string };
  };
}

export interface ShownAddress {
  readonly family: 'inet' | 'inet6';
  readonly local: string;
  readonly prefixlen: number;
  readonly address?: string;
  readonly broadcast?: string;
  readonly scope: string;
  readonly tentative?: boolean;
}

export interface ShownRoute {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev: string;
  readonly metric?: number;
}

/** What a network namespace has: that of a process, or this process's own. */
export class NetworkView {
  readonly #words: readonly string[];

  constructor(pid?: number) {
    this.#words = pid === undefined ? [] : ['nsenter', `--net=/proc/${pid}/ns/net`];
  }

  links(): ShownLink[] {
    return this.#show<ShownLink>('-details', 'link', 'show');
  }

  /** @throws Error when there is none. */
  link(name: string): ShownLink {
    const link = this.links().find(({ ifname }) => ifname === name);
    if (link === undefined) throw new Error(`there is no ${name}`);
    return link;
  }

  names(): string[] {
    return this.links().map(({ ifname }) => ifname);
  }

  isUp(name: string): boolean {
    return this.link(name).flags.includes('UP');
  }

  addresses(name: string): ShownAddress[] {
    const [link] = this.#show<{ addr_info: ShownAddress[] }>('address', 'show', 'dev', name);
    return link?.addr_info ?? [];
  }

  routes(family: '-4' | '-6' = '-4'): ShownRoute[] {
    return this.#show<ShownRoute>(family, 'route', 'show');
  }

  /** Runs a program there; whether it ends with 0. */
  try(...words: readonly string[]): boolean {
    const [program = '', ...others] = [...this.#words, ...words];
    return spawnSync(program, others, { stdio: 'ignore' }).status === 0;
  }

  #show<T>(...words: readonly string[]): T[] {
    const [program = '', ...others] = [...this.#words, 'ip', '-json', ...words];
    return JSON.parse(execFileSync(program, others, { encoding: 'utf8' }) || '[]') as T[];
  }
}

/** The tests' own host. */
export const host = new NetworkView();

let macs = 0;

function nextMac(): string {
  macs += 1;
  return `52:54:00:b0:00:${macs.toString(16).padStart(2, '0')}`;
}

/** Waits for the last thing that the kernel does by itself: each has a link-local address, checked for duplicates. */
export async function settled(...names: readonly string[]): Promise<void> {
  await eventually(() => {
    for (const name of names) {
      const own = host.addresses(name).find(({ scope }) => scope === 'link');
      if (own === undefined || own.tentative === true) throw new Error(`${name} is not ready`);
    }
  });
}

export class HostLinks implements Disposable {
  readonly #made: string[] = [];

  /** @throws Error in a network that is in use, as the machine's own. */
  constructor(place: 'alone' | 'beside others' = 'alone') {
    const others = host.names().filter((name) => name !== 'lo');
    if (place === 'alone' && others.length > 0) {
      const why = `there is ${others.join(', ')} already`;
      throw new Error(
        `these tests want a network namespace of their own (see scripts/test.js): ${why}`,
      );
    }
  }

  /** With an address and a port that stay, so that other ports can come and go without a trace. */
  async bridge(name: string, ...addresses: readonly string[]): Promise<void> {
    this.#add(name, 'address', nextMac(), 'type', 'bridge', 'forward_delay', '0');
    const port = `${name}-port`;
    this.pair(port, `${name}-end`);
    ip('link', 'set', port, 'master', name, 'up');
    for (const address of addresses) ip('address', 'add', address, 'dev', name, 'nodad');
    ip('link', 'set', name, 'up');
    await settled(name, port, `${name}-end`);
  }

  /** Both ends on the host; `name` is down, its peer is up. */
  pair(name: string, peer: string): void {
    this.#add(name, 'address', nextMac(), 'type', 'veth', 'peer', peer);
    ip('link', 'set', peer, 'up');
  }

  [Symbol.dispose](): void {
    for (const name of this.#made.splice(0).reverse()) spawnSync('ip', ['link', 'del', name]);
  }

  #add(name: string, ...words: readonly string[]): void {
    ip('link', 'add', name, ...words);
    this.#made.push(name);
  }
}
