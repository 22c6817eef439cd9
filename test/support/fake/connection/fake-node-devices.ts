/** Devices of a host that has none but these. For the tests of lib/cli. */
import { TslxcError } from '../../../../lib/errors';
import type { NodeDeviceFilter, NodeDeviceInfo } from '../../../../lib/index';

export class FakeNodeDevices {
  devices: readonly NodeDeviceInfo[] = [{ name: 'computer', capabilities: ['system'] }];
  readonly calls: unknown[] = [];

  async list(filter: NodeDeviceFilter = {}): Promise<NodeDeviceInfo[]> {
    this.calls.push(['list', filter]);
    return Promise.resolve([...this.devices]);
  }

  async lookup(name: string): Promise<NodeDeviceInfo> {
    this.calls.push(['lookup', name]);
    const found = this.devices.find((one) => one.name === name);
    if (found !== undefined) return Promise.resolve(found);
    return Promise.reject(new TslxcError('NO_NODE_DEVICE', `no node device '${name}'`));
  }
}
