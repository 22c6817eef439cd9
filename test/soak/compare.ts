/** Compares what tslxc says of a domain or a network with what the kernel shows of it, and with its files. Pure. */
import type { KernelContainer, KernelNetwork } from './kernel-view';

export interface SaidOfDomain {
  readonly state: 'running' | 'paused' | 'shutoff' | 'nostate';
  /** The pid of its monitor. */
  readonly id: number | undefined;
}

/** A line of what has to hold, and what is said when it doesn't. */
type Rule = readonly [holds: boolean, fault: string];

function brokenOf(rules: readonly Rule[]): string[] {
  return rules.flatMap(([holds, fault]) => (holds ? [] : [fault]));
}

/** What is false in that, as lines; none when all fits. `hierarchies` is the number of those that have a cgroup of each. */
export function falseOfDomain(
  said: SaidOfDomain,
  kernel: KernelContainer,
  hierarchies: number,
): string[] {
  const { state, id } = said;
  const { monitors, doomed, cgroups, isFrozen, commands } = kernel;
  const isUp = state === 'running' || state === 'paused';
  // A doomed one is to be thawed, and so cleaned up, by a later call.
  const inits = isUp ? kernel.inits : kernel.inits.filter((pid) => !doomed.includes(pid));
  const [wanted, pids] = [isUp ? 1 : 0, monitors.join(', ')];
  const expected = isUp ? hierarchies : 0;
  const whileUp: readonly Rule[] = [
    [monitors[0] === id, `its id is ${id ?? 'missing'}, and its monitor ${pids}`],
    [isFrozen === (state === 'paused'), `${state}, and ${isFrozen ? '' : 'not '}frozen`],
  ];
  return brokenOf([
    [state !== 'nostate', 'a record of it is damaged'],
    [monitors.length === wanted, `${state}, with ${monitors.length} monitors (${pids})`],
    [inits.length === wanted, `${state}, with ${inits.length} inits that live`],
    [cgroups === expected, `${state}, with ${cgroups} cgroups instead of ${expected}`],
    ...(isUp ? whileUp : [[id === undefined, `${state}, with the id ${id ?? ''}`] as const]),
    // What ends them is frozen with them, in a container that is paused.
    [
      state === 'paused' || commands.length === 0,
      `commands that no caller waits for: ${commands.join(', ')}`,
    ],
  ]);
}

export interface SaidOfNetwork {
  readonly active: boolean;
  /** Interfaces that are plugged in. */
  readonly connections: number;
}

export function falseOfNetwork(said: SaidOfNetwork, kernel: KernelNetwork): string[] {
  const { active, connections } = said;
  const { hasBridge, ports, keepers, dnsmasqs, hasRules } = kernel;
  const word = active ? 'active' : 'inactive';
  const servers = active ? 1 : 0;
  return brokenOf([
    [hasBridge === active, `${word}, and its bridge is ${hasBridge ? '' : 'not '}there`],
    [hasRules === active, `${word}, and the firewall has ${hasRules ? '' : 'no '}rules of it`],
    [keepers.length === servers, `${word}, with ${keepers.length} keepers`],
    [dnsmasqs.length === servers, `${word}, with ${dnsmasqs.length} dnsmasqs`],
    [!active || ports === connections, `${connections} connections, and ${ports} ports`],
  ]);
}
