/** A host without containers: run states in memory, with the rules of container/. For the tests of lib/driver. */
import { setImmediate } from 'node:timers/promises';
import { linkTables } from '../../../../lib/container/interfaces/tables/link-tables';
import { FakeForwards } from './fake-forwards';
import { FakeLocks } from './fake-locks';
import { ProtocolError, TslxcError } from '../../../../lib/errors';
import type { CleanUpContext } from '../../../../lib/container/record/cleanup';
import { atOnce } from '../../../../lib/container/record/recording';
import type { ExitRecord } from '../../../../lib/container/record/exit-record';
import type { ContainerStart } from '../../../../lib/container/start/container-start';
import type { InitControl } from '../../../../lib/container/init/init-control';
import { controlVersion } from '../../../../lib/container/monitor/messages';
import { noLinks } from '../../../../lib/container/interfaces/links';
import { noImages } from '../../../../lib/container/sources/image-devices';
import type { FoundState } from '../../../../lib/container/record/run-states';
import type { RunState } from '../../../../lib/container/record/run-state';
import type { Snapshot } from '../../../../lib/container/statistics/snapshots';
import type { CgroupStatistics } from '../../../../lib/container/statistics/types';
import type { CgroupLayout } from '../../../../lib/host/kernel/cgroup-layout';
import type { HostSecurity } from '../../../../lib/host/security/host-security';
import type { Hardening } from '../../../../lib/hardening';
import { runPaths, statePaths } from '../../../../lib/host/state/state-paths';
import { Connection } from '../../../../lib/driver/connection';
import type {
  Containers,
  EndedState,
  MonitorConnection,
  OwnedContainer,
} from '../../../../lib/driver/session/containers';
import type { Rates } from '../../../../lib/driver/interfaces/rates';
import { Session } from '../../../../lib/driver/session/session';
import type { DomainEvent } from '../../../../lib/driver/types';
import { lastEvent } from '../../../../lib/driver/events/event-log';
import { fakeDevices } from './fake-devices';
import { fakeLimits } from './fake-limits';
import { FakeLinks } from './fake-links';
import { recordingLogger, type LogLine } from './recording-logger';

export const thisBoot = 'boot-1';

interface Running {
  readonly start: ContainerStart;
  readonly ended: ((record: ExitRecord | undefined) => void)[];
  owned: boolean;
}

export function exitRecord(fields: Partial<ExitRecord> = {}): ExitRecord {
  const { how = 'exited' } = fields;
  const end = how === 'exited' ? { how, code: 0 } : { how };
  return { ...end, time: 1, boot: thisBoot, ...fields } as ExitRecord;
}

export class FakeHost {
  readonly states = new Map<string, RunState>();
  readonly running = new Map<string, Running>();
  /** Of every start. */
  warnings: OwnedContainer['warnings'] = [];
  readonly lines: LogLine[] = [];
  readonly network = new FakeLinks();
  /** By domain name. */
  readonly cgroupStatistics = new Map<string, CgroupStatistics>();
  /** Called instead of a start that works. */
  failStart: (() => Error) | undefined;
  /** Runs a command. */
  exec: Containers['execInContainer'] = () => Promise.reject(new Error('no exec'));
  /** Names whose monitor lives but says nothing. */
  readonly deaf = new Set<string>();
  /** Name of the domain whose clean-up fails. */
  failCleanUp: string | undefined;
  /** Why init takes no signal. */
  failSignal: Error | undefined;
  /** Why no start record can be replaced. */
  failReplace: Error | undefined;
  /** Names of domains with a damaged record, and which it is. */
  readonly damaged = new Map<string, 'start' | 'running'>();
  /** Names of what is paused. */
  readonly frozen = new Set<string>();
  /** What init is like. */
  init: InitControl = {
    kindOf: () => 'other',
    isAlive: () => true,
    isKilled: ({ init }) => !this.#isRunning(init),
    heeds: () => false,
    requestLevel: () => Promise.resolve('none'),
  };
  /** What was asked of monitors, in that order. */
  readonly asked: string[] = [];
  /** That of the monitors. */
  version = controlVersion;
  /** What was shaped, in that order. */
  readonly forwards = new FakeForwards();
  readonly shaped: (readonly [string, Rates])[] = [];
  failShaping: Error | undefined;
  layout: CgroupLayout = {
    hierarchies: [],
    unified: {
      mount: '/cgroup',
      controllers: ['cpu', 'cpuset', 'hugetlb', 'io', 'memory', 'pids'],
    },
    cpuset: { cpus: '0-3', mems: '0' },
    weightFiles: ['io.weight'],
  };
  /** Contents of the cgroups' files. */
  readonly limitFiles = new Map<string, string>();
  /** What was written to them, in that order. */
  readonly written: string[] = [];
  failLimit: Error | undefined;
  failDevices: Error | undefined;
  readonly root: string;
  boot = thisBoot;
  /** That of its connections. */
  hardening: Hardening | undefined = 'hardened';
  security: HostSecurity = { model: 'none', doi: '0' };
  /** Of every init. */
  label: string | undefined;
  #nextId = 100;
  readonly #locks = new FakeLocks();

