/**
 * Much that happens at random for some minutes, kills among it, to several domains and networks by several callers; then
 * one purge, and the host is as it was before. TSLXC_TEST_MINUTES says how long, TSLXC_TEST_SEED repeats a run.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import { initsOf, monitorsOf, tracesOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { startOnce } from '../support/world/first-start';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import { libraryWords } from '../support/process/library-child';
import { automaticIdMapXml, privateNetworkXml } from '../support/domain/mapped-domain';
import { commandEnvironment, runCommand, spawnCommand } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import { networkXml, processes, traces } from '../support/network/virtual-network-world';

const minutes = 60_000;
const duration = Number(process.env['TSLXC_TEST_MINUTES'] ?? 3) * minutes;
const seed = Number(process.env['TSLXC_TEST_SEED'] ?? Date.now() % 1_000_000);

const domains = ['busy-a', 'busy-b', 'busy-c', 'busy-d'];
const callers = 3;

/** Others end at the same time. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A generator that a seed repeats: mulberry32. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

class Busy {
  readonly #random: () => number;
  readonly #root: string;
  readonly #connection: Connection;
  readonly counts = new Map<string, { done: number; refused: number }>();

  constructor(root: string, connection: Connection, start: number) {
    this.#root = root;
    this.#connection = connection;
    this.#random = randomFrom(start);
  }

  async until(end: number): Promise<void> {
    const actions = Object.entries(this.#actions);
    while (Date.now() < end) {
      const [what, action] = this.#pick(actions);
      const count = this.counts.get(what) ?? { done: 0, refused: 0 };
      this.counts.set(what, count);
      try {
        await action();
        count.done += 1;
      } catch (error) {
        // Another is quicker, or a victim was another’s: an error of ours, and nothing else.
        if (!(error instanceof Error) || !('code' in error)) throw error;
        count.refused += 1;
      }
    }
  }

  readonly #actions: Readonly<Record<string, () => Promise<unknown>>> = {
    define: () => this.#connection.defineDomain(this.#xml(this.#name())),
    start: async () => (await this.#domain()).start(this.#ownership()),
    'start again': async () => (await this.#domain()).start(this.#ownership()),
    create: () => this.#connection.createDomain(this.#xml(this.#name()), this.#ownership()),
    destroy: async () => (await this.#domain()).destroy(),
    undefine: async () => (await this.#domain()).undefine(),
    list: () => this.#connection.listDomains(),
    'kill the monitor': () => this.#kill(monitorsOf(this.#name())),
    'kill init': () => this.#kill(initsOf(this.#name())),
    'kill a caller': () => this.#killCaller(),
    'start the network': async () => (await this.#network()).start(),
    'destroy the network': async () => (await this.#network()).destroy(),
    'kill dnsmasq': () => this.#kill(processes(/^dnsmasq$/).map(({ pid }) => pid)),
    'kill its keeper': () => this.#kill(processes(/^tslxc-keeper$/).map(({ pid }) => pid)),
    'by the command': async () => {
      const verb = this.#pick(['start', 'destroy', 'domstate', 'dumpxml']);
      await spawnCommand([verb, this.#name()], { root: this.#root });
    },
  };

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T;
  }

  #name(): string {
    return this.#pick(domains);
  }

  #ownership(): { ownership: 'keep' | 'leave' } {
    return { ownership: this.#pick(['keep', 'leave']) };
  }

  #domain(): ReturnType<Connection['lookupDomainByName']> {
    return this.#connection.lookupDomainByName(this.#name());
  }

  #network(): ReturnType<Connection['lookupNetworkByName']> {
    return this.#connection.lookupNetworkByName('busy');
  }

  /** Of each name always the same, so that defining it anew changes nothing. */
  #xml(name: string): string {
    const elements: Readonly<Record<string, string>> = {
      'busy-b': `${automaticIdMapXml}\n${privateNetworkXml}`,
      'busy-c': '<on_crash>restart</on_crash>',
    };
    const devices = "<interface type='network'><source network='busy'/></interface>";
    return domainXml({
      name,
      memory: 32_768,
      elements: elements[name] ?? '',
      ...(['busy-a', 'busy-d'].includes(name) ? { devices } : {}),
      filesystems: name === 'busy-d' ? [{ source: '/etc', target: `${this.#root}/x/y` }] : [],
    });
  }

  async #kill(pids: readonly number[]): Promise<void> {
    for (const pid of pids) killIfThere(pid);
    await sleep(this.#random() * 50);
  }

  /** One that starts and destroys, at a moment of chance. */
  async #killCaller(): Promise<void> {
    const [program, ...words] = libraryWords(`
      const connection = await connect();
      const domain = await connection.lookupDomainByName(${JSON.stringify(this.#name())});
      console.log('ready');
      for (;;) {
        await domain.start().catch(() => undefined);
        await domain.destroy().catch(() => undefined);
      }`);
    const env = commandEnvironment(this.#root);
    const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(child, 'close');
    await Promise.race([once(child.stdout, 'data'), ended]);
    await sleep(this.#random() * 30);
    child.kill('SIGKILL');
    await ended;
  }
}

test(
  `after ${duration / minutes} minutes of everything, purge leaves the host as it was (seed ${seed})`,
  async () => {
    await startOnce();
    const before = snapshotHost();
    const networkBefore = traces();
    await using root = await makeTestRoot();
    const connections = await Promise.all(
      Array.from({ length: callers }, () => connect(undefined, { root: root.path })),
    );
    const [first] = connections;
    await first?.defineNetwork(
      networkXml('busy', 44, "<forward mode='nat'/><bridge name='busy0'/>"),
    );
    const busy = connections.map((one, index) => new Busy(root.path, one, seed + index));
    const end = Date.now() + duration;
    await Promise.all(busy.map((one) => one.until(end)));
    for (const connection of connections) await connection.close();
    print(busy);
    const ran = await runCommand(['purge', '--yes'], { root: root.path });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    await eventually(() => expect(domains.flatMap(tracesOf)).toEqual([]));
    // The other end of an interface that was in a network namespace goes with that, a moment after its last process.
    await eventually(() => expect(traces()).toEqual(networkBefore));
    await eventually(() => expect(readdirSync(root.path)).toEqual([]));
    await expectHostUnchanged(before);
  },
  duration + 3 * minutes,
);

function print(busy: readonly Busy[]): void {
  const total = new Map<string, { done: number; refused: number }>();
  for (const [what, { done, refused }] of busy.flatMap((one) => [...one.counts])) {
    const sum = total.get(what) ?? { done: 0, refused: 0 };
    total.set(what, { done: sum.done + done, refused: sum.refused + refused });
  }
  for (const [what, { done, refused }] of total)
    process.stdout.write(`${what}: ${done} done, ${refused} refused\n`);
}
