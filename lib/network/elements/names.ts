/** Names in the definition of a network: of bridges, of network interfaces, and in the DNS. Pure. */
import { parseLinkName } from '../../domain/interface/link-name';
import { definitionError, type SourceLocation } from '../../domain/xml/source-location';

/** The lowest `virbrN` that is free. */
export function freeBridgeName(taken: ReadonlySet<string>): string {
  for (let number = 0; ; number += 1) {
    const name = `virbr${number}`;
    if (!taken.has(name)) return name;
  }
}

/**
 * The name, if a network interface can have it. Allowed are the characters of libvirt's schema: they need no escapes in
 * dnsmasq's configuration and in a firewall ruleset.
 *
 * @throws DefinitionError XML_ERROR.
 */
export function deviceName(text: string, location: SourceLocation): string {
  const name = parseLinkName(text, location);
  const fail = (why: string) =>
    definitionError('XML_ERROR', `'${name}' ${why}, and can't name a network interface`, location);
  const [unfit] = /[^A-Za-z0-9_.-]/u.exec(name) ?? [];
  if (unfit !== undefined) throw fail(`has a '${unfit}'`);
  // The kernel uses these names for folders of sysctl: all interfaces, and those made later.
  if (name === 'all' || name === 'default') throw fail('is reserved by the kernel');
  return name;
}

/** A label of a DNS name: RFC 1035, and the underscore of RFC 8552. */
const label = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/;

/** `example.org`, `_sip._tcp.example.org`; no dot at the end. */
export function isDnsName(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => label.test(part));
}

/** Whether a machine can have the name: it must begin with a letter or digit. */
export function isHostName(text: string): boolean {
  return /^[A-Za-z0-9]/.test(text) && isDnsName(text);
}
