/** Whether a container reaches an address. It has to have BusyBox. */
import type { Domain } from 'tslxc';
import { eventually } from '../time/eventually';
import { inside } from '../domain/inside';

/** One ping, which may be lost, or answered too late, on a busy machine: `false` alone is no proof of much. */
export async function reaches(domain: Domain, address: string): Promise<boolean> {
  const ping = address.includes(':') ? 'ping6' : 'ping';
  const command = `busybox ${ping} -c 1 -W 2 ${address} > /dev/null; echo is=$?`;
  return /is=0/.test(await inside(domain, command));
}

export function expectReached(domain: Domain, address: string): Promise<void> {
  return eventually(async () => expect(await reaches(domain, address)).toBe(true));
}
