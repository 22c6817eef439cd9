/** The processes of tslxc that a storm kills, as their command lines tell them apart. Pure. */
import type { ProcessFacts } from '../support/process/processes';

/** What runs by itself, and is found in the list of processes; callers are known to the driver. */
export type VictimKind = 'monitor' | 'restarter' | 'attendant' | 'keeper' | 'dnsmasq' | 'reaper';

export interface Victim {
  readonly kind: VictimKind;
  /** The name of its domain or network; of a reaper the domain that it was started for. */
  readonly name: string;
}

/** Undefined for any other process. A monitor's init looks like its monitor until its execve, and has another depth. */
export function victimOf({ words, depth }: ProcessFacts): Victim | undefined {
  const [program = '', first = ''] = words;
  const name = words[words.indexOf('--name') + 1] ?? '';
  if (program === 'tslxc-keeper') return { kind: 'keeper', name };
  if (/(^|\/)dnsmasq$/.test(program)) return { kind: 'dnsmasq', name: networkOf(words) };
  if (words.at(-2) === 'reap') return { kind: 'reaper', name: words.at(-1) ?? '' };
  if (program !== 'tslxc-monitor' || depth !== 1) return undefined;
  if (first === 'exec') return { kind: 'attendant', name };
  return { kind: first === '--name' ? 'monitor' : 'restarter', name };
}

/** By its configuration, run/tslxc/networks/NAME/dnsmasq.conf. */
function networkOf(words: readonly string[]): string {
  return /\/networks\/([^/]+)\//.exec(words.join(' '))?.[1] ?? '';
}
