/** The directories of images that domains need, since stored or running definitions name them. */
import { overlayUppersOf } from '../../container/sources/overlay-upper';
import type { DomainDefinition } from '../../domain/definition';
import { overlayOf } from '../../domain/filesystem/lookup';
import { definitionsOf } from '../lookup/all-definitions';
import type { Session } from '../session/session';

/** Path → the domain that names it. */
export type UsedPaths = ReadonlyMap<string, string>;

/** Undefined, with a warning in the log, when a domain can't be read: it may need any directory. */
export function usedPaths(session: Session): UsedPaths | undefined {
  const used = new Map<string, string>();
  const failures: unknown[] = [];
  const unread = (err: unknown): void => {
    session.logger.warn({ err }, 'nothing of images is removed: a domain can’t be read');
    failures.push(err);
  };
  for (const definition of definitionsOf(session, unread)) {
    for (const path of pathsOf(definition)) used.set(path, definition.name);
  }
  return failures.length === 0 ? used : undefined;
}

function pathsOf(definition: DomainDefinition): string[] {
  const layers = definition.filesystems.flatMap((filesystem) => {
    const source = filesystem.type === 'mount' ? [filesystem.source] : [];
    const { lowers = [] } = overlayOf(definition, filesystem) ?? {};
    return [...source, ...lowers.map(({ dir }) => dir)];
  });
  return [...layers, ...overlayUppersOf(definition).map(({ path }) => path)];
}
