/** Volumes of pools whose folder is below the root's own files: they go with these, and so each is named before. Only reads. */
import { join } from 'node:path';
import { isBelow } from '../../domain/xml/path';
import { fileError } from '../../host/state/file-error';
import { namesIn } from '../../host/names-in';
import { hiddenDirectories } from '../../host/state/state-paths';
import { draftsName } from '../../storage/pool/folder';
import { describePool } from '../storage/lookup';
import type { Session } from '../session/session';
import type { PurgeItem } from './item';

/** Where the volumes of a pool are; nothing says it if its definition can't be read, which is no reason to purge nothing. */
export interface PoolPlace {
  readonly name: string;
  /** Of a pool of type `dir`. What is mounted in a folder, as by pools of other types, is unmounted before, and stays. */
  readonly target?: string;
  /** Why its definition can't be read. */
  readonly unreadable?: string;
}

export function placeOf(session: Session, name: string): PoolPlace {
  try {
    const found = describePool(session, name);
    const { definition } = found ?? {};
    if (definition?.type === 'dir') return { name, target: definition.target };
    if (definition !== undefined || found?.unreadable === undefined) return { name };
    return { name, unreadable: found.unreadable.message };
  } catch (error) {
    return { name, unreadable: fileError(error).message };
  }
}

export function planVolumes({ paths }: Session, pools: readonly PoolPlace[]): PurgeItem[] {
  const own = hiddenDirectories(paths);
  // That of named volumes is listed even if no pool has it any more.
  const folders = [paths.volumes, ...pools.flatMap(({ target }) => target ?? [])].filter((target) =>
    own.some((folder) => isBelow(target, folder)),
  );
  return [...new Set(folders)].flatMap((folder) =>
    namesIn(folder)
      .filter((name) => name !== draftsName)
      .sort()
      .map((name): PurgeItem => ({ kind: 'volume', name: join(folder, name), fate: 'remove' })),
  );
}
