/** A private root and a domain with a `<seclabel>` in it, as the tests of labels need them. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { makeBusyboxRoot } from '../root/busybox-root';
import type { BusyboxRoot } from '../root/busybox-root';
import { domainXml } from '../domain/domain-xml';
import type { FilesystemSource } from '../domain/domain-xml';
import { commandScript, runCommand, runProgram, runSuccessfully } from '../process/run-command';
import type { CommandResult } from '../process/run-command';
import { makeTestRoot } from '../root/test-root';
import type { TestRoot } from '../root/test-root';

export interface LabelledDomain {
  readonly name: string;
  /** The `<seclabel>` elements, as they are. */
  readonly seclabel: string;
  /** Default: the case's own private root at `/`. */
  readonly filesystems?: readonly FilesystemSource[];
  /** Run by the shell that is init. Default: it sleeps. */
  readonly script?: string;
  /** Further lines within `<devices>`, as they are. */
  readonly devices?: string;
}

export class LabelledCase implements AsyncDisposable {
  readonly root: string;
  readonly connection: Connection;
  readonly #root: TestRoot;
  readonly #trees: BusyboxRoot[] = [];

  private constructor(root: TestRoot, connection: Connection) {
    this.#root = root;
    this.root = root.path;
    this.connection = connection;
  }

  static async make(): Promise<LabelledCase> {
    const root = await makeTestRoot();
    return new LabelledCase(root, await connect('lxc:///', { root: root.path }));
  }

  /** A private root of its own, gone at the end. */
  async tree(): Promise<string> {
    const tree = await makeBusyboxRoot(['id', 'cut', 'touch', 'mkdir', 'mount']);
    // What a start mounts on, and makes where it is missing.
    for (const target of ['dev', 'proc', 'sys']) mkdirSync(join(tree.path, target));
    this.#trees.push(tree);
    return tree.path;
  }

  async define(what: LabelledDomain): Promise<Domain> {
    const { name, seclabel, script = 'sleep 10000' } = what;
    const filesystems = what.filesystems ?? [{ source: await this.tree(), target: '/' }];
    const text = domainXml({
      name,
      initArguments: ['-c', script],
      elements: seclabel,
      filesystems,
      ...(what.devices === undefined ? {} : { devices: what.devices }),
    });
    return this.connection.defineDomain(text);
  }

  /** Defines and starts it. */
  async start(what: LabelledDomain): Promise<Domain> {
    const domain = await this.define(what);
    await domain.start({ ownership: 'leave' });
    return domain;
  }

  /** What `tslxc words…` prints. */
  run(...words: readonly string[]): Promise<string> {
    return runSuccessfully(words, { root: this.root });
  }

  try(...words: readonly string[]): Promise<CommandResult> {
    return runCommand(words, { root: this.root });
  }

  /** The script of the command, for those who run it in another way. */
  readonly script = commandScript;

  /** Runs a program with another label of its own. */
  runLabelled(label: string, words: readonly string[]): Promise<CommandResult> {
    return runProgram(['runcon', label, ...words], { root: this.root });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.close();
    await this.#root.remove();
    for (const tree of this.#trees) if (existsSync(tree.path)) await tree.remove();
  }
}
