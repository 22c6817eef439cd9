/** Failures at the network interfaces of a start: which element asked for it, and what an errno means there. */
import { constants } from 'node:os';
import type { SourceLocation } from '../../domain/xml/source-location';
import type { Link } from '../../plan/network/links';
import type { Operation } from '../../plan/operation';
import type { Stage } from '../monitor/messages';

const { errno } = constants;

/** The elements that interfaces come from, by the keys of `linkKey`. */
export function linkPlaces(links: readonly Link[]): ReadonlyMap<string, SourceLocation> {
  return new Map(
    links.flatMap((link): [string, SourceLocation][] => [
      [`inside:${link.guest}`, link.place],
      ...(link.kind === 'macvlan'
        ? []
        : [[`host:${link.host}`, link.place] as [string, SourceLocation]]),
    ]),
  );
}

/**
 * The key of the interface that an operation works on. The same name may exist inside and on the host; a macvlan is
 * made inside.
 */
export function linkKey(operation: Operation, stage: Stage): string | undefined {
  if (!('name' in operation) || operation.op === 'setHostname') return undefined;
  const where = stage === 'inside' || operation.op === 'makeMacvlan' ? 'inside' : 'host';
  return `${where}:${operation.name}`;
}

/** A message for an errno whose own text misleads or says too little. */
export function linkWords(operation: Operation | undefined, number: number): string | undefined {
  switch (operation?.op) {
    case 'makeVeth':
      return vethWords(operation.name, number);
    case 'makeMacvlan':
      return macvlanWords(operation.lower, number);
    case 'moveLink':
      return number === errno.EINVAL
        ? `the network interface '${operation.name}' belongs to the host's network and can't be moved`
        : undefined;
    case 'setLinkUp':
      return upWords(operation.name, number);
    case 'addAddress':
      return number === errno.EEXIST
        ? `the network interface '${operation.name}' has the address ${operation.address} twice`
        : undefined;
    case 'addRoute':
      return [errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EINVAL].includes(number)
        ? `no address of the network interface '${operation.name}' reaches the gateway ${operation.gateway}`
        : undefined;
    default:
      return undefined;
  }
}

function vethWords(name: string, number: number): string | undefined {
  if (number === errno.EEXIST) return `the host has a network interface '${name}' already`;
  return number === errno.EOPNOTSUPP ? noKind('veth') : undefined;
}

function macvlanWords(lower: string, number: number): string | undefined {
  if (number === errno.EOPNOTSUPP) return noKind('macvlan');
  if (number === errno.EBUSY)
    return `the network interface '${lower}' is a port of a bridge or bond`;
  if (number !== errno.EINVAL) return undefined;
  return (
    `the network interface '${lower}' can't be shared in this way: it is not an Ethernet device, has a smaller MTU, ` +
    'or is passed through and used by others'
  );
}

/** Older kernels return the first errno, newer ones the second. */
function upWords(name: string, number: number): string | undefined {
  return number === errno.EBUSY || number === errno.EADDRINUSE
    ? `the MAC address of '${name}' is in use on the device below it`
    : undefined;
}

function noKind(kind: string): string {
  return `this kernel makes no network interfaces of kind ${kind}`;
}
