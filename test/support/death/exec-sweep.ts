/**
 * Runs a command in one container again and again, each time with a process of the exec killed at another of its system
 * calls, and judges what that leaves: the caller has an answer, no helper process of a command is left, the container
 * runs on with the same init, and the next command runs.
 */
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { expectGone, initsOf } from '../world/container-traces';
import { domainXml } from '../domain/domain-xml';
import { eventually } from '../time/eventually';
import { helpers, pidsOf, runIn } from '../domain/exec';
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
  /** By the package whose helpers are traced, and by the product. */
  readonly victims: Connection;
  readonly judges: Connection;
  readonly judge: Domain;
  readonly init: number;
}

/** Milliseconds in which a command, or its failure, is known. */
const patience = 10_000;
const tree = ['6021', '6022'] as const;
/** Leaves one process that only its killer can find. */
const command = ['sh', '-c', `(sleep ${tree[0]} &) ; exec sleep ${tree[1]}`] as const;

export class ExecSweep implements AsyncDisposable, Sweep {
  readonly victims = ['stage0', 'attendant', 'joiner', 'guardian', 'command'] as const;
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  static async make(name: string): Promise<ExecSweep> {
    const traced = await TracedPackage.make();
    const root = await makeTestRoot();
    const connectTraced = await traced.connect();
    const victims = await connectTraced(undefined, { root: root.path });
    const judges = await connect(undefined, { root: root.path });
    const judge = await judges.defineDomain(domainXml({ name }));
    await judge.start();
    const [init = 0] = initsOf(name);
    return new ExecSweep({ traced, root, victims, judges, judge, init });
  }

  /** With the end of the command and of all that it has started. */
  async record(): Promise<Calls> {
    this.#parts.traced.order('nobody');
    expect(await this.#exec()).toBe('running');
    await this.#endLeftovers();
    return this.#parts.traced.calls();
  }

  /** `running`: the command has run; `gone`: its caller was told why not, or that it was lost. */
  async kill(victim: Victim, index: number): Promise<Outcome> {
    const { traced, judge, init } = this.#parts;
    traced.order(victim, index);
    const outcome = await this.#exec();
    await this.#endLeftovers();
    expect(initsOf(judge.name)).toEqual([init]);
    expect(await judge.state()).toEqual({ state: 'running', reason: 'booted' });
    expect(await runIn(judge, ['echo', 'next'])).toMatchObject({
      result: { code: 0 },
      stdout: 'next\n',
    });
    return traced.hasKilled() ? outcome : 'unreached';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { victims, judges, judge, root, traced } = this.#parts;
    await judge.destroy();
    await expectGone(judge.name);
    await victims.close();
    await judges.close();
    await root.remove();
    traced[Symbol.dispose]();
  }

  async #exec(): Promise<'running' | 'gone'> {
    const { victims, judge } = this.#parts;
    const domain = await victims.lookupDomainByName(judge.name);
    try {
      const signal = AbortSignal.timeout(patience);
      const process = await domain.exec(command, { stdin: 'ignore', signal }).started;
      await this.#untilTree(process.result);
      process.destroy();
      await process.result;
      return 'running';
    } catch (error) {
      refused(error);
      // As the API says it of a command whose helpers were killed. OPERATION_ABORTED: its caller was told nothing.
      expect(error).toMatchObject({ code: 'OPERATION_FAILED', domain: judge.name });
      return 'gone';
    }
  }

  /** Both sleep, or the command is over. */
  async #untilTree(result: Promise<unknown>): Promise<void> {
    let isOver = false;
    const over = (): void => void (isOver = true);
    result.then(over, over);
    await eventually(() => {
      if (isOver || tree.every((number) => pidsOf('sleep', number).length > 0)) return;
      throw new Error('the command does not run, and is not over');
    }, patience);
  }

  /** Processes that a command whose helpers were killed has left belong to the container, and would end with it. */
  async #endLeftovers(): Promise<void> {
    await eventually(() => expect(helpers()).toEqual([]), patience);
    // The shell, too: one that was about to execute `sleep` does so after a look at those that sleep.
    const commands = [command, ...tree.map((number) => ['sleep', number])];
    await eventually(() => {
      const left = commands.flatMap((words) => pidsOf(...words));
      for (const pid of left) process.kill(pid, 'SIGKILL');
      expect(left).toEqual([]);
    });
  }
}
