/** Programs of the host that the forwarded ports of a container hide. */
import type { Listening } from '../../container/interfaces/listening-ports';
import type { DomainDefinition } from '../../domain/definition';
import type { PortForward } from '../../domain/interface/definition';
import {
  forwardedPorts,
  isAnyAddress,
  isSharedAddress,
} from '../../domain/interface/port/port-forward';
import { warningWords } from '../../plan/warnings';
import type { Session } from '../session/session';
import type { Warning } from '../types';

const mostNamed = 10;

/**
 * A warning for each `<portForward>` that leads packets for such a program to the container. Nothing is refused: whoever wrote it may
 * want that.
 *
 * @throws SyscallError if the sockets of the host can't be read.
 */
export async function hiddenPortWarnings(
  { containers }: Session,
  { interfaces }: Pick<DomainDefinition, 'interfaces'>,
): Promise<Warning[]> {
  const forwards = interfaces.flatMap(({ portForwards = [] }) => portForwards);
  if (forwards.length === 0) return [];
  const sockets = await containers.forwards.listening();
  return forwards.flatMap((forward) => {
    const ports = hiddenPorts(forward, sockets[forward.protocol]);
    return ports.length === 0 ? [] : [warningOf(forward, ports)];
  });
}

function warningOf({ protocol, position }: PortForward, ports: readonly number[]): Warning {
  const rest = ports.length - mostNamed;
  const named = ports.slice(0, mostNamed).join(', ');
  const more = rest > 0 ? ` and ${rest} more` : '';
  return {
    detail: 'HidesHostPort',
    message: `${warningWords.HidesHostPort}: ${named}${more} (${protocol})`,
    element: 'domain/devices/interface/portForward',
    ...position,
  };
}

/** The host's own ::1 is never led to a container. */
function hiddenPorts(forward: PortForward, sockets: readonly Listening[]): number[] {
  const ranges = forwardedPorts(forward);
  const found = sockets
    .filter(({ address }) => address !== '::1' && meets(forward, address))
    .filter(({ port }) => ranges.some(({ start, end }) => start <= port && port <= end))
    .map(({ port }) => port);
  return [...new Set(found)].sort((a, b) => a - b);
}

function meets({ address }: PortForward, own: string): boolean {
  // A program that listens at :: mostly gets packets of IPv4 as well.
  return isAnyAddress(own) || isSharedAddress(address, own);
}
