/** Names of network interfaces that the kernel accepts: dev_valid_name of net/core/dev.c. */
import { definitionError, type SourceLocation } from '../xml/source-location';

/** IFNAMSIZ, without the terminating byte. */
const maxLinkName = 15;

// In /proc/sys/net/*/conf, these names stand for all interfaces, and for those made later.
const reserved = ['all', 'default'];

// White space for the kernel's isspace, which looks at bytes: 0xa0 is white space in Latin-1.
const isBlank = (byte: number): boolean =>
  byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0xa0;

/** Names that libvirt and this driver choose at each start. In a definition they are copied live XML, and no request of the user's. */
export const chosenLinkName = /^(vnet|macvtap|macvlan)\d+$/;

/** Why the kernel refuses the name for an interface; undefined if it accepts it. */
export function faultOfLinkName(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (Buffer.byteLength(name) > maxLinkName) return `has more than ${maxLinkName} bytes`;
  if (name === '.' || name === '..') return 'names a folder';
  if (reserved.includes(name)) return 'is reserved by the kernel';
  // For a name with `%d`, the kernel would choose a number.
  const [unfit] = /[/:%]/.exec(name) ?? [];
  if (unfit !== undefined) return `has a '${unfit}'`;
  return Buffer.from(name).some(isBlank) ? 'has a blank' : undefined;
}

/** The name. @throws DefinitionError XML_ERROR if the kernel would refuse it. */
export function parseLinkName(text: string, location: SourceLocation): string {
  const fault = faultOfLinkName(text);
  if (fault === undefined) return text;
  throw definitionError(
    'XML_ERROR',
    `'${text}' ${fault}, and can't name a network interface`,
    location,
  );
}
