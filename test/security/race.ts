/**
 * A volume that another container shares and changes while a start resolves its paths: two processes exchange a
 * directory with a link that leads out. Recipe T6 of the threat catalogue.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { removeTree } from '../support/root/remove-tree';
import type { Canary } from './canary';

const racers = 2;

export interface RaceResult {
  readonly started: number;
  /** Messages of the starts that were refused. */
  readonly refusals: readonly string[];
}

export class SharedVolume implements AsyncDisposable {
  readonly #root = mkdtempSync('/var/tmp/tslxc-race-');
  readonly #part: string;
  readonly #racers: ChildProcess[] = [];

  constructor(canary: Canary) {
    this.#part = canary.part('race');
    for (const folder of ['bin', 'volume/one', 'source']) {
      mkdirSync(join(this.#root, folder), { recursive: true });
    }
    copyFileSync('/usr/bin/busybox', join(this.#root, 'bin/sleep'));
    // Inside the root the link leads to a directory as well, so that a start can succeed at any moment.
    mkdirSync(join(this.#root, this.#part, 'dir'), { recursive: true });
    symlinkSync(join(this.#part, 'dir'), join(this.#root, 'volume/other'));
  }

  /** Begins to exchange the two names. */
  async race(): Promise<void> {
    for (let index = 0; index < racers; index += 1) {
      const words = [join(__dirname, 'exchange.py'), join(this.#root, 'volume'), 'one', 'other'];
      const child = spawn('python3', words, { stdio: ['pipe', 'pipe', 'inherit'] });
      this.#racers.push(child);
      await once(child.stdout, 'data');
    }
  }

  /** Starts containers one after another whose targets are to be made below the names. */
  async start(connection: Connection, times: number, goOn: () => boolean): Promise<RaceResult> {
    const refusals: string[] = [];
    let started = 0;
    for (let run = 0; run < times && goOn(); run += 1) {
      try {
        const domain = await connection.createDomain(this.xml(run));
        started += 1;
        await domain.destroy();
      } catch (error) {
        refusals.push((error as Error).message);
      }
    }
    return { started, refusals };
  }

  /** A domain whose targets are to be made below both names; `run` makes them new ones. */
  xml(run: number): string {
    const volume = join(this.#root, 'source');
    const targets = ['one', 'other'].map((name) => `/volume/${name}/made-${run}/deep`);
    return domainXml({
      name: 'race',
      init: '/bin/sleep',
      initArguments: ['1000'],
      filesystems: [
        { source: this.#root, target: '/' },
        ...targets.map((target) => ({ source: volume, target })),
      ],
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#racers) {
      const exit = once(child, 'exit');
      child.stdin?.end();
      await exit;
    }
    await removeTree(this.#root);
  }
}
