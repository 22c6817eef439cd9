/** Changes a device of a running container: of an interface, what can be changed while it runs. */
import { findDevice, withUpdated } from '../../domain/devices/device-changes';
import type { InterfaceDefinition } from '../../domain/interface/definition';
import { formatPortForward } from '../../domain/interface/port/port-forward';
import { formatInterface } from '../../domain/interface/format';
import { printXml } from '../../domain/xml/print';
import { TslxcError } from '../../errors';
import { requireRunning, runningDefinition } from '../definitions/definitions';
import { hiddenPortWarnings } from '../interfaces/hidden-ports';
import { setLiveRates } from '../interfaces/bandwidth';
import { setLiveForwards } from '../interfaces/live-forwards';
import { setLiveLink } from '../interfaces/link-state';
import { withLiveLinks } from '../interfaces/interfaces';
import { changeRates } from '../interfaces/rates';
import { activeNetworkOf } from '../networks/container-ports';
import { lostTables, restoreTable } from '../networks/lost-rules';
import type { Session } from '../session/session';
import type { Warning } from '../types';
import type { LiveChange } from './live-devices';

/**
 * Plugs an interface in or out, and changes its rates and the ports that lead to it. What another program has removed of its rules
 * is made again, also when nothing changes. Resolves to the warnings of ports that were forwarded otherwise before.
 *
 * @throws TslxcError OPERATION_INVALID when nothing runs; OPERATION_UNSUPPORTED for another kind of device, and for any other
 * change of an interface; and as `findDevice`.
 */
export async function updateLive(
  session: Session,
  change: LiveChange,
): Promise<readonly Warning[]> {
  const { identity, state, parsed } = change;
  requireRunning(state, 'changeDevice', identity);
  const { device } = parsed;
  if (device.list !== 'interfaces') {
    throw new TslxcError('OPERATION_UNSUPPORTED', 'Unable to modify live devices');
  }
  // The running definition does not say whether an interface was plugged in or out meanwhile.
  const before = await withLiveLinks(session, state, runningDefinition(session, state));
  const current = before.interfaces[findDevice(before, parsed)];
  const after = withUpdated(before, parsed);
  const wanted = after.interfaces[findDevice(after, parsed)];
  if (current === undefined || wanted === undefined) throw new RangeError('an interface has gone');
  const guest = state.start.links?.find(({ mac }) => mac === current.mac)?.guest;
  requireSame({ current, wanted }, guest);
  const { linkState: link = 'up' } = wanted;
  const rates = changeRates(wanted.bandwidth, {});
  const { inbound = 'none', outbound = 'none' } = rates;
  const which = { identity, state, device: current.mac };
  // What can't be looked at fails the call before anything has been done.
  const lost = await lostTables(session, state.start, { mac: current.mac });
  const isForwardedAnew = forwardsOf(current).join('') !== forwardsOf(wanted).join('');
  const hidden = await hiddenPortWarnings(session, {
    interfaces: [onlyNewForwards(current, wanted)],
  });
  if (wanted.bandwidth !== undefined || current.bandwidth !== undefined) {
    await setLiveRates(session, { ...which, change: { inbound, outbound } });
  }
  if (link !== (current.linkState ?? 'up')) await setLiveLink(session, { ...which, link });
  const isForwarding = lost.some(({ holds }) => holds === 'forwards');
  if (isForwarding || isForwardedAnew) {
    await setLiveForwards(session, identity, wanted);
  }
  const network = wanted.type === 'network' ? activeNetworkOf(session, wanted.network) : undefined;
  const filter = lost.find(({ holds }) => holds === 'filter');
  if (filter !== undefined) {
    await restoreTable(session, { start: state.start, table: filter, network });
  }
  return hidden;
}

interface Two {
  readonly current: InterfaceDefinition;
  readonly wanted: InterfaceDefinition;
}

/** Compares all but link state, rates and forwarded ports. A text from the live XML has the name inside that the start has chosen. */
function requireSame({ current, wanted }: Two, guest: string | undefined): void {
  const isGiven = current.guestDevice === undefined && wanted.guestDevice === guest;
  const { guestDevice: _given, ...unnamed } = wanted;
  if (textOf(current) === textOf(isGiven ? unnamed : wanted)) return;
  throw new TslxcError(
    'OPERATION_UNSUPPORTED',
    `of the interface ${current.mac} only <link>, <bandwidth> and <portForward> can be changed while the container runs`,
  );
}

function textOf(one: InterfaceDefinition): string {
  const { linkState: _link, bandwidth: _bandwidth, portForwards: _forwards, ...rest } = one;
  return printXml(formatInterface(rest, undefined));
}

function forwardsOf({ portForwards = [] }: InterfaceDefinition): string[] {
  return portForwards.map((one) => printXml(formatPortForward(one)));
}

/** `wanted` with the forwarded ports alone that `current` has not. */
function onlyNewForwards(
  current: InterfaceDefinition,
  wanted: InterfaceDefinition,
): InterfaceDefinition {
  const known = new Set(forwardsOf(current));
  const texts = forwardsOf(wanted);
  const portForwards = wanted.portForwards?.filter((_, index) => !known.has(texts[index] ?? ''));
  return portForwards === undefined ? wanted : { ...wanted, portForwards };
}
