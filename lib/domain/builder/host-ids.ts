/** The ids of the host, where a DomainSpec asks for them and the level of its domain would give it ids of its own. Pure. */
import { TslxcError } from '../../errors';
import type { Hardening } from '../../hardening';
import { confinementAt } from '../namespaces/level';
import type { DomainSpec } from './spec';

/**
 * The spec, at a level that leaves it the ids of the host if it asks for them; itself otherwise.
 *
 * @param ofOthers - the level of domains that set none
 * @throws TslxcError INVALID_ARG for one that asks for the level `isolated` as well
 */
export function withHostIds(spec: DomainSpec, ofOthers: Hardening): DomainSpec {
  const { idMap, hardening = ofOthers } = spec;
  if (idMap !== 'host' || hardening !== 'isolated') return spec;
  if (spec.hardening === undefined) return { ...spec, hardening: confinementAt(hardening) };
  const detail = "idMap 'host' asks for the ids of the host, and hardening 'isolated' for others";
  throw new TslxcError('INVALID_ARG', detail);
}
