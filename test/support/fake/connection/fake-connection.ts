/** A connection without a host: domains are plain data, and every call is written down. For the tests of lib/cli. */
import { domainXml } from '../../../../lib/domain/builder/domain-xml';
import { TslxcError } from '../../../../lib/errors';
import type { ExitRecord } from '../../../../lib/index';
import type { Seen } from '../../../../lib/driver/lookup/lookup';
import type { Autostarted } from '../../../../lib/driver/lifecycle/autostart';
import type { DomainEvent } from '../../../../lib/driver/types';
import type {
  Connection,
  CreateOptions,
  DefineOptions,
  Domain,
  DomainEvents,
  DomainSpec,
  DomainStatistics,
  HostSecurity,
  Imported,
  ImportOptions,
  NativeDomain,
  Network,
  NetworkEvent,
  NetworkEvents,
  FreePages,
  MemoryMerging,
  ListFilter,
  NodeCpuMap,
  NodeCpuStatistics,
  NodeInfo,
  NodeMemoryStatistics,
  PlanOptions,
  PurgeItem,
  PurgeOptions,
  Warning,
} from '../../../../lib/index';
import type { Plan } from '../../../../lib/plan/plan';
import type { Faked } from './faked';
import { FakeNetworkFilters } from './fake-network-filters';
import { FakeHostInterfaces } from './fake-host-interfaces';
import { FakeNetwork, fakeEvents } from './fake-network';
import type { FakeNetworkFields } from './fake-network';
import { FakeNodeDevices } from './fake-node-devices';
import { FakeDomain } from './fake-domain';
import type { FakeDomainFields } from './fake-domain-fields';

export class FakeConnection {
  readonly uri = 'lxc:///';
  readonly domains: FakeDomain[];
  networks: FakeNetwork[] = [];
  readonly nodeDevices = new FakeNodeDevices();
  readonly hostInterfaces = new FakeHostInterfaces();
  readonly networkFilters = new FakeNetworkFilters();
  networkHistory: readonly NetworkEvent[] = [];
  purgeable: readonly PurgeItem[] = [];
  history: readonly DomainEvent[] = [];
  autostarted: readonly Autostarted[] = [];
  readonly calls: unknown[] = [];
  readonly planned: Plan | undefined;
  /** What every call rejects with. */
  failure: Error | undefined;
  closed = 0;

  constructor(domains: readonly FakeDomainFields[] = [], planned?: Plan) {
    this.domains = domains.map(
      (fields) => new FakeDomain(fields) satisfies Faked<Domain, FakeDomain>,
    );
    this.planned = planned;
  }

  /** As the command sees it. The class has private fields, so that nothing else is assignable to it. */
  asConnection(): Connection {
    return this satisfies Faked<Connection, FakeConnection> as unknown as Connection;
  }

