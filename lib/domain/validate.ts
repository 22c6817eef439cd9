/**
 * Checks a definition before it is started: what may be stored, but not started. Pure: whether the host
 * has what the definition names is not checked here.
 */
import type { DomainDefinition } from './definition';
import { refuseUnsupported } from './xml/unsupported';
import { checkMemoryTuning } from './tuning/memory-tuning';
import { checkPartition } from './tuning/partition';
import { definitionError } from './xml/source-location';
import { checkSharedNamespaces } from './namespaces/shared-namespaces';
import { checkFilesystems } from './filesystem/validate';
import { checkInterfaces } from './interface/validate';

/**
 * Returns if this version supports all of the definition.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED for a missing console or one that is not a pty, for more consoles than
 * terminals, for the first unsupported element, and for an invalid partition, shared namespace, interface (see
 * checkInterfaces) or filesystem (see checkFilesystems).
 */
export function checkStartable(definition: DomainDefinition): void {
  checkConsoles(definition);
  checkTerminals(definition);
  refuseUnsupported(definition.unsupported);
  checkMemoryTuning(definition);
  checkPartition(definition);
  checkSharedNamespaces(definition);
  checkInterfaces(definition);
  checkFilesystems(definition);
}

function checkConsoles({ consoles, devicesPosition }: DomainDefinition): void {
  if (consoles.length === 0) {
    const position = devicesPosition ?? { line: 1, column: 1 };
    const location = { path: 'domain/devices', position };
    throw definitionError('CONFIG_UNSUPPORTED', 'At least one PTY console is required', location);
  }
  for (const { type, position } of consoles) {
    if (type === 'pty') continue;
    const location = { path: 'domain/devices/console', position };
    throw definitionError('CONFIG_UNSUPPORTED', 'Only PTY console types are supported', location);
  }
}

function checkTerminals({ consoles, extension: { terminalLimit } }: DomainDefinition): void {
  if (terminalLimit === undefined || consoles.length <= terminalLimit.max) return;
  const { max, position } = terminalLimit;
  const detail = `${consoles.length} consoles are more terminals than max allows, which is ${max}`;
  const location = { path: 'domain/metadata/tslxc:container/tslxc:ptys', position };
  throw definitionError('CONFIG_UNSUPPORTED', detail, location);
}
