/**
 * Starts one domain again and again with a process killed at a failpoint, and judges what that leaves: the
 * container runs fully or is gone fully, and the same name starts again. Lanes don't disturb one another.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import type { FailAction, Failpoint } from '../../../lib/container/monitor/failpoints';
import { runPaths, statePaths } from '../../../lib/host/state/state-paths';
import type { RunPaths } from '../../../lib/host/state/state-paths';
import { expectShell } from '../console/console-answer';
import { cgroupsOf, expectGone, initOf, monitorsOf } from '../world/container-traces';
import { domainXml } from '../domain/domain-xml';
import { eventually } from '../time/eventually';
import { libraryWords } from '../process/library-child';
import { goOn, sendSignal, untilAtFailpoint } from '../process/send-signal';
import { commandEnvironment, commandLine } from '../process/run-command';
import { makeTestRoot } from '../root/test-root';
import type { TestRoot } from '../root/test-root';

export type Victim = 'caller' | 'monitor' | 'init';
export type Outcome = 'running' | 'gone';

const actions: Readonly<Record<Victim, FailAction>> = {
  caller: 'killController',
  monitor: 'killMonitor',
  init: 'killSelf',
};

/** Milliseconds in which a start or an end has to finish without further calls. */
const patience = 4000;

interface LaneParts {
  readonly root: TestRoot;
  readonly connection: Connection;
  readonly domain: Domain;
}

export class FailpointLane implements AsyncDisposable {
  readonly #root: TestRoot;
  readonly #connection: Connection;
  readonly #domain: Domain;
  readonly #files: RunPaths;
  /** Missing on the host, and so is what is in it: the mount target. */
  readonly #missing: string;

  private constructor({ root, connection, domain }: LaneParts) {
    this.#root = root;
    this.#connection = connection;
    this.#domain = domain;
    this.#files = runPaths(statePaths(root.path), domain.name);
    this.#missing = join(root.path, 'missing');
  }

  static async make(name: string): Promise<FailpointLane> {
    const root = await makeTestRoot();
    const source = join(root.path, 'source');
    await mkdir(source);
    await writeFile(join(source, 'page'), 'mounted\n');
    const target = join(root.path, 'missing', 'target');
    const connection = await connect(undefined, { root: root.path });
    const xml = domainXml({ name, filesystems: [{ source, target }] });
    return new FailpointLane({ root, connection, domain: await connection.defineDomain(xml) });
  }

  /** @throws Error when the container is neither fully there nor fully gone, or doesn't start again. */
  async try(point: Failpoint, victim: Victim): Promise<Outcome> {
    await this.#startAndKill(point, victim);
    await this.#untilQuiet(victim);
    const outcome = await this.#outcome(victim);
    if (outcome === 'running') {
      await this.#expectRunning();
      await this.#domain.destroy();
    }
    await this.#expectGone();
    await this.#domain.start({ ownership: 'leave' });
    await this.#expectRunning();
    await this.#domain.destroy();
    await this.#expectGone();
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
    await this.#root.remove();
  }

  /** Init can't signal out of its namespace: at its points it waits, and the kill comes from here. */
  async #startAndKill(point: Failpoint, victim: Victim): Promise<void> {
    const [program = '', ...words] =
      victim === 'caller' ? this.#patientCaller() : commandLine('start', this.#domain.name);
    const env = {
      ...commandEnvironment(this.#root.path),
      TSLXC_FAILPOINT: `${point}=${actions[victim]}`,
    };
    const caller = spawn(program, words, { env, stdio: 'ignore' });
    const ended = new Promise<NodeJS.Signals | null>((resolve, reject) => {
      caller.on('error', reject);
      caller.on('exit', (_, signal) => resolve(signal));
    });
    if (point.startsWith('init:') && victim !== 'init') {
      const init = await initOf(this.#domain.name);
      await untilAtFailpoint(init);
      const [monitor] = monitorsOf(this.#domain.name);
      sendSignal(victim === 'caller' ? caller.pid : monitor, 'SIGKILL');
      await ended;
      goOn(init);
    }
    const signal = await ended;
    if (victim === 'caller' && signal !== 'SIGKILL') throw new Error('the caller was not killed');
  }

  /** Starts it as the command does, and stays: one that has ended can't be killed any more. */
  #patientCaller(): readonly string[] {
    const name = JSON.stringify(this.#domain.name);
    return libraryWords(`
      const domain = await (await connect()).lookupDomainByName(${name});
      await domain.start({ ownership: 'leave' });
      setTimeout(() => undefined, ${4 * patience});`);
  }

  /** A monitor that is left has either got its container to run, or ends; without its init it ends. */
  async #untilQuiet(victim: Victim): Promise<void> {
    await eventually(() => {
      if (monitorsOf(this.#domain.name).length === 0) return;
      if (victim === 'caller' && existsSync(this.#files.running)) return;
      throw new Error(`after ${patience} ms a monitor neither runs a container nor has ended`);
    }, patience);
  }

  /** A monitor that dies holds its lock for a moment after it has left the list of processes. */
  #outcome(victim: Victim): Promise<Outcome> {
    return eventually(async () => {
      const domains = await this.#connection.listDomains();
      expect(domains.map(({ name }) => name)).toEqual([this.#domain.name]);
      const { state } = await this.#domain.state();
      if (state === 'running' && victim === 'caller') return 'running';
      if (state !== 'running' && !existsSync(this.#files.start)) return 'gone';
      throw new Error(`it is ${state}, and not cleaned up`);
    }, patience);
  }

  async #expectRunning(): Promise<void> {
    await expectShell(this.#domain);
    expect(monitorsOf(this.#domain.name)).toHaveLength(1);
    expect(cgroupsOf(this.#domain.name)).not.toEqual([]);
    expect(existsSync(this.#missing)).toBe(true);
  }

  async #expectGone(): Promise<void> {
    await expectGone(this.#domain.name);
    const left = [this.#files.start, this.#files.running, this.#files.control, this.#missing];
    expect(left.filter((path) => existsSync(path))).toEqual([]);
  }
}
