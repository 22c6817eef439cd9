/** Network interfaces of a host that has none but these. For the tests of lib/cli. */
import { TslxcError } from '../../../../lib/errors';
import type { ActivityFilter, HostInterfaceInfo } from '../../../../lib/index';

export class FakeHostInterfaces {
  interfaces: readonly HostInterfaceInfo[] = [];
  readonly calls: unknown[] = [];

  async list(filter: ActivityFilter = {}): Promise<HostInterfaceInfo[]> {
    this.calls.push(['list', filter]);
    return Promise.resolve([...this.interfaces]);
  }

  async lookup(name: string): Promise<HostInterfaceInfo> {
    this.calls.push(['lookup', name]);
    return this.#find((one) => one.name === name);
  }

  async lookupByMac(mac: string): Promise<HostInterfaceInfo> {
    this.calls.push(['lookupByMac', mac]);
    return this.#find((one) => one.mac === mac);
  }

  #find(test: (one: HostInterfaceInfo) => boolean): Promise<HostInterfaceInfo> {
    const found = this.interfaces.find(test);
    if (found !== undefined) return Promise.resolve(found);
    return Promise.reject(new TslxcError('NO_INTERFACE', 'there is no such interface'));
  }
}
