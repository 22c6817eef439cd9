/** A connection without a host: domains are plain data, and every call is written down. For the tests of lib/cli. */
import { PassThrough } from 'node:stream';
import { findInterface } from '../../../lib/driver/interface-lookup';
import { TslxcError } from '../../../lib/errors';
import type { ExitRecord } from '../../../lib/container/exit-record';
import type {
  ConsoleOptions,
  DomainInfo,
  DomainState,
  ListFilter,
} from '../../../lib/driver/types';
import type {
  Connection,
  DomainAddress,
  InterfaceInfo,
  NetworkEvent,
  NetworkFilter,
  Rates,
  RatesChange,
} from '../../../lib/index';
import type { Plan } from '../../../lib/plan/operation';
import { FakeNetwork, fakeEvents } from './fake-network';
import type { FakeNetworkFields } from './fake-network';

export interface FakeDomainFields {
  readonly name: string;
  readonly uuid?: string;
  readonly id?: number;
  readonly state?: DomainState;
  readonly exit?: ExitRecord;
  readonly xml?: string;
  readonly persistent?: boolean;
  readonly interfaces?: readonly InterfaceInfo[];
  readonly addresses?: readonly DomainAddress[];
  readonly rates?: Rates;
  /** What getters of limits resolve to, by their names. */
  readonly limits?: Readonly<Record<string, unknown>>;
  readonly failure?: Error;
}

export class FakeConsole extends PassThrough {
  readonly dropped: bigint;
  readonly replayed = 0;
  readonly skipped = 0n;
  readonly sizes: unknown[] = [];

  constructor(dropped = 0n) {
    super();
    this.dropped = dropped;
  }

  resize(size: unknown): void {
    this.sizes.push(size);
  }
}

export class FakeDomain {
  readonly name: string;
  readonly uuid: string;
  readonly calls: unknown[] = [];
  readonly console = new FakeConsole(7n);
  id: number | undefined;
  readonly #fields: FakeDomainFields;

  constructor(fields: FakeDomainFields) {
    this.name = fields.name;
    this.uuid = fields.uuid ?? '02169d49-0068-4612-b2de-901c4a14c5a3';
    this.id = fields.id;
    this.#fields = fields;
  }

  async #called(...call: readonly unknown[]): Promise<void> {
    this.calls.push(call);
    await Promise.resolve();
    if (this.#fields.failure !== undefined) throw this.#fields.failure;
  }

  async start(options: unknown): Promise<void> {
    await this.#called('start', options);
    this.id = 4711;
  }

  async destroy(): Promise<void> {
    await this.#called('destroy');
  }

  async undefine(): Promise<void> {
    await this.#called('undefine');
  }

  async sendSignal(signal: number): Promise<void> {
    await this.#called('sendSignal', signal);
  }

  async state(): Promise<DomainState> {
    await this.#called('state');
    const off: DomainState = { state: 'shutoff', reason: 'unknown' };
    return (
      this.#fields.state ?? (this.id === undefined ? off : { state: 'running', reason: 'booted' })
    );
  }

  async info(): Promise<DomainInfo> {
    const state = await this.state();
    const running = this.id === undefined ? {} : { cpuTime: 1_250_000_000n };
    const usedMemory = this.id === undefined ? 102400 : 732;
    const persistent = this.#fields.persistent ?? true;
    return {
      state,
      maxMemory: 102400,
      usedMemory,
      vcpus: 1,
      persistent,
      autostart: false,
      isolation: 'none',
      ...running,
    };
  }

  async xml(options: unknown): Promise<string> {
    await this.#called('xml', options);
    return this.#fields.xml ?? `<domain type='lxc'>\n  <name>${this.name}</name>\n</domain>\n`;
  }

  async openConsole(options: ConsoleOptions): Promise<FakeConsole> {
    await this.#called('openConsole', options);
    return this.console;
  }

