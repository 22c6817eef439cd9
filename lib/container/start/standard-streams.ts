/** The standard streams that init gets from the caller of its start. */
import { fchownSync, fstatSync } from 'node:fs';
import type { DomainDefinition } from '../../domain/definition';
import { hostId } from '../../plan/process/id-map';
import { fileError } from '../../host/state/file-error';
import type { ContainerStart } from './container-start';
import type { Preparation } from './preparation';

/**
 * Gives those of them that are pipes to init's user on the host, who can then reopen /dev/stdout. Anything else stays its owner's.
 *
 * @throws SyscallError.
 */
export function giveStreams(
  { passDescriptors, standardStreams = false }: ContainerStart,
  { idMap }: DomainDefinition,
  { initUid }: Pick<Preparation, 'initUid'>,
): void {
  if (!standardStreams) return;
  const owner = hostId(idMap?.uids ?? [], initUid) ?? initUid;
  try {
    for (const fd of passDescriptors.slice(0, 3)) {
      if (fstatSync(fd).isFIFO()) fchownSync(fd, owner, -1);
    }
  } catch (error) {
    throw fileError(error, 'give init its standard streams');
  }
}
