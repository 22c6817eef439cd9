/**
 * Ports of the host, for one interface at a time: of two that want the same, in whatever processes and roots, the second is refused.
 * Who asks holds the lock of all claims from its look to its own record. What counts is a domain that runs, or that a process is at
 * work on: who was killed has no port. The record of the domain says which it is. Where the asking process does not see that, such as
 * one in a mount namespace without the other root, the claim is dead only when what all processes of the network namespace see says so:
 * there is no such interface, and nobody is about to make it.
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

/** What has been claimed: one of both is called, once the rules are loaded or can't be. */
export interface ClaimedPorts {
  /** Lets go of the ports of before. */
  keep(): void;
  /** Goes back to the claim of before. */
  putBack(): void;
}

/** Ports, and the interface that they are to lead to. */
export type WantedPorts = Pick<LinkForwards, 'mac' | 'forwards'>;

/**
 * Refuses early what `claimPorts` would refuse. Takes nothing, so that another may have the ports the moment after.
 *
 * @throws DefinitionError RESOURCE_BUSY, with the domain that has one of them.
 */
export async function checkPorts(wanted: WantedPorts, root: string): Promise<void> {
  for (const claim of readPortClaims()) {
    if (claim.mac !== wanted.mac) await refuseIfTaken(wanted, claim, root);
  }
}

/**
 * Takes the ports of an interface, in the place of those that it has. The record of its start says before that they are given back.
 * The rules of a domain that is dead are removed where they are in the way. Those that it has stay its own until `keep`.
 *
 * @throws DefinitionError as `checkPorts`; SyscallError when it can't be written down; and as `removeForwards`.
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

/** @throws as `checkPorts`. @returns `dead` for ports that are in the way still, and nobody's. */
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
  /** That of the domain which is refused. */
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
 * `live` when its domain runs with the interface, or a process is about to start that, or to plug the interface in. Undefined when no
 * record of the domain that this process sees has the interface.
 */
function recordedState({ root, name, host, mac }: PortClaim): ClaimState | undefined {
  const paths = statePaths(root);
  let state: RunState;
  try {
    state = readRunState(paths, name);
  } catch {
    // Whether a domain runs whose records are damaged can't be told.
    return 'live';
  }
  if (state.phase === 'off') return undefined;
  const isIts = (one: Undo | LiveUndo): boolean =>
    one.undo === 'removeForwards' && one.host === host && one.mac === mac;
  const { undo, plug } = state.start;
  if (!undo.some(isIts)) return undefined;
  if (state.phase === 'ended' && state.exit !== undefined) return 'dead';
  // A start looks like one that has died until its monitor has its lock.
  const isOnItsWay = state.phase === 'ended' || plug?.undo.some(isIts) === true;
  return !isOnItsWay || isDomainLocked(paths, name) ? 'live' : 'dead';
}

/** What all processes of this network namespace see: the interface, which outlives a reboot, and before it who is to make it. */
async function visibleState(claim: PortClaim): Promise<ClaimState> {
  // First this: it is held until the interface is there.
  if (isLinkHeld(claim)) return 'live';
  const { host, mac } = claim;
  const address = hostSideMac(mac);
  const links = await native().listLinks();
  return links.some((link) => link.name === host && link.address === address) ? 'live' : 'dead';
}
