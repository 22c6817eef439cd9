/** A root of its own for tslxc's state, so that a test meets no other's domains; gone at the end with all in it. */
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { statePaths } from '../../lib/host/state-paths';
import { TslxcError, connect } from 'tslxc';
import { removeTree } from './remove-tree';

export interface TestRoot extends AsyncDisposable {
  /** For `connect(undefined, { root: path })`, `runCommand(…, { root: path })` and TSLXC_ROOT. */
  readonly path: string;
  /** Destroys the containers that run under it, then removes it. */
  remove(): Promise<void>;
}

export async function makeTestRoot(): Promise<TestRoot> {
  const path = await mkdtemp('/var/tmp/tslxc-');
  const remove = async (): Promise<void> => {
    await destroyAll(path);
    await removeTree(path);
  };
  return { path, remove, [Symbol.asyncDispose]: remove };
}

async function destroyAll(root: string): Promise<void> {
  const { domains } = statePaths(root);
  if (!existsSync(domains) || readdirSync(domains).length === 0) return;
  await using connection = await connect(undefined, { root });
  for (const domain of await connection.listDomains()) {
    if (domain.id !== undefined) await domain.destroy().catch(unlessEnded);
  }
}

/** It may have come to its end by itself, or by whoever else was asked. */
function unlessEnded(error: unknown): void {
  if (!TslxcError.is(error) || error.code !== 'OPERATION_INVALID') throw error;
}
