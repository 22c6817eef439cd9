/** What a transient domain that was made from an image has written: it is removed when the domain is gone. */
import { basename } from 'node:path';
import { runNames } from '../../container/record/run-state';
import type { StartRecord } from '../../container/record/run-state';
import { readText } from '../../host/kernel/text-file';
import { takeHostLock } from '../../host/state/file-lock';
import { runPaths } from '../../host/state/state-paths';
import { transientLayers } from '../../image/container-layer';
import { removeContainerLayer } from '../../image/store/collect';
import { imagePaths } from '../../image/store/image-paths';
import type { Session } from '../session/session';

/**
 * Keeps other processes from removing it between the end of a container and its restart. Undefined for a domain that has none, and, with a
 * warning in the log, when that can't be done.
 */
export async function keepWrittenLayer(
  session: Session,
  start: StartRecord,
): Promise<Disposable | undefined> {
  try {
    if (layersOf(session, start).length === 0) return undefined;
    const { lock: path } = imagePaths(session.paths);
    return await takeHostLock({ path, step: 'lock the images' }, 'shared');
  } catch (err) {
    session.logger.warn({ err, domain: start.name }, 'the images could not be locked');
    return undefined;
  }
}

/**
 * Under the lock of the domain, whose end has been cleaned up. Leaves what a domain names, as one that was defined from the XML of this one,
 * or this one when it runs again. A failure is logged, and `collectImages` tries again.
 */
export async function removeWrittenLayer(session: Session, start: StartRecord): Promise<void> {
  try {
    for (const layer of layersOf(session, start)) {
      const isUsed = (): boolean => isNamed(session, basename(layer));
      await removeContainerLayer(imagePaths(session.paths), layer, isUsed);
    }
  } catch (err) {
    session.logger.warn({ err, domain: start.name }, 'what it has written could not be removed');
  }
}

/** Not that of the next domain of the name, for which another caller may have made one already. */
function layersOf(session: Session, { name, xml }: StartRecord): string[] {
  const paths = imagePaths(session.paths);
  // Of most domains that is all: an end opens no folder for them.
  if (!xml.includes(`/${basename(paths.folder)}/${basename(paths.containers)}/`)) return [];
  return transientLayers(paths, name).filter((path) => xml.includes(basename(path)));
}

/** Whether a definition or a record has the text. They are not parsed: hundreds of containers may be destroyed at once. */
function isNamed({ store, paths }: Session, text: string): boolean {
  return (
    store.names().some((name) => readText(store.path(name)).includes(text)) ||
    runNames(paths).some((name) => readText(runPaths(paths, name).start).includes(text))
  );
}
