/**
 * Checks a definition before it is started, for what may be defined but not started. Pure: whether the host
 * has what the definition names is not checked here.
 */
import type { DomainDefinition } from './definition';
import { refuseAll, refuseUnsupported } from './xml/unsupported';
import { checkMemoryTuning } from './tuning/memory-tuning';
import { checkPartition } from './tuning/partition';
import { definitionError } from './xml/source-location';
import { mostConsoles } from './devices/console';
import { checkOutputFiles } from './devices/output-files';
import { checkSharedNamespaces } from './namespaces/shared-namespaces';
import { checkFilesystems } from './filesystem/validate';
import { checkInterfaces } from './interface/validate';

/** `strict`: a start refuses everything that it does not carry out, including what means nothing to a container. */
export type Strictness = 'usual' | 'strict';

/**
 * Returns if the definition may start.
 *
 * @throws DefinitionError CONFIG_UNSUPPORTED for a missing console, for more consoles than terminals, for an invalid log of a
 * console (see checkOutputFiles), for what would be dangerous to ignore or, if strict, for everything that is not carried out, and
 * for an invalid partition, shared namespace, interface (see checkInterfaces) or filesystem (see checkFilesystems).
 */
export function checkStartable(
  definition: DomainDefinition,
  strictness: Strictness = 'usual',
): void {
  checkConsoles(definition);
  checkTerminals(definition);
  checkOutputFiles(definition);
  const { unsupported, unknown = [] } = definition;
  if (strictness === 'strict') refuseAll(unsupported, unknown);
  else refuseUnsupported(unsupported);
  checkMemoryTuning(definition);
  checkPartition(definition);
  checkSharedNamespaces(definition);
  checkInterfaces(definition);
  checkFilesystems(definition);
}

function checkConsoles({ consoles, devicesPosition }: DomainDefinition): void {
  if (consoles.length > 0 && consoles.length <= mostConsoles) return;
  const position = devicesPosition ?? { line: 1, column: 1 };
  const location = { path: 'domain/devices', position };
  const detail =
    consoles.length === 0
      ? 'At least one PTY console is required'
      : `${consoles.length} consoles are more than a container can have, which is ${mostConsoles}`;
  throw definitionError('CONFIG_UNSUPPORTED', detail, location);
}

function checkTerminals({ consoles, extension: { terminalLimit } }: DomainDefinition): void {
  if (terminalLimit === undefined || consoles.length <= terminalLimit.max) return;
  const { max, position } = terminalLimit;
  const detail = `${consoles.length} consoles are more terminals than max allows, which is ${max}`;
  const location = { path: 'domain/metadata/tslxc:container/tslxc:ptys', position };
  throw definitionError('CONFIG_UNSUPPORTED', detail, location);
}
