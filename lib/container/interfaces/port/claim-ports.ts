/**
 * Claims ports of the host for an interface: of two interfaces that want the same port, in whatever processes and
 * roots, the second is refused. A process that claims holds the lock of all claims from checking them until its own is
 * recorded. A claim counts if its domain runs or a process is at work on it, as the domain's record says: a start that
 * was killed has no port. If the claiming process can't see that record, for instance in a mount namespace without the
 * other root, the claim is dead only if what all processes of the network namespace see says so: there is no such
 * interface, and no process is about to make it.
 */
import type { PortForward } from '../../../domain/interface/definition';
import { hostSideMac } from '../../../domain/interface/mac-address';
import { sharedPort } from '../../../domain/interface/port/port-forward';
import { definitionError } from '../../../domain/xml/source-location';
import { native } from '../../../host/native';
import { takeHostLock } from '../../../host/state/file-lock';
import { realRoot } from '../../../host/state/real-root';
import { hostPortsPath, statePaths } from '../../../host/state/state-paths';
import type { LiveUndo } from '../../record/live-undo';
import { isDomainLocked } from '../../record/locks';
import { readRunState } from '../../record/run-state';
import type { RunState } from '../../record/run-state';
import type { Undo } from '../../record/undo';
import { isLinkHeld } from '../link-numbers';
import type { LinkForwards } from './forward-rules';
import { removeForwards } from './link-forwards';
import { readPortClaim, readPortClaims, removePortClaim, writePortClaim } from './port-claims';
import type { PortClaim } from './port-claims';

/** A domain of this host. */
export interface PortOwner {
  readonly root: string;
  readonly name: string;
}

/** A claim that has been made: one of the two is called, once the rules are loaded or can't be. */
export interface ClaimedPorts {
  /** Releases the ports of the former claim. */
  keep(): void;
  /** Restores the former claim. */
  putBack(): void;
}

/** Ports, and the interface that they are to lead to. */
export type WantedPorts = Pick<LinkForwards, 'mac' | 'forwards'>;

/**
 * Refuses early what `claimPorts` would refuse. Claims nothing, so that another domain may get the ports a moment
 * later.
 *
 * @throws DefinitionError RESOURCE_BUSY, with the domain that has one of them.
 */
export async function checkPorts(wanted: WantedPorts, root: string): Promise<void> {
  for (const claim of readPortClaims()) {
    if (claim.mac !== wanted.mac) await refuseIfTaken(wanted, claim, root);
  }
}

/**
 * Claims the ports of an interface, in place of those that it has. The undo step is on the record of its start before
 * this. Rules of a dead domain that are in the way are removed. The former ports of the interface stay claimed until
 * `keep`.
 *
 * @throws DefinitionError as `checkPorts`; SyscallError when the claim can't be written; and as `removeForwards`.
 */
export async function claimPorts(
  link: LinkForwards,
  { root, name }: PortOwner,
): Promise<ClaimedPorts> {
  const { host, mac, forwards } = link;
  using _lock = await takeHostLock({ path: hostPortsPath, step: 'take ports of the host' });
  const others = readPortClaims().filter((claim) => claim.host !== host || claim.mac !== mac);
  for (const claim of others) {
    if ((await refuseIfTaken(link, claim, root)) === 'dead') await removeForwards(claim);
  }
  const own = { root: realRoot(root), name, host, mac };
  const former = readPortClaim(link);
  const isOwn = former?.root === own.root && former.name === name;
  // The rules of before are there until the new ones are loaded.
  writePortClaim({ ...own, forwards: isOwn ? [...former.forwards, ...forwards] : forwards });
  return {
    keep: () => writePortClaim({ ...own, forwards }),
    putBack: () => {
      if (former === undefined) removePortClaim(link);
      else writePortClaim(former);
    },
  };
}

/** @throws as `checkPorts`. @returns `dead` for a claim that is in the way, but no longer counts. */
async function refuseIfTaken(
  { forwards }: WantedPorts,
  claim: PortClaim,
  root: string,
): Promise<'dead' | 'other'> {
  for (const forward of forwards) {
    const port = claim.forwards
      .map((one) => sharedPort(one, forward))
      .find((shared) => shared !== undefined);
    if (port === undefined) continue;
    if ((await stateOf(claim)) === 'dead') return 'dead';
    throw portTaken(claim, { port, forward, root });
  }
  return 'other';
}

interface Refused {
  readonly port: number;
  readonly forward: PortForward;
  /** The root of the domain that is refused. */
  readonly root: string;
}

function portTaken({ root: other, name }: PortClaim, { port, forward, root }: Refused): Error {
  const { protocol, position } = forward;
  const whose = other === realRoot(root) ? '' : ` of the root ${other}`;
  const detail = `the port ${port} (${protocol}) is forwarded to the domain '${name}'${whose} already`;
  const path = 'domain/devices/interface/portForward';
  return definitionError('RESOURCE_BUSY', detail, { path, position });
}

type ClaimState = 'live' | 'dead';

async function stateOf(claim: PortClaim): Promise<ClaimState> {
  return recordedState(claim) ?? (await visibleState(claim));
}

/**
 * The state by the domain's record: `live` when the domain runs with the interface, or a process is about to start it,
 * or to attach the interface. Undefined when no record that this process sees has the interface.
 */
function recordedState({ root, name, host, mac }: PortClaim): ClaimState | undefined {
  const paths = statePaths(root);
  let state: RunState;
  try {
    state = readRunState(paths, name);
  } catch {
    // If the records are damaged, it is unknown whether the domain runs.
    return 'live';
  }
  if (state.phase === 'off') return undefined;
  const isIts = (one: Undo | LiveUndo): boolean =>
    one.undo === 'removeForwards' && one.host === host && one.mac === mac;
  const { undo, plug } = state.start;
  if (!undo.some(isIts)) return undefined;
  if (state.phase === 'ended' && state.exit !== undefined) return 'dead';
  // Until its monitor has its lock, a start looks like one that has died.
  const isOnItsWay = state.phase === 'ended' || plug?.undo.some(isIts) === true;
  return !isOnItsWay || isDomainLocked(paths, name) ? 'live' : 'dead';
}

/**
 * The state by what all processes of this network namespace see: the interface, which outlives a reboot, or the lock of
 * the process that is about to make it.
 */
async function visibleState(claim: PortClaim): Promise<ClaimState> {
  // This first: the lock is held until the interface is there.
  if (isLinkHeld(claim)) return 'live';
  const { host, mac } = claim;
  const address = hostSideMac(mac);
  const links = await native().listLinks();
  return links.some((link) => link.name === host && link.address === address) ? 'live' : 'dead';
}
