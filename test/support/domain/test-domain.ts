/** One domain under a root of its own, for tests of the command: defined, and gone at the end. */
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { untilGone } from '../world/container-traces';
import { domainXml } from './domain-xml';
import type { DomainXmlOptions } from './domain-xml';
import { runCommand, runSuccessfully, spawnCommand } from '../process/run-command';
import type { CommandOptions, CommandResult } from '../process/run-command';
import { makeTestRoot } from '../root/test-root';
import type { TestRoot } from '../root/test-root';

interface TestDomainParts {
  readonly root: TestRoot;
  readonly connection: Connection;
  readonly domain: Domain;
}

export class TestDomain implements AsyncDisposable {
  /** The library's view of it, from this process. */
  readonly domain: Domain;
  readonly root: string;
  readonly #root: TestRoot;
  readonly #connection: Connection;

  private constructor({ root, connection, domain }: TestDomainParts) {
    this.domain = domain;
    this.root = root.path;
    this.#root = root;
    this.#connection = connection;
  }

  static async make(options: DomainXmlOptions & { readonly name: string }): Promise<TestDomain> {
    const root = await makeTestRoot();
    const connection = await connect(undefined, { root: root.path });
    const domain = await connection.defineDomain(domainXml(options));
    return new TestDomain({ root, connection, domain });
  }

  /** One whose init is this script, on a root that has `/bin/sh`. */
  static ofScript(
    name: string,
    script: string,
    root: { readonly path: string },
  ): Promise<TestDomain> {
    return TestDomain.make({
      name,
      init: '/bin/sh',
      initArguments: ['-c', script],
      filesystems: [{ source: root.path, target: '/' }],
    });
  }

  get name(): string {
    return this.domain.name;
  }

  /** Starts it as the command does, from this process: for tests of what comes after. */
  async start(): Promise<void> {
    await this.domain.start({ ownership: 'leave' });
  }

  /** Runs `tslxc VERB NAME options…`, with exit code 0. Resolves with its stdout. */
  run(verb: string, ...options: readonly string[]): Promise<string> {
    return runSuccessfully([verb, this.name, ...options], { root: this.root });
  }

  /** Runs `tslxc` with any words. Doesn't throw for an exit code. */
  try(words: readonly string[]): Promise<CommandResult> {
    return runCommand(words, { root: this.root });
  }

  /** The same in a process of its own. */
  spawn(words: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return spawnCommand(words, { root: this.root, ...options });
  }

  /** What `domstate --reason` says. */
  async reason(): Promise<string> {
    return (await this.run('domstate', '--reason')).trim();
  }

  /** Waits until the container has gone without a trace, whichever process cleans up. */
  async untilGone(): Promise<void> {
    await untilGone(this.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
    await this.#root.remove();
  }
}
