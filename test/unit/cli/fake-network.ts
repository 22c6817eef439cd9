/** Virtual networks without a host, as the commands see them. Every call is written down. */
import type { Lease, NetworkInfo } from '../../../lib/index';

export interface FakeNetworkFields {
  readonly name: string;
  readonly uuid?: string;
  readonly active?: boolean;
  readonly persistent?: boolean;
  readonly autostart?: boolean;
  readonly bridge?: string;
  readonly xml?: string;
  readonly leases?: readonly Lease[];
  /** What every call rejects with. */
  readonly failure?: Error;
}

export class FakeNetwork {
  readonly name: string;
  readonly uuid: string;
  readonly calls: unknown[] = [];
  readonly fields: FakeNetworkFields;

  constructor(fields: FakeNetworkFields) {
    this.name = fields.name;
    this.uuid = fields.uuid ?? '6f1b2a3c-5d4e-4f60-8a7b-9c0d1e2f3a4b';
    this.fields = fields;
  }

  async #called(...call: readonly unknown[]): Promise<void> {
    this.calls.push(call);
    await Promise.resolve();
    if (this.fields.failure !== undefined) throw this.fields.failure;
  }

  async start(): Promise<void> {
    await this.#called('start');
  }

  async destroy(): Promise<void> {
    await this.#called('destroy');
  }

  async undefine(): Promise<void> {
    await this.#called('undefine');
  }

  async setAutostart(on: 'on' | 'off'): Promise<void> {
    await this.#called('setAutostart', on);
  }

  async info(): Promise<NetworkInfo> {
    await this.#called('info');
    const { active = false, persistent = true, autostart = false, bridge } = this.fields;
    const of = bridge === undefined ? {} : { bridge };
    return { active, persistent, autostart, connections: 0, ...of };
  }

  async xml(options: unknown): Promise<string> {
    await this.#called('xml', options);
    return this.fields.xml ?? `<network>\n  <name>${this.name}</name>\n</network>\n`;
  }

  async leases(options: unknown): Promise<readonly Lease[]> {
    await this.#called('leases', options);
    return this.fields.leases ?? [];
  }
}

/** Gives out its events, then waits until the signal ends it. */
export async function* fakeEvents<Event>(
  events: readonly Event[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Event, undefined> {
  for (const event of events) {
    await Promise.resolve();
    yield event;
  }
  await new Promise<void>((resolve) => {
    if (signal?.aborted === true) resolve();
    else signal?.addEventListener('abort', () => resolve());
  });
  return undefined;
}