  async interfaces(options: unknown): Promise<readonly InterfaceInfo[]> {
    await this.#called('interfaces', options);
    return this.#fields.interfaces ?? [];
  }

  async addresses(options: unknown): Promise<readonly DomainAddress[]> {
    await this.#called('addresses', options);
    return this.#fields.addresses ?? [];
  }

  async getLink(device: string, options: unknown): Promise<'up' | 'down'> {
    await this.#called('getLink', device, options);
    return findInterface(this.#fields.interfaces ?? [], device).link;
  }

  async setLink(device: string, state: string, options: unknown): Promise<void> {
    await this.#called('setLink', device, state, options);
    findInterface(this.#fields.interfaces ?? [], device);
  }

  async getBandwidth(device: string, options: unknown): Promise<Rates> {
    await this.#called('getBandwidth', device, options);
    return this.#fields.rates ?? {};
  }

  async setBandwidth(device: string, change: RatesChange, options: unknown): Promise<void> {
    await this.#called('setBandwidth', device, change, options);
  }

  async getMemory(options: unknown): Promise<unknown> {
    return this.#limit('getMemory', options);
  }

  async getMemoryTuning(options: unknown): Promise<unknown> {
    return this.#limit('getMemoryTuning', options);
  }

  async getCpuTuning(options: unknown): Promise<unknown> {
    return this.#limit('getCpuTuning', options);
  }

  async getCpuset(options: unknown): Promise<unknown> {
    return this.#limit('getCpuset', options);
  }

  async getNumaTuning(options: unknown): Promise<unknown> {
    return this.#limit('getNumaTuning', options);
  }

  async getBlockTuning(options: unknown): Promise<unknown> {
    return this.#limit('getBlockTuning', options);
  }

  async getProcessLimit(options: unknown): Promise<unknown> {
    return this.#limit('getProcessLimit', options);
  }

  async setMemory(change: unknown, options: unknown): Promise<void> {
    await this.#called('setMemory', change, options);
  }

  async setMaxMemory(change: unknown, options: unknown): Promise<void> {
    await this.#called('setMaxMemory', change, options);
  }

  async setMemoryTuning(change: unknown, options: unknown): Promise<void> {
    await this.#called('setMemoryTuning', change, options);
  }

  async setCpuTuning(change: unknown, options: unknown): Promise<void> {
    await this.#called('setCpuTuning', change, options);
  }

  async setCpuset(change: unknown, options: unknown): Promise<void> {
    await this.#called('setCpuset', change, options);
  }

  async setVcpus(change: unknown, options: unknown): Promise<void> {
    await this.#called('setVcpus', change, options);
  }

  async setNumaTuning(change: unknown, options: unknown): Promise<void> {
    await this.#called('setNumaTuning', change, options);
  }

  async setBlockTuning(change: unknown, options: unknown): Promise<void> {
    await this.#called('setBlockTuning', change, options);
  }

  async setProcessLimit(change: unknown, options: unknown): Promise<void> {
    await this.#called('setProcessLimit', change, options);
  }

  async #limit(getter: string, options: unknown): Promise<unknown> {
    await this.#called(getter, options);
    return this.#fields.limits?.[getter];
  }

  consolePath(): string | undefined {
    return this.id === undefined ? undefined : '/dev/pts/5';
  }

  async wait(): Promise<ExitRecord> {
    await this.#called('wait');
    this.id = undefined;
    return this.#fields.exit ?? { how: 'exited', code: 0, time: 0, boot: '' };
  }
}

export class FakeConnection {
  readonly uri = 'lxc:///';
  readonly domains: FakeDomain[];
  networks: FakeNetwork[] = [];
  networkHistory: readonly NetworkEvent[] = [];
  readonly calls: unknown[] = [];
  readonly planned: Plan | undefined;
  /** What every call rejects with. */
  failure: Error | undefined;
  closed = 0;

  constructor(domains: readonly FakeDomainFields[] = [], planned?: Plan) {
    this.domains = domains.map((fields) => new FakeDomain(fields));
    this.planned = planned;
  }

