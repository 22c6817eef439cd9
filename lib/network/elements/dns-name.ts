/** Names of the domain name system, as RFC 1035 limits them, with the underscore of RFC 8552. */

const label = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/;

/** `example.org`, `_sip._tcp.example.org`; no dot at the end. */
export function isDnsName(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => label.test(part));
}

/** A name that a machine can have: it begins with a letter or digit. */
export function isHostName(text: string): boolean {
  return /^[A-Za-z0-9]/.test(text) && isDnsName(text);
}
