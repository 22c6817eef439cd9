/** Which level domains have that set none. */
import type { DomainDefinition } from '../../domain/definition';
import type { Hardening } from '../../hardening';
import { atLevel } from '../../domain/namespaces/level';
import { readSettings } from '../../host/settings';
import type { HostSettings } from '../../host/settings';
import type { Session } from './session';

/**
 * The level of domains that set none: that of the connection, or else the host's, or else `hardened`.
 *
 * @throws as `readSettings`, if these are needed.
 */
export function levelOf(
  { hardening, paths }: Pick<Session, 'hardening' | 'paths'>,
  settings: () => Pick<HostSettings, 'hardening'> = () => readSettings(paths),
): Hardening {
  return hardening ?? settings().hardening ?? 'hardened';
}

/** The stored definition as a start by this connection carries it out. @throws as `levelOf`. */
export function asStarted(
  session: Pick<Session, 'hardening' | 'paths'>,
  definition: DomainDefinition,
): DomainDefinition {
  return definition.extension.hardening === undefined
    ? atLevel(definition, levelOf(session))
    : atLevel(definition, definition.extension.hardening);
}
