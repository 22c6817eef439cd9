/** Checks before a start the folders that console logs are to be written in. */
import { dirname } from 'node:path';
import type { DomainDefinition, OutputFile } from '../../domain/definition';
import { outputFileLocation } from '../../domain/devices/output-files';
import { definitionError } from '../../domain/xml/source-location';
import { SyscallError, TslxcError } from '../../errors';
import type { FileState, Looks } from '../looks/looks';

const step = 'look up the folder of the log of a console';

/**
 * @throws SyscallError for a folder that can't be looked up, TslxcError OPERATION_TIMEOUT for one that does not answer,
 * DefinitionError CONFIG_UNSUPPORTED for a path that is not a folder; all with element and position.
 */
export async function checkOutputFolders(
  { consoles }: DomainDefinition,
  looks: Looks,
): Promise<void> {
  for (const { log } of consoles) {
    if (log === undefined) continue;
    const { kind } = await folderOf(log, looks);
    if (kind === 'directory') continue;
    const detail = `'${dirname(log.file)}' is not a directory`;
    throw definitionError('CONFIG_UNSUPPORTED', detail, outputFileLocation(log));
  }
}

async function folderOf(log: OutputFile, looks: Looks): Promise<FileState> {
  const path = dirname(log.file);
  const place = outputFileLocation(log);
  try {
    return await looks.state(path, { step, place });
  } catch (error) {
    if (!TslxcError.is(error, 'SYSTEM_ERROR')) throw error;
    const { errno = 0, syscall = 'stat' } = error;
    const { path: element, position } = place;
    throw new SyscallError({ errno, syscall, path, step, element, ...position });
  }
}
