/** The world of the tests of snapshots and clones: a root of tslxc, a connection, and domains whose trees are copies of one base. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection, Domain } from 'tslxc';
import { makeBusyboxRoot } from '../root/busybox-root';
import type { BusyboxRoot } from '../root/busybox-root';
import { makeTestRoot } from '../root/test-root';
import type { TestRoot } from '../root/test-root';
import { containerTest } from '../world/container-test';
import { copyRoot, withLayer, withRoot } from './own-trees';

export interface OwnTreeWorld {
  readonly world: {
    readonly base: BusyboxRoot;
    readonly root: TestRoot;
    readonly connection: Connection;
  };
  /** A path in the root. */
  readonly at: (...names: readonly string[]) => string;
  /** A domain whose root is a copy of the base, the directory of its name. */
  readonly defineRoot: (name: string) => Promise<Domain>;
  /** A domain with an overlay over the base, whose layer is the directory `upper-` and its name. */
  readonly defineLayer: (name: string) => Promise<Domain>;
  /** Hidden folders in the root: those of copies that were not finished. */
  readonly strayFolders: () => string[];
}

/** To be called once in a file of tests. */
export function ownTreeWorld(): OwnTreeWorld {
  const world = containerTest(async (keep) => {
    const base = keep(await makeBusyboxRoot(['mkdir', 'touch', 'ln']));
    const root = keep(await makeTestRoot());
    const connection = keep(await connect(undefined, { root: root.path }));
    return { base, root, connection };
  });
  const at = (...names: readonly string[]): string => join(world.root.path, ...names);
  return {
    world,
    at,
    defineRoot: (name) => {
      const source = copyRoot(world.base.path, world.root.path, name);
      return world.connection.defineDomain(withRoot(name, source));
    },
    defineLayer: (name) => {
      const upper = at(`upper-${name}`);
      return world.connection.defineDomain(withLayer(name, { base: world.base.path, upper }));
    },
    strayFolders: () => readdirSync(world.root.path).filter((name) => name.startsWith('.')),
  };
}

/** What a line of shell prints in a running container. */
export async function shown(domain: Domain, line: string): Promise<string> {
  const { stdout } = await domain.exec(['/bin/sh', '-c', line]);
  return stdout;
}

/** An error with this code, whose message has these words. */
export function refused(code: string, words = ''): object {
  return expect.objectContaining({
    code,
    message: expect.stringContaining(words) as string,
  }) as object;
}