  async #called(...call: readonly unknown[]): Promise<void> {
    this.calls.push(call);
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
  }

  async #find(test: (domain: FakeDomain) => boolean, what: string): Promise<FakeDomain> {
    await this.#called('lookup', what);
    const found = this.domains.find(test);
    if (found === undefined) throw new TslxcError('NO_DOMAIN', `No domain with matching ${what}`);
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

  /** What a definition is refused with, one after the other. */
  readonly refusals: Error[] = [];
  /** What a definition or a start from XML warns of. */
  readonly warnings: Warning[] = [];

  async #takenIn(call: string, xml: string, options: DefineOptions): Promise<void> {
    const { onWarning, ...others } = options;
    await this.#called(call, xml, ...(Object.keys(others).length > 0 ? [others] : []));
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw refusal;
    for (const warning of this.warnings) onWarning?.(warning);
  }

  async defineDomain(xml: string | DomainSpec, options: DefineOptions = {}): Promise<FakeDomain> {
    const text = typeof xml === 'string' ? xml : domainXml(xml);
    await this.#takenIn('defineDomain', text, options);
    return new FakeDomain({ name: 'helloworld' });
  }

  async createDomain(xml: string | DomainSpec, options: CreateOptions = {}): Promise<FakeDomain> {
    await this.#called('createDomain', xml, options);
    for (const warning of this.warnings) options.onWarning?.(warning);
    return new FakeDomain({ name: 'helloworld', id: 4711 });
  }

  async listDomains(filter: ListFilter = {}): Promise<FakeDomain[]> {
    await this.#called('listDomains', filter);
    if (filter.autostart === 'on') return [];
    return this.domains.filter(
      ({ id }) => filter.state === undefined || (filter.state === 'active') === (id !== undefined),
    );
  }

  /** What domains use, a snapshot a call; the last again and again. */
  snapshots: readonly (readonly DomainStatistics[])[] = [[]];

  async stats(
    options: { readonly filter?: ListFilter | undefined } = {},
  ): Promise<DomainStatistics[]> {
    await this.#called('stats', options);
    const [next = [], ...rest] = this.snapshots;
    if (rest.length > 0) this.snapshots = rest;
    return [...next];
  }

  async listSeenDomains(filter: ListFilter = {}): Promise<(Seen & { domain: FakeDomain })[]> {
    const domains = await this.listDomains(filter);
    return domains.map((domain) => ({
      domain,
      id: domain.id,
      state: () => domain.state(),
    }));
  }

  withNetworks(...networks: readonly FakeNetworkFields[]): this {
    this.networks = networks.map(
      (fields) => new FakeNetwork(fields) satisfies Faked<Network, FakeNetwork>,
    );
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

  async defineNetwork(xml: string, options: DefineOptions = {}): Promise<FakeNetwork> {
    await this.#takenIn('defineNetwork', xml, options);
    return new FakeNetwork({ name: 'lab' });
  }

  async createNetwork(xml: string, options: DefineOptions = {}): Promise<FakeNetwork> {
    await this.#takenIn('createNetwork', xml, options);
    return new FakeNetwork({ name: 'lab', active: true });
  }

  async listNetworks(filter: ListFilter = {}): Promise<FakeNetwork[]> {
    await this.#called('listNetworks', filter);
    return this.networks.filter(
      ({ fields: { active = false } }) =>
        filter.state === undefined || (filter.state === 'active') === active,
    );
  }

  events({ signal }: { signal?: AbortSignal | undefined } = {}): DomainEvents {
    this.calls.push(['events']);
    return fakeEvents(this.history, signal);
  }

  async autostartAll(): Promise<readonly Autostarted[]> {
    await this.#called('autostartAll');
    return this.autostarted;
  }

  networkEvents({ signal }: { signal?: AbortSignal | undefined } = {}): NetworkEvents {
    this.calls.push(['networkEvents']);
    return fakeEvents(this.networkHistory, signal);
  }

  converted: NativeDomain = { name: 'web', xml: '<domain/>\n', autostart: 'off', warnings: [] };

  async domainXmlFromNative(format: string, configuration: unknown): Promise<NativeDomain> {
    await this.#called('domainXmlFromNative', format, configuration);
    return this.converted;
  }

  /** How domains that are gone have ended, by name. */
  readonly ends = new Map<string, ExitRecord>();

  async lastExit(name: string): Promise<ExitRecord> {
    await this.#called('lastExit', name);
    const exit = this.ends.get(name);
    if (exit !== undefined) return exit;
    throw new TslxcError('NO_DOMAIN', `No domain with matching name '${name}'`);
  }

  importable: readonly Imported[] = [];

  async importLibvirt(options: ImportOptions = {}): Promise<readonly Imported[]> {
    const { onItem, ...rest } = options;
    await this.#called('importLibvirt', rest);
    for (const item of this.importable) onItem?.(item);
    return this.importable;
  }

  async plan(target: unknown, options: PlanOptions = {}): Promise<Plan> {
    for (const warning of this.warnings) options.onWarning?.(warning);
    await this.#called('plan', target);
    if (this.planned === undefined) throw new TslxcError('XML_DETAIL', 'no plan');
    return this.planned;
  }

  async reap(): Promise<number> {
    await this.#called('reap');
    return 2;
  }

  security: HostSecurity = { model: 'none', doi: '0' };

  async securityModel(): Promise<HostSecurity> {
    await this.#called('securityModel');
    return this.security;
  }

  async capabilities(): Promise<string> {
    await this.#called('capabilities');
    return '<capabilities/>\n';
  }

  nodeInfo(): NodeInfo {
    const shape = { cpus: 16, cells: 2, sockets: 2, cores: 2, threads: 2 };
    return { model: 'i686', mhz: 1400, ...shape, memory: 3145728 };
  }

  nodeCpuStats({ cpu }: { cpu?: number | undefined } = {}): NodeCpuStatistics {
    if (cpu !== undefined) throw new TslxcError('INVALID_ARG', `Invalid cpuNum ${cpu}`);
    const [user, system] = [9_797_400_000n, 34_678_723_400_000n];
    return { user, system, idle: 87_264_900_000n, iowait: 763_600_000n };
  }

  nodeMemoryStats({ cell }: { cell?: number | undefined } = {}): NodeMemoryStatistics {
    const host = { total: 24690000, free: 123 };
    return cell === undefined ? { ...host, buffers: 7, cached: 8 } : host;
  }

  nodeCpuMap(): NodeCpuMap {
    return { present: 5, online: [0, 1, 2, 4] };
  }

  nodeCells(): number[] {
    return [0, 1];
  }

  nodeFreeMemory({ cell }: { cell?: number | undefined } = {}): number {
    if (cell === undefined) return 1234567;
    if (cell > 1) {
      throw new TslxcError('INTERNAL_ERROR', `start cell ${cell} out of range (0-1)`);
    }
    return 1000 * (cell + 1);
  }

  nodeFreePages({ cell }: { cell?: number | undefined } = {}): FreePages[] {
    return [
      { size: 4, free: cell ?? 99 },
      { size: 2048, free: 3 },
    ];
  }

  nodeAllocatePages(change: unknown): void {
    this.calls.push(['nodeAllocatePages', change]);
    if (this.failure !== undefined) throw this.failure;
  }

  nodeMemoryMerging(): MemoryMerging {
    if (this.failure !== undefined) throw this.failure;
    return { pagesToScan: 100, sleepMilliseconds: 20, mergeAcrossNodes: true, pagesShared: 7n };
  }

  setNodeMemoryMerging(change: unknown): void {
    this.calls.push(['setNodeMemoryMerging', change]);
    if (this.failure !== undefined) throw this.failure;
  }

  async suspendNode(target: string, seconds: number): Promise<void> {
    await this.#called('suspendNode', target, seconds);
  }

  hostname(): string {
    return 'box.example.org';
  }

  sysinfo(): string {
    if (this.failure !== undefined) throw this.failure;
    return "<sysinfo type='smbios'/>\n";
  }

  async previewPurge(): Promise<readonly PurgeItem[]> {
    await this.#called('previewPurge');
    return this.purgeable;
  }

  async purge({ onItem, shown }: PurgeOptions = {}): Promise<void> {
    await this.#called('purge', ...(shown === undefined ? [] : [shown]));
    for (const item of this.purgeable) onItem?.(item);
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
