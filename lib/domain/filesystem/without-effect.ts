/** Parts of file systems that have no effect in this definition, although they would have one in another. Pure. */
import type { DomainDefinition } from '../definition';
import { inOrder, type SourceLocation } from '../xml/source-location';
import type { UnsupportedElement } from '../xml/unsupported';
import { accessModesWithoutEffect } from './access-mode';
import { limitsWithoutEffect } from './space-limits';

/** Whether the domain has ids of its own decides, among others. */
export function withoutEffect(
  definition: Pick<DomainDefinition, 'filesystems' | 'idMap' | 'extension'>,
): UnsupportedElement[] {
  return [...accessModesWithoutEffect(definition), ...limitsWithoutEffect(definition)];
}

/** What is not carried out of `next`, which a start has made of `before`; `say` puts what has come to it into words. */
export function unsupportedIn(
  next: DomainDefinition,
  before: DomainDefinition,
  say = (one: UnsupportedElement): UnsupportedElement => one,
): UnsupportedElement[] {
  const had = withoutEffect(before);
  const others = before.unsupported.filter((one) => !had.some((other) => isSamePlace(one, other)));
  return inOrder([...others, ...withoutEffect(next).map(say)]);
}

function isSamePlace(one: SourceLocation, other: SourceLocation): boolean {
  const [a, b] = [one.position, other.position];
  return one.path === other.path && a.line === b.line && a.column === b.column;
}