  constructor(root: string) {
    this.root = root;
  }

  connect(access: 'read-write' | 'read-only' = 'read-write'): Connection {
    return Connection.of(this.session(access), 'lxc:///');
  }

  session(access: 'read-write' | 'read-only' = 'read-write'): Session {
    return new Session({
      paths: statePaths(this.root),
      access,
      hardening: this.hardening,
      startTimeout: 1000,
      logger: recordingLogger(this.lines),
      containers: this.#containers(),
      hostSecurity: () => this.security,
      readPrivilege: () => ({ uid: 0, capabilities: 1n << 21n, noNewPrivileges: false }),
    });
  }

  state(name: string): RunState {
    return this.states.get(name) ?? { phase: 'off' };
  }

  /** Init ends; the owner of the container, and those that wait for it, hear of it. */
  end(name: string, record: ExitRecord = exitRecord()): void {
    const { running, state } = this.#runningState(name);
    this.states.set(name, { phase: 'ended', start: state.start, exit: record });
    this.running.delete(name);
    for (const tell of running.ended) tell(record);
    if (running.owned) running.start.onExited?.();
  }

  /** SIGKILL to the monitor: its peers hear nothing but the end of its sockets. */
  killMonitor(name: string): void {
    const { running, state } = this.#runningState(name);
    this.states.set(name, { phase: 'ended', start: state.start });
    this.running.delete(name);
    for (const tell of running.ended) tell(undefined);
  }

  /** Holds the lock of a domain, as another process would. Resolves to what lets it go. */
  async hold(name: string): Promise<() => void> {
    const lock = await this.#locks.take(name);
    return () => lock[Symbol.dispose]();
  }

  lastEvent(): DomainEvent | undefined {
    return lastEvent(statePaths(this.root).events, () => true);
  }

