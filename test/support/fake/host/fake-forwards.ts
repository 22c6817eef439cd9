/** The forwarded ports of interfaces, without rules: for the tests of lib/driver. */
import { linkForwards } from '../../../../lib/container/interfaces/port/link-forwards';
import type { HostListening } from '../../../../lib/container/interfaces/listening-ports';
import type { LinkForwards } from '../../../../lib/container/interfaces/port/forward-rules';
import type { Containers } from '../../../../lib/driver/session/containers';
import type { PortForward } from '../../../../lib/domain/interface/definition';

type Control = Containers['forwards'];

export class FakeForwards implements Control {
  /** By the name of the interface on the host. */
  readonly placed = new Map<string, readonly PortForward[]>();
  failure: Error | undefined;
  readonly decide = linkForwards;
  readonly check = (): Promise<void> => Promise.resolve();
  /** At which ports programs of the host listen. */
  listeners: HostListening = { tcp: [], udp: [] };
  readonly listening = (): Promise<HostListening> => Promise.resolve(this.listeners);

  async place({ host, forwards }: LinkForwards): Promise<void> {
    await Promise.resolve();
    if (this.failure !== undefined) throw this.failure;
    this.placed.set(host, forwards);
  }

  async remove({ host }: { readonly host: string }): Promise<void> {
    await Promise.resolve();
    this.placed.delete(host);
  }

  /** What DHCP has given, by MAC address. */
  readonly leases = new Map<string, string>();

  leased({ mac }: { readonly mac: string }): string | undefined {
    return this.leases.get(mac);
  }
}
