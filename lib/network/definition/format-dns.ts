/** `<dns>` of a network, in libvirt's order; defaults are left out. */
import { node, type PrintableElement } from '../../domain/xml/print';
import type { NetworkDns } from './definition';

/** Empty when nothing differs from the defaults. */
export function formatDns(dns: NetworkDns): readonly PrintableElement[] {
  const { enabled, forwardPlainNames, forwarders, txts, srvs, hosts } = dns;
  const records = [
    ...forwarders.map(({ domain, address }) => node('forwarder', { domain, addr: address })),
    ...txts.map(({ name, value }) => node('txt', { name, value })),
    ...srvs.map(formatSrv),
    ...hosts.map(({ ip, names }) =>
      node(
        'host',
        { ip },
        names.map((name) => node('hostname', {}, [name])),
      ),
    ),
  ];
  if (enabled && forwardPlainNames && records.length === 0) return [];
  const attributes = {
    enable: enabled ? undefined : 'no',
    forwardPlainNames: forwardPlainNames ? undefined : 'no',
  };
  return [node('dns', attributes, records)];
}

function formatSrv(srv: NetworkDns['srvs'][number]): PrintableElement {
  const { service, protocol, domain, target, port, priority, weight } = srv;
  const text = (value: number | undefined) => (value === undefined ? undefined : String(value));
  return node('srv', {
    service,
    protocol,
    domain,
    target,
    port: text(port),
    priority: text(priority),
    weight: text(weight),
  });
}