  #isRunning(init: number): boolean {
    return [...this.states.values()].some(
      (state) => state.phase === 'running' && state.running.init === init,
    );
  }

  #runningState(name: string): { running: Running; state: RunState & { phase: 'running' } } {
    const running = this.running.get(name);
    const state = this.state(name);
    if (running === undefined || state.phase !== 'running')
      throw new Error(`${name} isn't running`);
    return { running, state };
  }

  /** Nobody removes any. */
  #tables(): Promise<ReadonlySet<string>> {
    const states = [...this.states.values()];
    const all = states.flatMap((state) => (state.phase === 'off' ? [] : linkTables(state.start)));
    return Promise.resolve(new Set(all.map(({ table }) => table)));
  }

  #containers(): Containers {
    return {
      readRunState: (_, name) => {
        if (this.damaged.has(name)) throw this.#damage(name);
        return this.state(name);
      },
      openRunStates: () => ({
        read: (names) => Promise.resolve(new Map(names.map((name) => [name, this.#found(name)]))),
      }),
      readRunning: (_, name) => {
        const state = this.state(name);
        return state.phase === 'running' ? state.running : undefined;
      },
      readExit: (_, { name }) => (this.state(name) as Partial<EndedState>).exit,
      readStart: (_, name) => {
        const state = this.state(name);
        const isRead = state.phase !== 'off' && this.damaged.get(name) !== 'start';
        return isRead ? state.start : undefined;
      },
      isFrozen: ({ name }) => this.frozen.has(name),
      isStopped: () => false,
      freeze: async ({ name }) => {
        await Promise.resolve();
        this.frozen.add(name);
      },
      thaw: async ({ name }) => {
        await Promise.resolve();
        this.frozen.delete(name);
      },
      killFrozen: () => Promise.resolve(),
      init: {
        kindOf: (running) => this.init.kindOf(running),
        isAlive: (running) => this.init.isAlive(running),
        isKilled: (running) => this.init.isKilled(running),
        heeds: (running, signal) => this.init.heeds(running, signal),
        requestLevel: (running, level) => this.init.requestLevel(running, level),
      },
      runNames: () => [...this.states.keys()],
      isDomainLocked: (_, name) => this.#locks.isHeld(name),
      lockDomain: (_, name) => this.#locks.take(name),
      tryLockDomain: () => ({ [Symbol.dispose]: () => undefined }),
      rules: { listTables: () => this.#tables(), placeFilter: () => Promise.resolve() },
      withReaperLock: async (_, action) => {
        using _lock = await this.#locks.take('\0reaper');
        return await action();
      },
      endReaperTurn: () => undefined,
      previewLinks: () => Promise.resolve(noLinks),
      previewImages: () => Promise.resolve(noImages),
      withUsbPlaces: (definition) => definition,
      previewLabelling: () => undefined,
      restoreLostLabels: () => Promise.resolve(),
      labelledSources: () => [],
      prepare: () => {
        throw new TslxcError('NO_SUPPORT', 'no plans here');
      },
      execInContainer: (target, request) => this.exec(target, request),
      execDetached: (target, request) => this.exec(target, request).then(() => undefined),
      startContainer: (start) => this.#start(start),
      cleanUp: (_, state, context) => this.#cleanUp(state, context),
      endUnrecorded: async (_, { name, exit }) => {
        await Promise.resolve();
        this.damaged.delete(name);
        this.states.set(name, { phase: 'off', last: exit });
      },
      forget: (_, name) => this.states.delete(name),
      rename: async (_, { from, to }, commit) => {
        await commit();
        this.states.set(to, this.state(from));
        this.states.delete(from);
      },
      rememberFailedStart: (_, name) => {
        this.states.set(name, { phase: 'off', last: exitRecord({ how: 'unstarted' }) });
      },
      readRunningLabel: () => this.label,
      readUsage: ({ name }) =>
        this.running.has(name) ? { memoryBytes: 4096, cpuNanoseconds: 7n } : undefined,
      takeSnapshots: (running) =>
        Promise.resolve(running.map(({ start }) => this.#snapshot(start.name))),
      bootId: () => this.boot,
      ...{ network: this.network, forwards: this.forwards, leaveCaller: () => undefined },
      shapeLink: async (name, rates) => {
        await Promise.resolve();
        if (this.failShaping !== undefined) throw this.failShaping;
        this.shaped.push([name, rates]);
      },
      replaceStart: (_, start) => {
        if (this.failReplace !== undefined) throw this.failReplace;
        const { state } = this.#runningState(start.name);
        this.states.set(start.name, { ...state, start });
      },
      devices: fakeDevices(this),
      limits: fakeLimits(this),
      connectMonitor: (_, name) => Promise.resolve(this.#monitor(name)),
      hasRun: (_, name) => this.state(name).phase === 'ended',
    };
  }

  async #start(start: ContainerStart): Promise<OwnedContainer> {
    const { definition, xml, persistence, recording = atOnce } = start;
    const { name, uuid } = definition;
    if (this.failStart) throw this.failStart();
    if (this.state(name).phase !== 'off') throw new Error(`${name} is not off`);
    const id = (this.#nextId += 1);
    const record = {
      name,
      uuid,
      boot: this.boot,
      persistence,
      ...(start.autodestroy === true ? { autodestroy: true } : {}),
      xml,
      hardening: start.hardening,
      undo: [],
      links: await this.network.lookUp(name),
      time: 0,
      controller: 1,
    };
    const running = { id, init: id + 1000, consoles: [`/dev/pts/${id}`] };
    // Until its monitor has its lock, a start looks like one that has died.
    await recording(() => this.states.set(name, { phase: 'ended', start: record }));
    await setImmediate();
    this.states.set(name, { phase: 'running', start: record, running });
    const entry: Running = { start, ended: [], owned: start.ownership === 'keep' };
    this.running.set(name, entry);
    return {
      id,
      initPid: running.init,
      consolePaths: running.consoles,
      warnings: this.warnings,
      endsWithCaller: start.autodestroy === true,
      own: () => undefined,
      destroy: () => Promise.resolve(undefined),
      ...{ ref: () => undefined, unref: () => undefined, confirm: () => undefined },
      release: () => {
        entry.owned = false;
      },
    };
  }

  #found(name: string): FoundState {
    return this.damaged.has(name) ? { error: this.#damage(name) } : { state: this.state(name) };
  }

  #snapshot(name: string): Snapshot {
    const statistics = (): CgroupStatistics => this.cgroupStatistics.get(name) ?? {};
    return { time: Date.now(), isFrozen: this.frozen.has(name), isStopped: false, statistics };
  }

  #damage(name: string): TslxcError {
    const path = `${runPaths(statePaths(this.root), name).directory}/${this.damaged.get(name)}.json`;
    return new TslxcError('INTERNAL_ERROR', `${path} is damaged`, { path, domain: name });
  }

  async #cleanUp(state: EndedState, context: CleanUpContext): Promise<ExitRecord> {
    await Promise.resolve();
    const { name, persistence = () => state.start.persistence, onDead, onGivenBack } = context;
    const remains = persistence();
    if (this.failCleanUp === name) throw new Error('EBUSY');
    this.damaged.delete(name);
    const exit = state.exit ?? exitRecord({ how: 'lost', boot: this.boot });
    this.running.delete(name);
    this.states.set(name, { phase: 'ended', start: state.start, exit });
    await onDead?.();
    await onGivenBack?.(exit);
    if (remains === 'transient') this.states.delete(name);
    else this.states.set(name, { phase: 'off', last: exit });
    return exit;
  }

  #monitor(name: string): MonitorConnection | undefined {
    const running = this.running.get(name);
    if (running === undefined) return undefined;
    const exited = (): Promise<ExitRecord> =>
      new Promise((resolve, reject) => {
        running.ended.push((record) => {
          if (record) resolve(record);
          else reject(new ProtocolError('the monitor has gone'));
        });
      });
    return {
      destroy: () => {
        if (this.deaf.has(name)) return Promise.reject(new ProtocolError('no answer'));
        const end = exited();
        this.end(name, exitRecord({ how: 'killed', signal: 9, requested: 'destroy' }));
        return end;
      },
      signal: (number) => {
        this.asked.push(`signal ${number}`);
        return this.failSignal === undefined ? Promise.resolve() : Promise.reject(this.failSignal);
      },
      version: this.version,
      intend: (end, within) => {
        if (this.version < 2) return Promise.reject(new TslxcError('OPERATION_UNSUPPORTED', 'old'));
        this.asked.push(`intend ${end} ${within}`);
        return Promise.resolve();
      },
      watch: () => undefined,
      exited,
      openConsole: () => Promise.reject(new ProtocolError('no consoles here')),
      close: () => undefined,
      ref: () => undefined,
      unref: () => undefined,
    };
  }
}
