/** The same work at once under several roots, which don't disturb one another: for what has to be done often. */
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import { makeTestRoot } from '../root/test-root';

export interface Side {
  /** From 0: for a name of its own, since names of running containers are global. */
  readonly index: number;
  readonly root: string;
  readonly connection: Connection;
}

/** Divides `times` runs evenly among `sides`; each side does its runs one after another. */
export async function sideBySide(
  { sides, times }: { readonly sides: number; readonly times: number },
  work: (side: Side, run: number) => Promise<void>,
): Promise<void> {
  const runs = Array.from({ length: times }, (_, run) => run);
  const one = async (index: number): Promise<void> => {
    await using root = await makeTestRoot();
    await using connection = await connect('lxc:///', { root: root.path });
    const side = { index, root: root.path, connection };
    for (const run of runs) if (run % sides === index) await work(side, Math.floor(run / sides));
  };
  await Promise.all(Array.from({ length: sides }, (_, index) => one(index)));
}
