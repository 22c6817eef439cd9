/** Containers of busybox with interfaces, on a host of the tests' own that is afterwards as it was. */
import { connect } from 'tslxc';
import type { Connection, Domain, StartOptions } from 'tslxc';
import { makeBusyboxRoot } from '../root/busybox-root';
import type { BusyboxRoot } from '../root/busybox-root';
import { initOf } from '../world/container-traces';
import { domainXml } from '../domain/domain-xml';
import type { DomainXmlOptions } from '../domain/domain-xml';
import { NetworkView } from './host-links';
import { makeTestRoot } from '../root/test-root';
import type { TestRoot } from '../root/test-root';

const applets = ['arping', 'ifconfig', 'ip', 'ping', 'ping6', 'route', 'stty'];

export interface NetworkDomain extends Omit<DomainXmlOptions, 'devices' | 'filesystems'> {
  readonly name: string;
  /** `<interface>` and `<hostdev>` elements. */
  readonly devices: string;
  /** Its root; default: one of busybox that all share. */
  readonly source?: string;
}

export class NetworkWorld implements AsyncDisposable {
  readonly connection: Connection;
  readonly root: string;
  readonly #root: TestRoot;
  readonly #busybox: BusyboxRoot;

  private constructor(parts: { root: TestRoot; busybox: BusyboxRoot; connection: Connection }) {
    this.#root = parts.root;
    this.#busybox = parts.busybox;
    this.root = parts.root.path;
    this.connection = parts.connection;
  }

  static async make(): Promise<NetworkWorld> {
    const [root, busybox] = await Promise.all([makeTestRoot(), makeBusyboxRoot(applets)]);
    const connection = await connect(undefined, { root: root.path });
    return new NetworkWorld({ root, busybox, connection });
  }

  define(options: NetworkDomain): Promise<Domain> {
    const filesystems = [{ source: options.source ?? this.#busybox.path, target: '/' }];
    return this.connection.defineDomain(domainXml({ ...options, filesystems }));
  }

  async start(
    options: NetworkDomain,
    start: StartOptions = {},
  ): Promise<{ domain: Domain; inside: NetworkView; init: number }> {
    const domain = await this.define(options);
    await domain.start(start);
    const init = await initOf(options.name);
    return { domain, init, inside: new NetworkView(init) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection.close();
    await this.#root.remove();
    await this.#busybox.remove();
  }
}

/** `mac` ends with these two digits. */
export const macOf = (digits: string): string => `52:54:00:a0:00:${digits}`;

export interface InterfaceXml {
  readonly type: string;
  /** The attributes of `<source>`, or the whole element. */
  readonly source?: string;
  /** Last byte of its address. */
  readonly mac?: string;
  /** Further children, as they are. */
  readonly more?: string;
}

export function interfaceXml({ type, source, mac = '01', more = '' }: InterfaceXml): string {
  const sourceXml = source?.startsWith('<') === true ? source : `<source ${source ?? ''}/>`;
  return [
    `<interface type='${type}'>`,
    `<mac address='${macOf(mac)}'/>`,
    source === undefined ? '' : sourceXml,
    more,
    '</interface>',
  ].join('');
}

export function lentXml(device: string, more = ''): string {
  const source = `<source><interface>${device}</interface></source>`;
  return `<hostdev mode='capabilities' type='net'>${source}${more}</hostdev>`;
}
