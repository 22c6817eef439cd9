/** What the interfaces of a container are called inside. Pure. */
import type { DomainDefinition } from '../../domain/definition';

/**
 * The names inside, one for each `<interface>` in their order: `<guest dev>`, or `ethK`, where K counts those without a
 * name, as in libvirt, and leaves out what another interface is called. Interfaces that the host lends keep their names.
 */
export function guestNames({
  interfaces,
  hostInterfaces,
}: Pick<DomainDefinition, 'interfaces' | 'hostInterfaces'>): string[] {
  const named = new Set([
    ...interfaces.flatMap(({ guestDevice }) => guestDevice ?? []),
    ...hostInterfaces.map(({ device }) => device),
  ]);
  let next = 0;
  return interfaces.map(({ guestDevice }) => {
    if (guestDevice !== undefined) return guestDevice;
    while (named.has(`eth${next}`)) next += 1;
    next += 1;
    return `eth${next - 1}`;
  });
}
