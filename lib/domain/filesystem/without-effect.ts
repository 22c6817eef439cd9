/** Parts of file systems that have no effect in this definition, although they would have one in another. Pure. */
import type { DomainDefinition } from '../definition';
import type { UnsupportedElement } from '../xml/unsupported';
import { accessModesWithoutEffect } from './access-mode';
import { limitsWithoutEffect } from './space-limits';

/** Whether the domain has ids of its own decides, among others. */
export function withoutEffect(
  definition: Pick<DomainDefinition, 'filesystems' | 'idMap' | 'extension'>,
): UnsupportedElement[] {
  return [...accessModesWithoutEffect(definition), ...limitsWithoutEffect(definition)];
}
