/** Two network namespaces of a test file's own, and what another program says of them. */
import { execFileSync } from 'node:child_process';
import { native } from '../../lib/host/native';
import type { Link } from '../../lib/host/native';
import { Scratch } from './scratch';

export type Facts = Readonly<Record<string, unknown>>;

export class NetworkNamespaces {
  readonly #scratch = new Scratch();
  readonly #names = ['a', 'b'].map((name) => `tslxc-test-${process.pid}-${name}`);
  /** Descriptors. */
  readonly here: number;
  readonly there: number;

  constructor() {
    for (const name of this.#names) execFileSync('ip', ['netns', 'add', name]);
    const [here = -1, there = -1] = this.#names.map((name) =>
      this.#scratch.open(`/run/netns/${name}`),
    );
    this.here = here;
    this.there = there;
  }

  /** What `ip -json` answers, in a namespace. */
  ip(namespace: 'here' | 'there', ...words: readonly string[]): Facts[] {
    const output = this.run(namespace, 'ip', '-json', '-details', ...words);
    return output.trim() === '' ? [] : (JSON.parse(output) as Facts[]);
  }

  /** An interface, as `ip` shows it. */
  shown(namespace: 'here' | 'there', name: string): Facts {
    const [link] = this.ip(namespace, 'link', 'show', name);
    if (link === undefined) throw new Error(`ip shows no ${name}`);
    return link;
  }

  /** Runs a program in a namespace, and returns what it prints. */
  run(namespace: 'here' | 'there', ...argv: readonly string[]): string {
    const netns = this.#names[namespace === 'here' ? 0 : 1] ?? '';
    return execFileSync('ip', ['netns', 'exec', netns, ...argv], { encoding: 'utf8' });
  }

  /** Echo requests of `here`, each answered within three seconds; throws otherwise. */
  ping(address: string, ...options: readonly string[]): void {
    this.run('here', 'busybox', 'ping', '-W', '3', ...options, address);
  }

  async find(name: string, namespace = this.here): Promise<Link | undefined> {
    return (await native().listLinks(namespace)).find((link) => link.name === name);
  }

  /** The same, of an interface that is there. */
  async link(name: string, namespace = this.here): Promise<Link> {
    const link = await this.find(name, namespace);
    if (link === undefined) throw new Error(`there is no ${name}`);
    return link;
  }

  /** Removes all but the loopback interface; some are gone with others. */
  async empty(): Promise<void> {
    for (const namespace of [this.here, this.there]) {
      for (const { name } of await native().listLinks(namespace)) {
        if (name === 'lo') continue;
        await native()
          .deleteLink(name, namespace)
          .catch(() => undefined);
      }
    }
  }

  async dispose(): Promise<void> {
    for (const name of this.#names) execFileSync('ip', ['netns', 'del', name]);
    await this.#scratch.dispose();
  }
}
