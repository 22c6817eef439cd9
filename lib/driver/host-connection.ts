/** The part of a Connection that has to do with the host, whatever domains there are. */
import {
  readNodeCpuStatistics,
  readNodeInfo,
  readNodeMemoryStatistics,
  type NodeCpuStatistics,
  type NodeInfo,
  type NodeMemoryStatistics,
} from '../host/kernel/node';
import { TslxcError } from '../errors';
import { monitorPath } from '../host/package-paths';
import type { HostSecurity } from '../host/security/host-security';
import { formatCapabilities, readHostUuid } from './lookup/capabilities';
import type { Session } from './session/session';

export class HostConnection {
  /** @internal */
  protected readonly session: Session;

  /** @internal */
  constructor(session: Session) {
    this.session = session;
  }

  /** The host's CPUs and memory. */
  nodeInfo(): NodeInfo {
    this.session.checkOpen();
    return readNodeInfo();
  }

  /**
   * How the time of the host's CPUs was spent since its boot, of one or of all together.
   *
   * @throws TslxcError INVALID_ARG when there is no such CPU.
   */
  nodeCpuStats(options: { readonly cpu?: number } = {}): NodeCpuStatistics {
    this.session.checkOpen();
    const found = readNodeCpuStatistics(options.cpu);
    if (found !== undefined) return found;
    throw new TslxcError('INVALID_ARG', `Invalid cpuNum ${options.cpu ?? 'of all'}`);
  }

  /**
   * How the host's memory is used, or that of one NUMA cell.
   *
   * @throws TslxcError INVALID_ARG when there is no such cell.
   */
  nodeMemoryStats(options: { readonly cell?: number } = {}): NodeMemoryStatistics {
    this.session.checkOpen();
    const found = readNodeMemoryStatistics(options.cell);
    if (found !== undefined) return found;
    throw new TslxcError('INVALID_ARG', `cellNum ${options.cell ?? 'of all'} is not on this host`);
  }

  /** The security module that labels containers on this host, and whether it enforces. */
  async securityModel(): Promise<HostSecurity> {
    this.session.checkOpen();
    return Promise.resolve(this.session.hostSecurity());
  }

  /** What the host offers to domains, as libvirt's XML: its machine, its security module, what can run. */
  async capabilities(): Promise<string> {
    this.session.checkOpen();
    const uuid = readHostUuid();
    const text = formatCapabilities({
      node: readNodeInfo(),
      security: this.session.hostSecurity(),
      emulator: monitorPath,
      ...(uuid === undefined ? {} : { uuid }),
    });
    return Promise.resolve(text);
  }
}
