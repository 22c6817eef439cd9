/** Which operation comes next, on what, and by which kind of caller. Pure: a seed's choices are the same each time. */
import { domainNames, domainUuid, isLinked, networkName } from './documents';
import type { Random } from './random';

/** Verbs as in the tables of model.ts, each as often as its weight says: most domains are up most of the time. */
const domainWeights = {
  define: 16,
  start: 34,
  destroy: 5,
  suspend: 8,
  resume: 14,
  shutdown: 3,
  reboot: 14,
  exec: 16,
  limit: 6,
  console: 5,
  rename: 4,
  undefine: 2,
  title: 4,
  look: 8,
} as const;

const networkWeights = {
  netDefine: 6,
  netStart: 14,
  netDestroy: 2,
  netUndefine: 1,
  netLeases: 2,
  netLook: 3,
} as const;

/** How many of a hundred operations are about networks, and how many are carried out by the command. */
const share = { networks: 10, commands: 15 };

export interface Operation {
  readonly kind: 'domain' | 'network';
  readonly subject: number;
  readonly verb: string;
  readonly via: 'library' | 'command';
  /** Another number from 0 to below 1, for what the operation has to choose. */
  readonly chance: number;
}

export function chooseOperation(
  random: Random,
  { domains, networks }: { readonly domains: number; readonly networks: number },
): Operation {
  const kind = random.below(100) < share.networks ? 'network' : 'domain';
  const subject = random.below(kind === 'network' ? networks : domains);
  const chosen = random.weighted<string>(kind === 'network' ? networkWeights : domainWeights);
  const verb = chosen === 'start' && isLinked(subject) ? 'startLinked' : chosen;
  const isByCommand = random.below(100) < share.commands;
  const chance = random.next();
  const via = isByCommand && commandWords({ subject, verb, chance }) ? 'command' : 'library';
  return { kind, subject, verb, via, chance };
}

/** Seconds that init may take to end, or to start again. */
export const powerPatience = 15;

/** The words of the command for an operation, undefined for one that only the library does here. */
export function commandWords({
  subject,
  verb,
  chance,
}: Pick<Operation, 'subject' | 'verb' | 'chance'>): readonly string[] | undefined {
  const uuid = domainUuid(subject);
  const power = ['--timeout', String(powerPatience)];
  const words: Readonly<Record<string, readonly string[]>> = {
    start: ['start', uuid],
    startLinked: ['start', uuid],
    destroy: ['destroy', uuid],
    suspend: ['suspend', uuid],
    resume: ['resume', uuid],
    shutdown: ['shutdown', uuid, ...power],
    reboot: ['reboot', uuid, ...power],
    exec: ['exec', uuid, '--', 'true'],
    limit: ['setmem', uuid, String(memoryLimit(chance)), '--live'],
    rename: ['domrename', uuid, domainNames(subject)[chance < 0.5 ? 0 : 1]],
    undefine: ['undefine', uuid],
    title: ['desc', uuid, '--title', '--new-desc', `by a command ${chance}`],
    look: ['domstate', uuid],
    netStart: ['net-start', networkName(subject)],
    netDestroy: ['net-destroy', networkName(subject)],
    netUndefine: ['net-undefine', networkName(subject)],
    netLeases: ['net-dhcp-leases', networkName(subject)],
  };
  return words[verb];
}

/** KiB: what an idle container needs, or more, and at most what its definition says. */
export const memoryLimit = (chance: number): number => 51_200 + Math.floor(chance * 51_200);
