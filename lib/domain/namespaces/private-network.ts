/** Whether a container has a network of its own. Pure. */
import type { DomainDefinition } from '../definition';

/** As in libvirt: with `<privnet/>`, and as soon as it has an interface, made for it or lent by the host. */
export function hasPrivateNetwork({
  features,
  interfaces,
  hostInterfaces,
}: Pick<DomainDefinition, 'features' | 'interfaces' | 'hostInterfaces'>): boolean {
  return features.privateNetwork || interfaces.length > 0 || hostInterfaces.length > 0;
}
