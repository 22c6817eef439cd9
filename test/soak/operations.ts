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

/** How many of a hundred operations are about networks. */
const networkShare = 10;

/** A process that carries out one operation after another. */
export type CallerKind = 'library' | 'python';
/** A program that carries out one operation, and ends. */
export type RunKind = 'command' | 'virsh';

/** How many of a hundred operations each program carries out. */
export type RunShares = Readonly<Record<RunKind, number>>;

export interface DrawnOperation {
  readonly kind: 'domain' | 'network';
  readonly subject: number;
  readonly verb: string;
  /** Another number from 0 to below 1, for what the operation has to choose. */
  readonly chance: number;
  /** The program that carries it out, if there is one that can. */
  readonly run: RunKind | undefined;
}

export interface Operation extends Omit<DrawnOperation, 'run'> {
  readonly via: CallerKind | RunKind;
}

interface Population {
  readonly domains: number;
  readonly networks: number;
}

export function drawOperation(
  random: Random,
  { domains, networks }: Population,
  shares: RunShares,
): DrawnOperation {
  const kind = random.below(100) < networkShare ? 'network' : 'domain';
  const subject = random.below(kind === 'network' ? networks : domains);
  const chosen = random.weighted<string>(kind === 'network' ? networkWeights : domainWeights);
  const verb = chosen === 'start' && isLinked(subject) ? 'startLinked' : chosen;
  const drawn = random.below(100);
  const ofVirsh = drawn < shares.command + shares.virsh ? 'virsh' : undefined;
  const run = drawn < shares.command ? 'command' : ofVirsh;
  return { kind, subject, verb, chance: random.next(), run };
}

/** What is something else by libvirt's clients: they ask for a shutdown or a reboot without waiting for what comes of it. */
const otherwise: Readonly<Record<string, string>> = {
  shutdown: 'askShutdown',
  reboot: 'askReboot',
};

/** By its program if that can do it, else by the caller that has drawn it; what this can't do either is done by the command. */
export function routed({ run, ...drawn }: DrawnOperation, caller: CallerKind): Operation {
  const can: Readonly<Record<Operation['via'], () => boolean>> = {
    command: () => commandWords(drawn) !== undefined,
    virsh: () => virshWords(drawn) !== undefined,
    python: () => drawn.verb !== 'exec',
    library: () => true,
  };
  const ways = [...(run === undefined ? [] : [run]), caller, 'command'] as const;
  const via = ways.find((way) => can[way]()) ?? 'library';
  const other = isOfLibvirt(via) ? otherwise[drawn.verb] : undefined;
  return { ...drawn, verb: other ?? drawn.verb, via };
}

/** Whether it is carried out by the daemon, for a client of libvirt. */
export function isOfLibvirt(via: Operation['via']): via is 'python' | 'virsh' {
  return via === 'python' || via === 'virsh';
}

/** Seconds that init may take to end, or to start again. */
export const powerPatience = 15;

type Worded = Pick<Operation, 'subject' | 'verb' | 'chance'>;
type Words = Readonly<Record<string, readonly string[]>>;

/** The words of the command for an operation, undefined for one that only the library does here. */
export function commandWords(operation: Worded): readonly string[] | undefined {
  const uuid = domainUuid(operation.subject);
  const power = ['--timeout', String(powerPatience)];
  const words: Words = {
    ...sharedWords(operation),
    start: ['start', uuid],
    startLinked: ['start', uuid],
    shutdown: ['shutdown', uuid, ...power],
    reboot: ['reboot', uuid, ...power],
    exec: ['exec', uuid, '--', 'true'],
  };
  return words[operation.verb];
}

/** Those of virsh. It only asks for a shutdown or a reboot. */
export function virshWords(operation: Worded): readonly string[] | undefined {
  const uuid = domainUuid(operation.subject);
  const start = ['start', uuid, ...(isWithAutodestroy(operation) ? ['--autodestroy'] : [])];
  const power: Words = {
    shutdown: ['shutdown', uuid],
    reboot: ['reboot', uuid],
    askShutdown: ['shutdown', uuid],
    askReboot: ['reboot', uuid],
  };
  const words: Words = { ...sharedWords(operation), ...power, start, startLinked: start };
  return words[operation.verb];
}

/** Whether a start is one whose container ends with its caller. */
export const isWithAutodestroy = ({ chance }: Pick<Operation, 'chance'>): boolean => chance >= 0.8;

function sharedWords({ subject, chance }: Worded): Words {
  const uuid = domainUuid(subject);
  return {
    destroy: ['destroy', uuid],
    suspend: ['suspend', uuid],
    resume: ['resume', uuid],
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
}

/** KiB: what an idle container needs, or more, and at most what its definition says. */
export const memoryLimit = (chance: number): number => 51_200 + Math.floor(chance * 51_200);
