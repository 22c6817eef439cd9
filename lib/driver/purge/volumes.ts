/** Volumes of pools whose folder is below the root's own files: they go with these, and so each is named before. Only reads. */
import { join } from 'node:path';
import { isBelow } from '../../domain/xml/path';
import { namesIn } from '../../host/names-in';
import { hiddenDirectories } from '../../host/state/state-paths';
import { describePool } from '../storage/lookup';
import type { Session } from '../session/session';
import type { PurgeItem } from './item';

/** `pools`: names. What is mounted in a folder, as by pools of other types, is unmounted before, and stays. */
export function planVolumes(session: Session, pools: readonly string[]): PurgeItem[] {
  const own = hiddenDirectories(session.paths);
  const folders = pools
    .flatMap((name) => targetOf(session, name) ?? [])
    .filter((target) => own.some((folder) => isBelow(target, folder)));
  return [...new Set(folders)].flatMap((folder) =>
    namesIn(folder)
      .sort()
      .map((name): PurgeItem => ({ kind: 'volume', name: join(folder, name), fate: 'remove' })),
  );
}

/** Undefined where nothing says it: a definition that can't be read is no reason to purge nothing. */
function targetOf(session: Session, name: string): string | undefined {
  try {
    const definition = describePool(session, name)?.definition;
    return definition?.type === 'dir' ? definition.target : undefined;
  } catch {
    return undefined;
  }
}
