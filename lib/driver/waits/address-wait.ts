/** Waiting for an address of a container, seen from outside, so that nothing has to run inside. */
import type { NetworkView } from '../../container/interfaces/network-view';
import type { Identity } from '../../host/state/definitions/definition-store';
import type { Session } from '../session/session';
import { lookUntilFound, waitInside } from './wait-for';
import type { AddressWait } from './types';

type Family = AddressWait['address'];

const familyWords: Readonly<Record<Family, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

/** The first address of that family that other hosts can reach. @throws TslxcError as `waitInside`. */
export async function waitForAddress(
  session: Session,
  identity: Identity,
  wait: AddressWait,
): Promise<string> {
  const { address: family } = wait;
  return waitInside(session, identity, {
    limits: wait,
    condition: {
      wanted: `it had an ${familyWords[family]} address`,
      missing: () => `the container has no ${familyWords[family]} address`,
      console: 'helpful',
      find: (container, signal) =>
        lookUntilFound(async () => {
          const running = container.running();
          const view = running && (await session.containers.network.networkInside(running));
          return view === undefined ? undefined : reachableAddress(view, family);
        }, signal),
    },
  });
}

/** Of global scope, not tentative (RFC 4862), on an interface that is up and not the loopback. */
function reachableAddress({ links, addresses }: NetworkView, family: Family): string | undefined {
  const usable = new Set(
    links.filter(({ up, name }) => up && name !== 'lo').map(({ index }) => index),
  );
  const found = addresses.find(
    (one) =>
      one.family === family && one.scope === 'global' && !one.tentative && usable.has(one.index),
  );
  return found?.address;
}
