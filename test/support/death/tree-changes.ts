/** Callers that are killed while they change the trees of a domain, and what is found of that afterwards. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { treesFailpoints, type TreesFailpoint } from '../../../lib/driver/snapshots/failpoint';
import { copyRoot, withLayer, withRoot } from '../domain/own-trees';
import { libraryWords } from '../process/library-child';
import { runProgram } from '../process/run-command';
import { makeBusyboxRoot } from '../root/busybox-root';
import { makeTestRoot } from '../root/test-root';
import type { Keep } from '../world/frame';

/** The domain's own tree is its root, or the layer of an overlay. */
export type TreeKind = 'directory' | 'layer';

interface Parts {
  /** The root that layers lie on, and that others are copies of. */
  readonly base: string;
  /** The root of tslxc. */
  readonly root: string;
  readonly connection: Connection;
}

interface Verdict {
  readonly point: TreesFailpoint;
  readonly end: 'killed' | 'over';
  readonly hasHappened: boolean;
}

export class TreeChanges {
  readonly #parts: Parts;

  /** Kept by a fixture: `keep` has what is to be disposed of. */
  static async make(keep: Keep): Promise<TreeChanges> {
    const base = keep(await makeBusyboxRoot());
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    return new TreeChanges({ base: base.path, root: root.path, connection });
  }

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  get connection(): Connection {
    return this.#parts.connection;
  }

  at(...names: readonly string[]): string {
    return join(this.#parts.root, ...names);
  }

  /** What is in the domain's own tree is told by one file. */
  page(kind: TreeKind): string {
    return this.at(kind === 'directory' ? 'dir/etc/page' : 'layer/upper/etc/page');
  }

  read(kind: TreeKind): string {
    return readFileSync(this.page(kind), 'utf8');
  }

  /** A domain with a snapshot `first`, which has another page than the domain has by now. */
  async define(kind: TreeKind): Promise<Domain> {
    const { base, root, connection } = this.#parts;
    const xml =
      kind === 'layer'
        ? withLayer('layer', { base, upper: this.at('layer') })
        : withRoot('dir', copyRoot(base, root, 'dir'));
    const domain = await connection.defineDomain(xml);
    // The first start makes the layer.
    await domain.start();
    await domain.exec(['/bin/sh', '-c', 'echo then > /etc/page']);
    await domain.destroy();
    await domain.snapshots.create({ name: 'first' });
    writeFileSync(this.page(kind), 'now\n');
    return domain;
  }

  /** Runs a method of the domain in a process that is killed at a point. */
  async callAndDie(
    { name }: Domain,
    call: string,
    point: TreesFailpoint,
  ): Promise<'killed' | 'over'> {
    const code = `
      const connection = await connect();
      const domain = await connection.lookupDomainByName(${JSON.stringify(name)});
      await domain.${call};
      await connection.close();`;
    const ended = await runProgram(libraryWords(code), {
      root: this.#parts.root,
      env: { TSLXC_TREES_FAILPOINT: `${point}=kill` },
    });
    if (ended.signal === 'SIGKILL') return 'killed';
    if (ended.code === 0) return 'over';
    throw new Error(`at ${point}: ${ended.stderr}`);
  }

  /** What is half made: folders of changes that are under way begin with a dot, and clones are on record. */
  stray(): string[] {
    const clones = this.at('var/lib/tslxc/clones');
    const hidden = [this.at(), this.at('layer/snapshots'), this.at('dir.snapshots')]
      .filter((folder) => existsSync(folder))
      .flatMap((folder) => readdirSync(folder))
      .filter((name) => name.startsWith('.'));
    return existsSync(clones) ? [...hidden, ...readdirSync(clones)] : hidden;
  }

  /** What is wrong after the caller's end, once something has looked at the snapshots. */
  faultsOf({ point, end, hasHappened }: Verdict): string[] {
    const isDue = treesFailpoints.indexOf(point) >= treesFailpoints.indexOf('trees:after-commit');
    const left = this.stray().map((name) => `${point}: left ${name}`);
    if (hasHappened === (end === 'over' || isDue)) return left;
    return [...left, `${point}: ${end}, and ${hasHappened ? 'done' : 'not done'}`];
  }
}
