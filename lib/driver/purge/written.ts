/** What containers have written into overlays, and the files of snapshots: what a purge removes of them, and what it leaves. Only reads. */
import { overlayUppersOf } from '../../container/sources/overlay-upper';
import type { DomainDefinition } from '../../domain/definition';
import { isBelow } from '../../domain/xml/path';
import { foldersIn } from '../../host/names-in';
import { fileError } from '../../host/state/file-error';
import { imagePaths } from '../../image/store/image-paths';
import { present } from '../../present';
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

interface Written {
  readonly written: readonly PurgeItem[];
  /** By domain, why a definition can't be read, which may name more. */
  readonly unreadable: ReadonlyMap<string, string>;
}

/** Those that domains and catalogues name, and those below the root's own files that nothing names any more. */
export function planWritten(session: Session, named: Named): Written {
  const unreadable = new Map<string, string>();
  const layers = named.domains.flatMap((name) => {
    const found = readDefinitions(session, name);
    if (found.unreadable !== undefined) unreadable.set(name, found.unreadable.message);
    return found.definitions.flatMap((one) => overlayUppersOf(one).map(({ path }) => path));
  });
  return { written: withCopies(session, layers, named), unreadable };
}

/** `layers`: those that the definitions name. */
function withCopies(
  { paths }: Session,
  layers: readonly string[],
  { catalogues, unfinished }: Named,
): PurgeItem[] {
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

/** That of the running container, and the stored one, as far as they can be read. */
function readDefinitions(
  session: Session,
  name: string,
): { readonly definitions: readonly DomainDefinition[]; readonly unreadable?: Error } {
  const read = [
    () => {
      const state = runStateIfAny(session.paths, name);
      return state?.phase === 'running' ? runningDefinition(session, state) : undefined;
    },
    () => session.store.read(name),
  ];
  const failures: Error[] = [];
  const definitions = read.flatMap((one) => {
    try {
      return one() ?? [];
    } catch (error) {
      failures.push(fileError(error));
      return [];
    }
  });
  return { definitions, ...present({ unreadable: failures[0] }) };
}
