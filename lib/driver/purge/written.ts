/** What containers have written into overlays, and the files of snapshots: what a purge removes of them, and what it leaves. Only reads. */
import { overlayUppersOf } from '../../container/sources/overlay-upper';
import type { DomainDefinition } from '../../domain/definition';
import { isBelow } from '../../domain/xml/path';
import { foldersIn } from '../../host/names-in';
import { imagePaths } from '../../image/store/image-paths';
import { runningDefinition } from '../definitions/definitions';
import { runStateIfAny } from '../lookup/readable-state';
import type { Session } from '../session/session';
import type { Catalogue } from '../snapshots/catalogue';
import { snapshotsOfLayer } from '../snapshots/live-trees';
import type { PurgeItem } from './item';

interface Named {
  readonly domains: readonly string[];
  readonly catalogues: readonly Catalogue[];
  /** Trees that are dealt with otherwise. */
  readonly unfinished: readonly string[];
}

/** Those that domains and catalogues name, and those below the root's own files that nothing names any more. */
export function planWritten(
  session: Session,
  { domains, catalogues, unfinished }: Named,
): PurgeItem[] {
  const { paths } = session;
  const layers = domains.flatMap((name) =>
    definitionsOf(session, name).flatMap((definition) =>
      overlayUppersOf(definition).map(({ path }) => path),
    ),
  );
  const copies = catalogues.flatMap(({ snapshots }) =>
    snapshots.flatMap(({ trees }) => trees.map((tree) => tree.kept)),
  );
  const left = leftFolders(
    imagePaths(paths).containers,
    new Set([...layers, ...copies, ...unfinished]),
  );
  // Those of containers made from images are below the files that are removed, unless they were put elsewhere.
  const fateOf = (name: string): PurgeItem['fate'] =>
    isBelow(name, paths.library) ? 'remove' : 'keep';
  const uppers = [...new Set([...layers, ...left.layers])];
  return [
    ...uppers.map((name): PurgeItem => ({ kind: 'upper', name, fate: fateOf(name) })),
    ...[...copies, ...left.copies].map((name): PurgeItem => ({
      kind: 'snapshot',
      name,
      fate: fateOf(name),
    })),
  ];
}

interface Left {
  readonly layers: readonly string[];
  readonly copies: readonly string[];
}

/** What undefined domains have written, and the files of snapshots that were forgotten with them. */
function leftFolders(containers: string, named: ReadonlySet<string>): Left {
  const isUnnamed = (path: string): boolean => !named.has(path);
  const folders = foldersIn(containers).sort();
  return {
    layers: folders.filter(isUnnamed),
    copies: folders
      .flatMap((folder) => foldersIn(snapshotsOfLayer(folder)).sort())
      .filter(isUnnamed),
  };
}

/** That of the running container, and the stored one. A damaged one names nothing. */
function definitionsOf(session: Session, name: string): DomainDefinition[] {
  const read = [
    () => {
      const state = runStateIfAny(session.paths, name);
      return state?.phase === 'running' ? runningDefinition(session, state) : undefined;
    },
    () => session.store.read(name),
  ];
  return read.flatMap((one) => {
    try {
      return one() ?? [];
    } catch {
      return [];
    }
  });
}
