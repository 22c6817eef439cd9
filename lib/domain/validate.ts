/**
 * What a definition may not say when it is started, though it may be defined. Pure: whether the host
 * has what the definition names is not asked here.
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
 * Returns when this version can carry out all of the definition.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED: no console or one that is no pty, the first element
 * that is for later, a partition that is no path, a shared namespace that can't be, or an interface or filesystem that can't be had; see
 * checkInterfaces and checkFilesystems.
 */
export function checkStartable(definition: DomainDefinition): void {
  checkConsoles(definition);
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
