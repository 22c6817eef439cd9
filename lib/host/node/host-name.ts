/** The name of the host, with its domain where the host knows one. */
import { hostname } from 'node:os';
import { readText } from '../kernel/text-file';

/** As libvirt reports it: a name without a dot is looked up in the table of hosts, where the full name comes first. */
export function fullHostName(name = hostname(), table = '/etc/hosts'): string {
  if (name.includes('.') || name === 'localhost') return name;
  for (const line of readText(table).split('\n')) {
    const [, canonical = name, ...others] = line.replace(/#.*/, '').trim().split(/\s+/);
    // A line whose full name begins with localhost is about the loopback address, and does not name the host.
    if (others.includes(name) && !canonical.startsWith('localhost')) return canonical;
  }
  return name;
}
