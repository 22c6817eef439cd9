/** Names of network interfaces in a network's definition. */
import { parseLinkName } from '../../domain/interface/link-name';
import { definitionError, type SourceLocation } from '../../domain/xml/source-location';

/**
 * The name, when it can be an interface's and stand in dnsmasq's configuration and in a ruleset without escapes: of
 * what the kernel takes, the characters that libvirt's schema has too.
 *
 * @throws DefinitionError XML_ERROR.
 */
export function deviceName(text: string, location: SourceLocation): string {
  const name = parseLinkName(text, location);
  const fail = (why: string) =>
    definitionError('XML_ERROR', `'${name}' ${why}, and can't name a network interface`, location);
  const [unfit] = /[^A-Za-z0-9_.-]/u.exec(name) ?? [];
  if (unfit !== undefined) throw fail(`has a '${unfit}'`);
  // Folders of sysctl, for all interfaces and for new ones.
  if (name === 'all' || name === 'default') throw fail('is reserved by the kernel');
  return name;
}
