/** How an interface of a virtual network is reached: by its domain's name, and by ports of the host. */
import type { InterfaceDefinition } from '../../../domain/interface/definition';
import type { Port } from '../../../plan/network/links';
import type { Undo } from '../../record/undo';
import type { LinkForwards } from './forward-rules';
import type { PortOwner } from './claim-ports';
import { linkForwards } from './link-forwards';
import { linkName, placeName, type LinkName } from './link-name';
import { placeForwards } from './place-forwards';

export interface LinkReach {
  readonly name?: LinkName | undefined;
  readonly forwards?: LinkForwards | undefined;
}

/** The interface on the host, and what its network says of it. */
export interface ReachedPort {
  readonly host: string;
  readonly bridge?: string;
  readonly reserved?: readonly string[];
  readonly forwarding?: BridgePort['forwarding'] | undefined;
  readonly names?: BridgePort['names'] | undefined;
}

type BridgePort = Port & { kind: 'bridge' };

/** @throws as `linkForwards`. */
export function linkReach(
  domain: string,
  definition: InterfaceDefinition,
  { host, bridge, reserved = [], forwarding, names: places }: ReachedPort,
): LinkReach {
  if (bridge === undefined) return {};
  const name = linkName(domain, definition, { places, reserved });
  const offered = name?.dhcp === undefined ? 'none' : 'by-dhcp';
  const plug = { host, bridge, reserved, forwarding, offered } as const;
  return { name, forwards: linkForwards(definition, plug) };
}

/** The undo steps of what `placeReach` does. */
export function undoOfReach({ name, forwards }: LinkReach): Undo[] {
  return [
    ...(forwards === undefined
      ? []
      : [{ undo: 'removeForwards', host: forwards.host, mac: forwards.mac } as const]),
    ...(name === undefined
      ? []
      : [{ undo: 'removeName', folder: name.folder, mac: name.mac } as const]),
  ];
}

/**
 * The name first: it yields the address that forwarded ports lead to. The undo steps are on record before.
 *
 * @throws as `placeForwards`; SyscallError for names that can't be written.
 */
export async function placeReach({ name, forwards }: LinkReach, owner: PortOwner): Promise<void> {
  const leased = name === undefined ? undefined : placeName(name);
  if (forwards !== undefined) await placeForwards(forwards, { owner, leased });
}
