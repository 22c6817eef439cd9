/** Virtual networks without a host, as the commands see them. Every call is written down. */
import { TslxcError } from '../../../../lib/errors';
import type {
  Autostart,
  DefineOptions,
  Lease,
  NetworkInfo,
  NetworkPort,
  Warning,
} from '../../../../lib/index';

export interface FakeNetworkFields {
  readonly name: string;
  readonly uuid?: string;
  readonly active?: boolean;
  readonly persistent?: boolean;
  readonly autostart?: boolean;
  readonly bridge?: string;
  readonly xml?: string;
  readonly leases?: readonly Lease[];
  readonly ports?: readonly NetworkPort[];
  /** What an update of it warns of. */
  readonly warnings?: readonly Warning[];
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

  #requireActive(): void {
    if (this.fields.active === true) return;
    throw new TslxcError('OPERATION_INVALID', `network '${this.name}' is not active`);
  }

  async start(): Promise<void> {
    await this.#called('start');
    if (this.fields.active !== true) return;
    throw new TslxcError('OPERATION_INVALID', 'network is already active');
  }

  async destroy(): Promise<void> {
    await this.#called('destroy');
    this.#requireActive();
  }

  async undefine(): Promise<void> {
    await this.#called('undefine');
  }

  async setAutostart(on: Autostart): Promise<void> {
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

  async editableXml(): Promise<string> {
    return this.xml({ which: 'inactive' });
  }

  /** Title, description, and metadata by their URIs. */
  readonly notes = new Map<string, string>();

  #note(name: string, text: string | undefined): void {
    if (text === undefined || text === '') this.notes.delete(name);
    else this.notes.set(name, text);
  }

  async getTitle(options: unknown): Promise<string | undefined> {
    await this.#called('getTitle', options);
    return this.notes.get('title');
  }

  async setTitle(text: string | undefined, options: unknown): Promise<void> {
    await this.#called('setTitle', text, options);
    this.#note('title', text);
  }

  async getDescription(options: unknown): Promise<string | undefined> {
    await this.#called('getDescription', options);
    return this.notes.get('description');
  }

  async setDescription(text: string | undefined, options: unknown): Promise<void> {
    await this.#called('setDescription', text, options);
    this.#note('description', text);
  }

  async getMetadata(uri: string, options: unknown): Promise<string | undefined> {
    await this.#called('getMetadata', uri, options);
    return this.notes.get(uri);
  }

  async setMetadata(
    uri: string,
    content: { readonly key: string; readonly xml: string } | undefined,
    options: unknown,
  ): Promise<void> {
    await this.#called('setMetadata', uri, content, options);
    this.#note(uri, content?.xml);
  }

  async update({ onWarning, ...change }: Pick<DefineOptions, 'onWarning'>): Promise<void> {
    await this.#called('update', change);
    for (const warning of this.fields.warnings ?? []) onWarning?.(warning);
  }

  async ports(): Promise<readonly NetworkPort[]> {
    await this.#called('ports');
    this.#requireActive();
    return this.fields.ports ?? [];
  }

  async portXml(uuid: string): Promise<string> {
    await this.#called('portXml', uuid);
    this.#requirePort(uuid);
    return `<networkport>\n  <uuid>${uuid}</uuid>\n</networkport>\n`;
  }

  #requirePort(uuid: string): void {
    this.#requireActive();
    if (this.fields.ports?.some((port) => port.uuid === uuid) === true) return;
    throw new TslxcError('NO_NETWORK_PORT', `Network port with UUID ${uuid} does not exist`);
  }

  async createPort(
    xml: string,
    { onWarning, ...options }: DefineOptions = {},
  ): Promise<NetworkPort> {
    await this.#called('createPort', xml, options);
    for (const warning of this.fields.warnings ?? []) onWarning?.(warning);
    const owner = { name: 'web', uuid: this.uuid };
    return { uuid: this.uuid, owner, mac: '52:54:00:00:00:01', origin: 'created' };
  }

  async deletePort(uuid: string): Promise<void> {
    await this.#called('deletePort', uuid);
    this.#requirePort(uuid);
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
