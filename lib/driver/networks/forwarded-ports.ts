/** Ports of the host that are forwarded to the running containers of this root. */
import type { PortForward } from '../../domain/interface/definition';
import { forwardedPorts } from '../../domain/interface/port/port-forward';
import { readableStates } from '../lookup/readable-state';
import type { Session } from '../session/session';

interface Forwarded {
  readonly domain: string;
  readonly forward: PortForward;
}

/** Those of all interfaces but the one with this address. */
export async function forwardsOfOthers(session: Session, mac: string): Promise<Forwarded[]> {
  const states = await readableStates(session);
  return [...states.values()].flatMap((state) => {
    if (state.phase === 'off' || !state.start.undo.some(isForwarding)) return [];
    const { name, links = [] } = state.start;
    return links
      .filter((link) => link.mac !== mac)
      .flatMap(({ forwards = [] }) => forwards.map((forward) => ({ domain: name, forward })));
  });
}

function isForwarding({ undo }: { readonly undo: string }): boolean {
  return undo === 'removeForwards';
}

/** Whether a packet could be meant for both. */
export function overlap(one: PortForward, other: PortForward): boolean {
  const mayBeSame = (a: string | undefined, b: string | undefined): boolean =>
    a === undefined || b === undefined || a === b;
  if (one.protocol !== other.protocol || !mayBeSame(one.address, other.address)) return false;
  if (!mayBeSame(one.device, other.device)) return false;
  return forwardedPorts(one).some((ports) =>
    forwardedPorts(other).some(({ start, end }) => start <= ports.end && ports.start <= end),
  );
}
