/** Network interfaces in memory: the host's, and those in the one container. For the tests of lib/driver. */
import { guestSide } from '../../../../lib/container/interfaces/network-view';
import type { NetworkView, NetworkViews } from '../../../../lib/container/interfaces/network-view';
import type { Listening } from '../../../../lib/container/interfaces/listening-ports';
import type { LinkRecord, RunningRecord } from '../../../../lib/container/record/run-state';
import type { Link, LinkAddress, LinkStatistics, Neighbour } from '../../../../lib/host/native';

export const noTraffic: LinkStatistics = {
  rxBytes: 0n,
  rxPackets: 0n,
  rxErrors: 0n,
  rxDropped: 0n,
  txBytes: 0n,
  txPackets: 0n,
  txErrors: 0n,
  txDropped: 0n,
};

export function link(fields: Partial<Link> & { readonly name: string }): Link {
  return {
    index: 1,
    kind: '',
    address: '',
    mtu: 1500,
    master: 0,
    vlanFiltering: false,
    alternativeNames: [],
    parent: 0,
    up: true,
    carrier: true,
    statistics: noTraffic,
    ...fields,
  };
}

export function address(fields: Partial<LinkAddress>): LinkAddress {
  return {
    index: 1,
    family: 'ipv4',
    address: '',
    prefix: 24,
    peer: '',
    scope: 'global',
    tentative: false,
    ...fields,
  };
}

export class FakeLinks implements NetworkViews {
  /** What every start puts on record. */
  records: readonly LinkRecord[] = [];
  /** Awaited by a start before it is put on record. */
  readonly slow = new Map<string, Promise<void>>();
  host: Link[] = [];
  neighbours: Neighbour[] = [];
  inside: NetworkView | undefined = { links: [], addresses: [] };
  listening: Listening[] | undefined = [];
  /** How often the library has looked inside. */
  looks = 0;
  /** The init that alone is seen; every one when left out. */
  init: number | undefined;

  async lookUp(domain: string): Promise<readonly LinkRecord[]> {
    await this.slow.get(domain);
    return this.records;
  }

  async listeningInside({ init }: RunningRecord): Promise<Listening[] | undefined> {
    await Promise.resolve();
    this.looks += 1;
    return this.#isSeen(init) ? this.listening : undefined;
  }

  async hostLinks(): Promise<readonly Link[]> {
    await Promise.resolve();
    return this.host;
  }

  async hostNeighbours(): Promise<readonly Neighbour[]> {
    await Promise.resolve();
    return this.neighbours;
  }

  async networkInside({ init }: RunningRecord): Promise<NetworkView | undefined> {
    this.looks += 1;
    await Promise.resolve();
    return this.#isSeen(init) ? this.inside : undefined;
  }

  async setHostLink(host: string, state: 'up' | 'down'): Promise<void> {
    await Promise.resolve();
    this.host = this.host.map((one) => (one.name === host ? { ...one, up: state === 'up' } : one));
  }

  async setLinkInside(
    _running: RunningRecord,
    record: LinkRecord,
    state: 'up' | 'down',
  ): Promise<'set' | undefined> {
    await Promise.resolve();
    const found = guestSide(this.inside?.links ?? [], record);
    if (this.inside === undefined || found === undefined) return undefined;
    const links = this.inside.links.map((one) =>
      one === found ? { ...one, up: state === 'up' } : one,
    );
    this.inside = { ...this.inside, links };
    return 'set';
  }

  /** As root inside could. */
  takeDownInside(name: string): void {
    if (this.inside === undefined) return;
    const links = this.inside.links.map((one) => (one.name === name ? { ...one, up: false } : one));
    this.inside = { ...this.inside, links };
  }

  #isSeen(init: number): boolean {
    return this.init === undefined || this.init === init;
  }
}
