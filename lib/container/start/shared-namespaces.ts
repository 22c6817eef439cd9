/** Looks up the namespaces that a definition shares before anything is done, so that a wrong one is reported with its line. */
import { statfsSync, statSync } from 'node:fs';
import type { DomainDefinition, SharedNamespace } from '../../domain/definition';
import { definitionError, type SourceLocation } from '../../domain/xml/source-location';
import { TslxcError } from '../../errors';
import type { StatePaths } from '../../host/state/state-paths';
import type { NamespaceFact } from '../../plan/process/namespaces';
import { inaccessible } from '../sources/inaccessible';
import { isInitOf } from '../init/init-process';
import { readRunState } from '../record/run-state';

/** NSFS_MAGIC of statfs(2). */
const nsfs = 0x6e736673;

/**
 * @throws DefinitionError INTERNAL_ERROR for a domain that doesn't run, CONFIG_UNSUPPORTED for a file that is not a
 * namespace; TslxcError SYSTEM_ERROR for one that can't be looked up. All with element and position.
 */
export function lookUpNamespaces(
  { sharedNamespaces }: DomainDefinition,
  paths: StatePaths,
): NamespaceFact[] {
  return sharedNamespaces.map((shared) => {
    const path = pathOf(shared, paths);
    try {
      if (statfsSync(path).type !== nsfs) {
        throw definitionError('CONFIG_UNSUPPORTED', `${path} is not a namespace`, placeOf(shared));
      }
      return { kind: shared.kind, path, inode: statSync(path, { bigint: true }).ino };
    } catch (error) {
      throw TslxcError.is(error) ? error : unavailable(shared, path, error);
    }
  });
}

function pathOf(shared: SharedNamespace, paths: StatePaths): string {
  const { kind, source, value } = shared;
  switch (source) {
    case 'netns':
      return `/run/netns/${value}`;
    case 'pid':
      return `/proc/${value}/ns/${kind}`;
    case 'name':
      return `/proc/${initOf(shared, paths)}/ns/${kind}`;
  }
}

function initOf(shared: SharedNamespace, paths: StatePaths): number {
  const { value } = shared;
  const isName = value !== '' && !value.includes('/') && value !== '.' && value !== '..';
  const state = isName ? readRunState(paths, value) : undefined;
  if (state?.phase === 'running' && isInitOf(state.running)) return state.running.init;
  const detail = `No domain with matching name '${value}' is running`;
  throw definitionError('INTERNAL_ERROR', detail, placeOf(shared));
}

function unavailable(shared: SharedNamespace, path: string, error: unknown): TslxcError {
  const what = shared.source === 'netns' ? `netns ${shared.value}` : path;
  return inaccessible(error, {
    what: `failed to open ${what}`,
    path,
    step: 'look up the shared namespaces',
    place: placeOf(shared),
  });
}

function placeOf({ kind, position }: SharedNamespace): SourceLocation {
  return { path: `domain/lxc:namespace/lxc:share${kind}`, position };
}
