/** Attaching, detaching and changing devices of a domain: in the running container, and in the stored definition. */
import { withDevice, withoutDevice, withUpdated } from '../../domain/devices/device-changes';
import type { DeviceVerb, ParsedOne } from '../../domain/devices/device';
import type { DomainDefinition } from '../../domain/definition';
import { formatDomain } from '../../domain/format';
import type { Identity } from '../../host/state/definitions/definition-store';
import { startsWithout } from '../../domain/warnings';
import { refuseAll } from '../../domain/xml/unsupported';
import { readSettings } from '../../host/settings';
import { changeDomain, type Which } from '../definitions/domain-change';
import type { Session } from '../session/session';
import { attachLive, detachLive } from './live-devices';
import { updateLive } from './live-update';
import type { Warning } from '../types';

export interface DeviceChange {
  /** The element of one device. */
  readonly xml: string;
  readonly which: Which;
  /** Called for each part of it that has no effect, and for ports at which it hides a program of the host. */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

/**
 * Takes the domain's lock. With `both`, if either change is refused, both stay as they were; see `changeDomain`.
 *
 * @throws DefinitionError for a text that is not a device, and for one that can't be attached; TslxcError INVALID_ARG for
 * one that the domain already has; OPERATION_INVALID for `live` when nothing runs, and for `inactive` of a transient
 * domain; and as `attachLive`.
 */
export async function attachDevice(
  session: Session,
  identity: Identity,
  { xml, which, onWarning }: DeviceChange,
): Promise<void> {
  const parsed = await read(session, xml, 'attached');
  checkStrictly(session, parsed);
  let hidden: readonly Warning[] = [];
  await changeDomain(
    session,
    { identity, which },
    {
      stored: (definition) => valid(session, withDevice(definition, parsed.device)),
      live: async (state) => {
        hidden = await attachLive(session, { identity, state, parsed });
      },
    },
  );
  const warnings = [...startsWithout(parsed.without), ...hidden];
  warn(session, warnings, { name: identity.name, onWarning });
}

/** The reverse. @throws TslxcError DEVICE_MISSING, INVALID_ARG or OPERATION_FAILED as `findDevice`; and as `attachDevice`. */
export async function detachDevice(
  session: Session,
  identity: Identity,
  { xml, which }: DeviceChange,
): Promise<void> {
  const parsed = await read(session, xml, 'detached');
  await changeDomain(
    session,
    { identity, which },
    {
      stored: (definition) => valid(session, withoutDevice(definition, parsed).definition),
      live: (state) => detachLive(session, { identity, state, parsed }),
    },
  );
}

/** Replaces the device that the text matches. @throws as `detachDevice`, and as `updateLive`. */
export async function updateDevice(
  session: Session,
  identity: Identity,
  { xml, which, onWarning }: DeviceChange,
): Promise<void> {
  const parsed = await read(session, xml, 'updated');
  checkStrictly(session, parsed);
  let hidden: readonly Warning[] = [];
  await changeDomain(
    session,
    { identity, which },
    {
      stored: (definition) => valid(session, withUpdated(definition, parsed)),
      live: async (state) => {
        hidden = await updateLive(session, { identity, state, parsed });
      },
    },
  );
  const warnings = [...startsWithout(parsed.without), ...hidden];
  warn(session, warnings, { name: identity.name, onWarning });
}

/** The host's settings hold for devices as for whole definitions. @throws DefinitionError CONFIG_UNSUPPORTED. */
function checkStrictly({ paths }: Session, { without }: ParsedOne): void {
  if (readSettings(paths).strict) refuseAll(without.unsupported, without.unknown ?? []);
}

/** In the log of the domain with this name, and to the caller. */
function warn(
  { logger }: Session,
  warnings: readonly Warning[],
  { name, onWarning }: Pick<DeviceChange, 'onWarning'> & { readonly name: string },
): void {
  for (const warning of warnings) {
    logger.warn({ domain: name, warning: warning.detail }, warning.message);
    onWarning?.(warning);
  }
}

/** An address that is generated because the text has none is one that no stored domain has. */
async function read(session: Session, xml: string, verb: DeviceVerb): Promise<ParsedOne> {
  const used = await session.store.addresses({ except: '' });
  return session.parseDevice(xml, verb, used);
}

/** Parses the result again, so that nothing is stored that could not be defined. */
function valid(session: Session, definition: DomainDefinition): DomainDefinition {
  return session.parse(formatDomain(definition)).definition;
}
