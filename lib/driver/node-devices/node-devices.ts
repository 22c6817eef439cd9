/** NodeDevices: the public class. What a caller has to know is documented here. */
import { checkCalls, type CallsOf } from '../../shape/arguments';
import { nodeDevicesCalls } from './calls';
import { Session } from '../session/session';
import { listNodeDevices, lookUpAdapter, lookUpNodeDevice, nodeDeviceXml } from './lookup';
import type { NodeDeviceFilter, NodeDeviceInfo } from './types';

/**
 * The devices of this host, as the kernel shows them in sysfs: of PCI, of USB, of SCSI, disks, network interfaces, graphics cards, and
 * the host itself, above all of them. They have libvirt's names. Nothing is kept: each call looks anew.
 *
 * Every method may throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, OPERATION_INVALID when the connection is
 * closed, and a SyscallError when sysfs can't be read.
 *
 * @example
 * for (const { name, parent } of await connection.nodeDevices.list({ capabilities: ['net'] })) console.log(name, parent);
 */
export class NodeDevices {
  readonly #session: Session;

  private constructor(session: Session) {
    if (!(session instanceof Session)) {
      throw new TypeError('a NodeDevices comes from Connection.nodeDevices');
    }
    this.#session = session;
  }

  /** @internal They come from `Connection.nodeDevices`. */
  static of(session: Session): NodeDevices {
    return new NodeDevices(session);
  }

  /**
   * The devices, each after the one that it is below.
   *
   * @param filter - `capabilities`: only devices that have one of these; all by default
   * @see virConnectListAllNodeDevices, `virsh nodedev-list`
   */
  async list(filter: NodeDeviceFilter = {}): Promise<NodeDeviceInfo[]> {
    this.#session.requireAccess('read', 'NodeDevices.list');
    return await listNodeDevices(filter);
  }

  /**
   * The device that has this name.
   *
   * @throws TslxcError NO_NODE_DEVICE when there is none.
   * @see virNodeDeviceLookupByName
   */
  async lookup(name: string): Promise<NodeDeviceInfo> {
    this.#session.requireAccess('read', 'NodeDevices.lookup');
    return await lookUpNodeDevice(name);
  }

  /**
   * The host adapter of Fibre Channel that has these names in its network.
   *
   * @param wwnn - the name of its node, 16 hexadecimal digits in any case
   * @param wwpn - the name of its port, likewise
   * @throws TslxcError NO_NODE_DEVICE when there is none.
   * @see virNodeDeviceLookupSCSIHostByWWN
   */
  async lookupByWwn(wwnn: string, wwpn: string): Promise<NodeDeviceInfo> {
    this.#session.requireAccess('read', 'NodeDevices.lookupByWwn');
    return await lookUpAdapter(wwnn, wwpn);
  }

  /**
   * A device as libvirt's `<device>`. Ends with a newline. Where udev runs, what it has found out about the device is in it, such as
   * the names of a USB device and the serial number of a disk.
   *
   * @throws TslxcError NO_NODE_DEVICE when there is none of that name.
   * @see virNodeDeviceGetXMLDesc, `virsh nodedev-dumpxml`
   */
  async xml(name: string): Promise<string> {
    this.#session.requireAccess('read', 'NodeDevices.xml');
    return await nodeDeviceXml(name);
  }
}

checkCalls('NodeDevices', NodeDevices.prototype, nodeDevicesCalls satisfies CallsOf<NodeDevices>);