  /** As the command sees it. The class has private fields, so that nothing else is assignable to it. */
  asConnection(): Connection {
    return this as unknown as Connection;
  }

  async #called(...call: readonly unknown[]): Promise<void> {
    this.calls.push(call);
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
  }

  async #find(test: (domain: FakeDomain) => boolean, what: string): Promise<FakeDomain> {
    await this.#called('lookup', what);
    const found = this.domains.find(test);
    if (found === undefined) throw new TslxcError('NO_DOMAIN', `no domain with matching ${what}`);
    return found;
  }

  async lookupDomainByName(name: string): Promise<FakeDomain> {
    return this.#find((domain) => domain.name === name, `name '${name}'`);
  }

  async lookupDomainByUuid(uuid: string): Promise<FakeDomain> {
    return this.#find((domain) => domain.uuid === uuid, `uuid '${uuid}'`);
  }

  async lookupDomainById(id: number): Promise<FakeDomain> {
    return this.#find((domain) => domain.id === id, `id ${id}`);
  }

  async defineDomain(xml: string): Promise<FakeDomain> {
    await this.#called('defineDomain', xml);
    return new FakeDomain({ name: 'helloworld' });
  }

  async createDomain(xml: string, options: unknown): Promise<FakeDomain> {
    await this.#called('createDomain', xml, options);
    return new FakeDomain({ name: 'helloworld', id: 4711 });
  }

  async listDomains(filter: ListFilter): Promise<FakeDomain[]> {
    await this.#called('listDomains', filter);
    return this.domains.filter(
      ({ id }) => filter.state === undefined || (filter.state === 'active') === (id !== undefined),
    );
  }

  withNetworks(...networks: readonly FakeNetworkFields[]): this {
    this.networks = networks.map((fields) => new FakeNetwork(fields));
    return this;
  }

  async #findNetwork(test: (network: FakeNetwork) => boolean, what: string): Promise<FakeNetwork> {
    await this.#called('lookup', what);
    const found = this.networks.find(test);
    if (found === undefined) throw new TslxcError('NO_NETWORK', `no network with matching ${what}`);
    return found;
  }

  async lookupNetworkByName(name: string): Promise<FakeNetwork> {
    return this.#findNetwork((network) => network.name === name, `name '${name}'`);
  }

  async lookupNetworkByUuid(uuid: string): Promise<FakeNetwork> {
    return this.#findNetwork((network) => network.uuid === uuid, `uuid '${uuid}'`);
  }

  async defineNetwork(xml: string): Promise<FakeNetwork> {
    await this.#called('defineNetwork', xml);
    return new FakeNetwork({ name: 'lab' });
  }

  async createNetwork(xml: string): Promise<FakeNetwork> {
    await this.#called('createNetwork', xml);
    return new FakeNetwork({ name: 'lab', active: true });
  }

  async listNetworks(filter: NetworkFilter): Promise<FakeNetwork[]> {
    await this.#called('listNetworks', filter);
    return this.networks.filter(
      ({ fields: { active = false } }) =>
        filter.state === undefined || (filter.state === 'active') === active,
    );
  }

  networkEvents({ signal }: { signal?: AbortSignal } = {}): AsyncIterable<NetworkEvent> {
    this.calls.push(['networkEvents']);
    return fakeEvents(this.networkHistory, signal);
  }

  plan(target: unknown): Plan {
    this.calls.push(['plan', target]);
    if (this.planned === undefined) throw new TslxcError('XML_ERROR', 'no plan');
    return this.planned;
  }

  async reap(): Promise<number> {
    await this.#called('reap');
    return 2;
  }

  version(): { library: string; kernel: string } {
    return { library: '0.1.0', kernel: '6.18.44' };
  }

  ref(): void {
    this.calls.push(['ref']);
  }

  async close(): Promise<void> {
    this.closed += 1;
    await Promise.resolve();
  }
}
