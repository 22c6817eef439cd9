/**
 * `<tslxc:rlimit name='nofile' soft='1024' hard='unlimited'/>`: a resource limit of init and all processes that it
 * starts, getrlimit(2). libvirt's schema has no element for it.
 */
import type { Position } from '../../xml/element';
import { attributeLocation, definitionError } from '../../xml/source-location';
import { readExactly, type LocatedElement, type Reading } from '../../xml/reading';
import { resourceLimitVocabulary } from './vocabulary';

/** RLIMIT_* of asm-generic/resource.h, which x86 and ARM share. */
export const resourceNumbers = {
  cpu: 0,
  fsize: 1,
  data: 2,
  stack: 3,
  core: 4,
  rss: 5,
  nproc: 6,
  nofile: 7,
  memlock: 8,
  as: 9,
  locks: 10,
  sigpending: 11,
  msgqueue: 12,
  nice: 13,
  rtprio: 14,
  rttime: 15,
} as const;

export type ResourceName = keyof typeof resourceNumbers;

/** `<tslxc:rlimit>`: one of init's resource limits, getrlimit(2). */
export interface ResourceLimit {
  readonly name: ResourceName;
  readonly soft: bigint;
  readonly hard: bigint;
  readonly position: Position;
}

/** RLIM_INFINITY. */
export const unlimited = (1n << 64n) - 1n;

const names = Object.keys(resourceNumbers) as ResourceName[];

/** @throws DefinitionError XML_ERROR for an unknown or repeated name, and for an invalid limit. */
export function parseResourceLimits(elements: readonly LocatedElement[]): ResourceLimit[] {
  const limits: ResourceLimit[] = [];
  for (const at of elements) {
    const limit = parseResourceLimit(readExactly(at, resourceLimitVocabulary));
    const first = limits.find(({ name }) => name === limit.name);
    if (first !== undefined) {
      const detail = `resource '${limit.name}' is already limited in line ${first.position.line}`;
      throw definitionError('XML_ERROR', detail, at);
    }
    limits.push(limit);
  }
  return limits;
}

function parseResourceLimit(reading: Reading): ResourceLimit {
  const { at } = reading;
  const written = valueOf(reading, 'name');
  const name = names.find((known) => known === written);
  if (name === undefined) {
    const detail = `unknown resource '${written}', not one of ${names.join(', ')}`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'name'));
  }
  const soft = parseLimit(reading, 'soft');
  const hard = parseLimit(reading, 'hard');
  if (soft > hard) {
    const detail = `the soft limit of '${name}' is above its hard one`;
    throw definitionError('XML_ERROR', detail, attributeLocation(at, 'soft'));
  }
  return { name, soft, hard, position: at.position };
}

function parseLimit(reading: Reading, attribute: 'soft' | 'hard'): bigint {
  const text = valueOf(reading, attribute);
  if (text === 'unlimited') return unlimited;
  const value = /^[0-9]{1,20}$/.test(text) ? BigInt(text) : unlimited;
  if (value < unlimited) return value;
  const detail = `${attribute} limit '${text}' is neither a number nor 'unlimited'`;
  throw definitionError('XML_ERROR', detail, attributeLocation(reading.at, attribute));
}

function valueOf({ at, attributes }: Reading, name: string): string {
  const value = attributes.get(name);
  if (value !== undefined) return value;
  const detail = `missing required attribute '${name}' of <${at.element.name}>`;
  throw definitionError('XML_ERROR', detail, at);
}
