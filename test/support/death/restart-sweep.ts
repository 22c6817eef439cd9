/**
 * Starts a domain and has its init start again, each time with the helper that does it, the new init or the monitor killed at
 * another of its system calls. Whatever the moment, the container runs or is gone, and its name starts again.
 */
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { readRunState } from '../../../lib/container/record/run-state';
import { statePaths } from '../../../lib/host/state/state-paths';
import { expectGone, monitorsOf, tracesOf } from '../world/container-traces';
import { domainXml } from '../domain/domain-xml';
import { eventually } from '../time/eventually';
import { inside } from '../domain/inside';
import { makeTestRoot } from '../root/test-root';
import type { TestRoot } from '../root/test-root';
import { refused } from './sweep';
import type { Outcome } from './sweep';
import { TracedPackage } from './traced-package';
import type { Calls, Victim } from './traced-package';
import type { Sweep } from './try-all';

interface Parts {
  readonly traced: TracedPackage;
  readonly root: TestRoot;
  /** By the package whose monitor is traced, and by the product. */
  readonly victims: Connection;
  readonly judges: Connection;
  readonly judge: Domain;
}

/** Milliseconds in which a restart has to finish, or the container has to be gone. */
const patience = 10_000;

/** A shell that reboots when it is asked, and answers meanwhile. */
const script =
  '[ $$ = 1 ] || exit; trap \'exec busybox reboot -f\' TERM; while read line; do eval "$line"; done';

export class RestartSweep implements AsyncDisposable, Sweep {
  readonly victims = ['helper', 'reinit', 'monitor'] as const;
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  static async make(name: string): Promise<RestartSweep> {
    const traced = await TracedPackage.make();
    const root = await makeTestRoot();
    const connectTraced = await traced.connect();
    const victims = await connectTraced(undefined, { root: root.path });
    const judges = await connect(undefined, { root: root.path });
    const judge = await judges.defineDomain(domainXml({ name, initArguments: ['-c', script] }));
    return new RestartSweep({ traced, root, victims, judges, judge });
  }

  async record(): Promise<Calls> {
    this.#parts.traced.order('nobody');
    expect(await this.#restart()).toBe(true);
    await this.#end();
    return this.#parts.traced.calls();
  }

  async kill(victim: Victim, index: number): Promise<Outcome> {
    const { traced, judge } = this.#parts;
    traced.order(victim, index);
    await this.#restart();
    const hasKilled = traced.hasKilled();
    const outcome = await this.#outcome();
    await this.#end();
    await judge.start();
    expect(await inside(judge, 'echo again')).toContain('again');
    await this.#end();
    return hasKilled ? outcome : 'unreached';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { victims, judges, root, traced } = this.#parts;
    await victims.close();
    await judges.close();
    await root.remove();
    traced[Symbol.dispose]();
  }

  /** Whether init has started again by the same monitor. */
  async #restart(): Promise<boolean> {
    const { victims, judge, root } = this.#parts;
    const domain = await victims.lookupDomainByName(judge.name);
    const hasStarted = await domain.start({ ownership: 'leave' }).then(
      () => true,
      (error: unknown) => refused(error),
    );
    if (!hasStarted) return false;
    const before = domain.id;
    // A container whose monitor has already been killed doesn't answer; its remains are checked afterwards.
    await inside(judge, 'echo up').catch(() => undefined);
    await judge.reboot().catch(refused);
    // Waits until the first life is over, and either another has begun or the container is gone.
    return eventually(() => {
      const state = readRunState(statePaths(root.path), judge.name);
      if (state.phase !== 'running' || state.running.id !== before) return false;
      if ((state.running.boots ?? 0) === 0) throw new Error('the reboot is not over');
      return true;
    }, patience);
  }

  async #outcome(): Promise<'running' | 'gone'> {
    const { judge } = this.#parts;
    const seen = await this.#decided();
    if (seen === 'gone') return 'gone';
    const answers = await inside(judge, 'echo alive').then(
      (output) => output.includes('alive'),
      () => false,
    );
    // Killed in its execve it has run for a moment: that is the end of a container that ran.
    if (!answers) {
      await eventually(async () => expect(await this.#decided()).toBe('gone'), patience);
      return 'gone';
    }
    // One that has given up goes once it has seen that another has cleaned up.
    await eventually(() => expect(monitorsOf(judge.name)).toEqual([judge.id]), patience);
    return 'running';
  }

  async #decided(): Promise<'running' | 'gone'> {
    const { judge } = this.#parts;
    return eventually(async () => {
      const { state } = await judge.state();
      if (state === 'running') return 'running';
      expect(tracesOf(judge.name)).toEqual([]);
      return 'gone';
    }, patience);
  }

  async #end(): Promise<void> {
    const { judge } = this.#parts;
    await judge.destroy().catch(refused);
    await expectGone(judge.name);
  }
}
