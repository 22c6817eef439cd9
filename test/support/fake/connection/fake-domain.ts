/** A domain without a host: plain data, and every call is written down. For the tests of lib/cli. */
import { FakeConsole } from './fake-console';
import type { Answer, FakeDomainFields, LimitGetter } from './fake-domain-fields';
import { findInterface } from '../../../../lib/driver/interfaces/interface-lookup';
import { RunningCommand } from '../../../../lib/driver/exec/running-command';
import { TslxcError } from '../../../../lib/errors';
import type { ExitRecord } from '../../../../lib/container/record/exit-record';
import type {
  Autostart,
  ConsoleOptions,
  DomainInfo,
  DomainState,
} from '../../../../lib/driver/types';
import type { WaitOptions } from '../../../../lib/driver/waits/types';
import type {
  BlockStatistics,
  DetachedOptions,
  DeviceOptions,
  Domain,
  DomainAddress,
  DomainStatistics,
  ExecOptions,
  InterfaceInfo,
  LogLine,
  LogOptions,
  PowerAnswer,
  PowerOptions,
  Rates,
  RatesChange,
  SecurityLabelInfo,
  StartOptions,
  StartResult,
} from '../../../../lib/index';

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

  async start(options: StartOptions = {}): Promise<StartResult> {
    await this.#called('start', options);
    this.id = 4711;
    const { warnings = [] } = this.#fields;
    for (const warning of warnings) options.onWarning?.(warning);
    return { warnings };
  }

  async suspend(): Promise<void> {
    await this.#called('suspend');
  }

  async resume(): Promise<void> {
    await this.#called('resume');
  }

  async shutdown(options?: PowerOptions): Promise<PowerAnswer> {
    await this.#called('shutdown', options);
    return {
      by: 'signal',
      signal: 15,
      outcome: options?.timeout === undefined ? 'asked' : 'stopped',
    };
  }

  async reboot(options?: PowerOptions): Promise<PowerAnswer> {
    await this.#called('reboot', options);
    return {
      by: 'signal',
      signal: 15,
      outcome: options?.timeout === undefined ? 'asked' : 'rebooted',
    };
  }

  async destroy(): Promise<void> {
    await this.#called('destroy');
  }

  async undefine(): Promise<void> {
    await this.#called('undefine');
  }

  async securityLabel(): Promise<SecurityLabelInfo | undefined> {
    await this.#called('securityLabel');
    return this.#fields.securityLabel;
  }

  exec(argv: readonly string[], options: ExecOptions = {}): RunningCommand<never, never> {
    const start = async (): Promise<never> => {
      await this.#called('exec', argv, options);
      throw new TslxcError('OPERATION_INVALID', 'no commands here');
    };
    return new RunningCommand<never, never>(start(), { ...options, domain: this.name });
  }

  async *logLines(options: LogOptions = {}): AsyncGenerator<LogLine, undefined> {
    await this.#called('logLines', options);
    const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
    const time = new Date('2026-01-02T03:04:05.678Z');
    yield { line: 'a line', bytes: bytes('a \xffline\r\n'), time };
    yield { line: 'an older one', bytes: bytes('an older one'), time: undefined };
    return undefined;
  }

  async execDetached(argv: readonly string[], options: DetachedOptions = {}): Promise<void> {
    await this.#called('execDetached', argv, options);
  }

  async sendSignal(signal: number | string): Promise<void> {
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
      currentMemory: 102400,
      usedMemory,
      vcpus: 1,
      maxVcpus: 1,
      persistent,
      autostart: false,
      isolation: this.#fields.isolation ?? 'none',
      ...running,
    };
  }

  async stats(): Promise<DomainStatistics> {
    await this.#called('stats');
    const { name, uuid, id } = this;
    const state = await this.state();
    const off = { name, uuid, time: 1, state };
    return id === undefined ? off : { ...off, id, ...this.#fields.statistics };
  }

  async blockStats(device?: string): Promise<BlockStatistics> {
    await this.#called('blockStats', device);
    if (this.#fields.blocks !== undefined) return this.#fields.blocks;
    throw new TslxcError('OPERATION_UNSUPPORTED', 'not counted');
  }

  async xml(options: unknown): Promise<string> {
    await this.#called('xml', options);
    return this.#fields.xml ?? `<domain type='lxc'>\n  <name>${this.name}</name>\n</domain>\n`;
  }

  startRefusal(): Promise<string | undefined> {
    return Promise.resolve(this.#fields.refusal);
  }

  async editableXml(): Promise<string> {
    return this.xml({ which: 'inactive' });
  }

  async openConsole(options: ConsoleOptions = {}): Promise<FakeConsole> {
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

  async hostname(): Promise<string> {
    await this.#called('hostname');
    const { hostname } = this.#fields;
    if (hostname !== undefined) return hostname;
    throw new TslxcError('NO_HOSTNAME', `no hostname found for domain ${this.name}`);
  }

  async getLink(device: string, options: unknown): Promise<'up' | 'down'> {
    await this.#called('getLink', device, options);
    return findInterface(this.#fields.interfaces ?? [], device).link;
  }

  async setLink(device: string, state: string, options: unknown): Promise<void> {
    await this.#called('setLink', device, state, options);
    findInterface(this.#fields.interfaces ?? [], device);
  }

  async attachDevice(xml: string, options: DeviceOptions = {}): Promise<void> {
    await this.#device('attachDevice', xml, options);
  }

  async detachDevice(xml: string, options: unknown): Promise<void> {
    await this.#called('detachDevice', xml, options);
  }

  async updateDevice(xml: string, options: DeviceOptions = {}): Promise<void> {
    await this.#device('updateDevice', xml, options);
  }

  async #device(call: string, xml: string, { onWarning, ...rest }: DeviceOptions): Promise<void> {
    await this.#called(call, xml, rest);
    for (const warning of this.#fields.warnings ?? []) onWarning?.(warning);
  }

  async getBandwidth(device: string, options: unknown): Promise<Rates> {
    await this.#called('getBandwidth', device, options);
    return this.#fields.rates ?? {};
  }

  async setBandwidth(device: string, change: RatesChange, options: unknown): Promise<void> {
    await this.#called('setBandwidth', device, change, options);
  }

  /** What is said of it: `title`, `description`, and metadata by URI. */
  readonly notes = new Map<string, string>();

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

  #note(what: string, text: string | undefined): void {
    if (text === undefined) this.notes.delete(what);
    else this.notes.set(what, text);
  }

  async rename(name: string): Promise<FakeDomain> {
    await this.#called('rename', name);
    return new FakeDomain({ ...this.#fields, name });
  }

  async setAutostart(autostart: Autostart): Promise<void> {
    await this.#called('setAutostart', autostart);
  }

  async waitFor(options: WaitOptions): Promise<Awaited<ReturnType<Domain['waitFor']>>> {
    await this.#called('waitFor', options);
    if (options.address !== undefined) return '192.0.2.7';
    if (options.port !== undefined) return { family: 'ipv6', address: '::', port: options.port };
    if (options.console !== undefined) return /o.t/.exec('some output') ?? undefined;
    if (options.exec !== undefined) return undefined;
    if (options.exit !== undefined) return { how: 'killed', signal: 9, time: 0, boot: '' };
    return { state: 'running', reason: 'booted' };
  }

  async getMemory(options?: unknown): Answer<'getMemory'> {
    return this.#limit('getMemory', options);
  }

  async getMemoryTuning(options?: unknown): Answer<'getMemoryTuning'> {
    return this.#limit('getMemoryTuning', options);
  }

  async getCpuTuning(options?: unknown): Answer<'getCpuTuning'> {
    return this.#limit('getCpuTuning', options);
  }

  async getCpuset(options?: unknown): Answer<'getCpuset'> {
    return this.#limit('getCpuset', options);
  }

  async getNumaTuning(options?: unknown): Answer<'getNumaTuning'> {
    return this.#limit('getNumaTuning', options);
  }

  async getBlockTuning(options?: unknown): Answer<'getBlockTuning'> {
    return this.#limit('getBlockTuning', options);
  }

  async getProcessLimit(options?: unknown): Answer<'getProcessLimit'> {
    return this.#limit('getProcessLimit', options);
  }

  async getHugepageLimits(options?: unknown): Answer<'getHugepageLimits'> {
    return this.#limit('getHugepageLimits', options);
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

  async setHugepageLimit(change: unknown, options: unknown): Promise<void> {
    await this.#called('setHugepageLimit', change, options);
  }

  async #limit<Getter extends LimitGetter>(
    getter: Getter,
    options: unknown,
  ): Promise<Awaited<Answer<Getter>>> {
    await this.#called(getter, options);
    return this.#fields.limits?.[getter] as Awaited<Answer<Getter>>;
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
