/** The folders that the logs of consoles are to be in, looked at before a start. */
import { dirname } from 'node:path';
import type { DomainDefinition, OutputFile } from '../../domain/definition';
import { outputFileLocation } from '../../domain/devices/output-files';
import { definitionError } from '../../domain/xml/source-location';
import { SyscallError, TslxcError } from '../../errors';
import type { FileState, Looks } from '../looks/looks';

const step = 'look up the folder of the log of a console';

/**
 * @throws SyscallError for one that can't be looked at, TslxcError OPERATION_TIMEOUT for one that does not answer, DefinitionError
 * CONFIG_UNSUPPORTED for what is no folder; all with element and position.
 */
export async function checkOutputFolders(
  { consoles }: DomainDefinition,
  looks: Looks,
): Promise<void> {
  for (const { log } of consoles) {
    if (log === undefined) continue;
    const { kind } = await folderOf(log, looks);
    if (kind === 'directory') continue;
    const detail = `'${dirname(log.file)}' is no folder`;
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
