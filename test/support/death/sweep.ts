/**
 * Starts and destroys one domain again and again, each time with a process killed at another of its system calls,
 * and judges what that leaves: the container runs fully or is gone fully, and the same name starts again.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TslxcError, connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { runPaths, statePaths } from '../../../lib/host/state/state-paths';
import { expectShell } from '../console/console-answer';
import { cgroupsOf, expectGone, monitorsOf } from '../world/container-traces';
import { domainXml } from '../domain/domain-xml';
import type { DomainXmlOptions } from '../domain/domain-xml';
import { eventually } from '../time/eventually';
import { makeTestRoot } from '../root/test-root';
import type { TestRoot } from '../root/test-root';
import { TracedPackage } from './traced-package';
import type { Sweep } from './try-all';
import type { Calls, Victim } from './traced-package';

/** What one kill led to. `unreached`: this run made fewer system calls than the one that was recorded. */
export type Outcome = 'running' | 'gone' | 'unreached';

interface SweepParts {
  readonly traced: TracedPackage;
  readonly root: TestRoot;
  /** By the package whose monitor is traced, and by the product. */
  readonly victims: Connection;
  readonly judges: Connection;
  readonly name: string;
}

const initDied = {
  code: 'INTERNAL_ERROR',
  message: expect.stringContaining('init died with signal 9') as unknown,
};

/** Milliseconds in which what was begun has to come to its end. */
const patience = 6000;

export class DeathSweep implements AsyncDisposable, Sweep {
  readonly victims = ['stage0', 'monitor', 'init'] as const;
  readonly #parts: SweepParts;
  readonly #missing: string;

  private constructor(parts: SweepParts) {
    this.#parts = parts;
    this.#missing = join(parts.root.path, 'missing');
  }

  /** `options` of the domain, which also has a mount target that the host lacks. */
  static async make(options: DomainXmlOptions & { readonly name: string }): Promise<DeathSweep> {
    const traced = await TracedPackage.make();
    const root = await makeTestRoot();
    // Within reach of a container's own root user.
    await chmod(root.path, 0o755);
    const source = join(root.path, 'source');
    await mkdir(source);
    const connectTraced = await traced.connect();
    const victims = await connectTraced(undefined, { root: root.path });
    const judges = await connect(undefined, { root: root.path });
    const filesystems = [{ source, target: join(root.path, 'missing/target') }];
    await judges.defineDomain(domainXml({ ...options, filesystems }));
    return new DeathSweep({ traced, root, victims, judges, name: options.name });
  }

  /** The system calls of a whole life in which no process is killed. */
  async record(): Promise<Calls> {
    this.#parts.traced.order('nobody');
    const domain = await this.#victim();
    await domain.start();
    await domain.destroy();
    await this.#expectGone();
    return this.#parts.traced.calls();
  }

  /** @throws Error when the container is neither fully there nor fully gone, or doesn't start again. */
  async kill(victim: Victim, index: number): Promise<Outcome> {
    const { traced, judges, name } = this.#parts;
    traced.order(victim, index);
    const domain = await this.#victim();
    const hasStarted = await domain.start().then(
      () => true,
      (error: unknown) => {
        if (victim === 'init') expect(error).toMatchObject(initDied);
        return refused(error);
      },
    );
    if (hasStarted) await domain.destroy().catch(refused);
    if (!traced.hasKilled() && hasStarted) {
      await this.#expectGone();
      return 'unreached';
    }
    const judge = await judges.lookupDomainByName(name);
    const outcome = await this.#outcome(judge);
    if (outcome === 'running') {
      await expectShell(judge);
      await judge.destroy();
    }
    await this.#expectGone();
    await judge.start();
    expect(monitorsOf(name)).toHaveLength(1);
    expect(cgroupsOf(name)).not.toEqual([]);
    await judge.destroy();
    await this.#expectGone();
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { victims, judges, root, traced } = this.#parts;
    await victims.close();
    await judges.close();
    await root.remove();
    traced[Symbol.dispose]();
  }

  async #victim(): Promise<Domain> {
    return await this.#parts.victims.lookupDomainByName(this.#parts.name);
  }

  /** A monitor that dies holds its lock for a moment after it has left the list of processes. */
  async #outcome(judge: Domain): Promise<'running' | 'gone'> {
    return await eventually(async () => {
      const { state } = await judge.state();
      if (state === 'running') return 'running';
      if (!existsSync(this.#files().start)) return 'gone';
      throw new Error(`it is ${state}, and not cleaned up`);
    }, patience);
  }

  async #expectGone(): Promise<void> {
    await expectGone(this.#parts.name);
    const files = this.#files();
    const left = [files.start, files.running, files.control, this.#missing];
    expect(left.filter((path) => existsSync(path))).toEqual([]);
  }

  #files(): ReturnType<typeof runPaths> {
    return runPaths(statePaths(this.#parts.root.path), this.#parts.name);
  }
}

/** Returns false for an error with which a start, a destroy or an exec may fail. @throws any other error. */
export function refused(error: unknown): false {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return false;
  if (TslxcError.is(error)) return false;
  throw error;
}
