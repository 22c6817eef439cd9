/** Names of network interfaces, as the kernel takes them: dev_valid_name of net/core/dev.c. */
import { definitionError, type SourceLocation } from '../xml/source-location';

/** IFNAMSIZ, without the byte that ends it. */
const maxLinkName = 15;

// Settings for all interfaces stand beside those of each, in /proc/sys/net/*/conf.
const reserved = ['all', 'default'];

// What the kernel's isspace takes for a blank, byte by byte: in Latin-1, 0xa0 is one.
const isBlank = (byte: number): boolean =>
  byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0xa0;

/** Why the kernel takes no interface with that name; undefined when it does. */
export function faultOfLinkName(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (Buffer.byteLength(name) > maxLinkName) return `has more than ${maxLinkName} bytes`;
  if (name === '.' || name === '..') return 'names a folder';
  if (reserved.includes(name)) return 'is reserved by the kernel';
  // A `%d` would make it a pattern, for which the kernel chooses the number.
  const [unfit] = /[/:%]/.exec(name) ?? [];
  if (unfit !== undefined) return `has a '${unfit}'`;
  return Buffer.from(name).some(isBlank) ? 'has a blank' : undefined;
}

/** The name. @throws DefinitionError XML_ERROR when the kernel would not take it. */
export function parseLinkName(text: string, location: SourceLocation): string {
  const fault = faultOfLinkName(text);
  if (fault === undefined) return text;
  throw definitionError(
    'XML_ERROR',
    `'${text}' ${fault}, and can't name a network interface`,
    location,
  );
}
