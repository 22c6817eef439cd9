/**
 * How an init is asked to end: which inits are known by their program, the signals that mean something to each, and the
 * initctl pipe. Used by `shutdown` and `reboot`, and as words by a monitor that is itself told to end. Pure.
 */
import type { DomainDefinition } from '../../domain/definition';
import type { CgroupPlan } from '../cgroups/cgroups';
import type { PlanHeader } from '../plan';

/**
 * Inits, by the signals that ask them to end: systemd and busybox have their own; `other` gets SIGTERM, which it may
 * ignore.
 */
export type InitKind = 'systemd' | 'busybox' | 'other';

const SIGHUP = 1;
const SIGUSR2 = 12;
const SIGTERM = 15;
const SIGPWR = 30;
// glibc's SIGRTMIN is 34 (signal(7)); systemd(1): +4 starts poweroff.target, +5 reboot.target.
const systemdPoweroff = 38;
const systemdReboot = 39;

/** Signals in their order: the first one that init handles is sent. */
export const endSignals = {
  systemd: { off: [systemdPoweroff], reboot: [systemdReboot] },
  // busybox init: SIGUSR2 powers off, SIGTERM reboots.
  busybox: { off: [SIGUSR2], reboot: [SIGTERM] },
  other: { off: [SIGTERM, SIGPWR], reboot: [SIGTERM, SIGPWR] },
  libvirt: { off: [SIGTERM], reboot: [SIGHUP] },
} as const;

/** An init that is known by the program that runs as PID 1. */
interface KnownInit {
  readonly kind: InitKind;
  /** The name of its file; with `*` at the end, the beginning of that name. */
  readonly program: string;
  /** The names that it may be called by; empty for any. */
  readonly called: readonly string[];
}

/** The first one that matches is meant; the last one always does. */
export const knownInits: readonly KnownInit[] = [
  { kind: 'systemd', program: 'systemd', called: [] },
  { kind: 'busybox', program: 'busybox*', called: ['init', 'linuxrc'] },
  { kind: 'other', program: '*', called: [] },
];

/** 0 is power off, 6 reboot. */
export type RunLevel = '0' | '6';

/** Where init may have its initctl pipe, in libvirt's order. */
export const initctlPipes = ['run/initctl', 'dev/initctl', 'etc/.initctl'];

/** struct init_request of sysvinit: magic, command 1 (change the run level), the level, and nothing else. */
const initctl = { bytes: 384, magic: 0x03091969, changeLevel: 1 } as const;

/** What init reads from that pipe. */
export function initctlRequest(level: RunLevel): Buffer {
  const bytes = Buffer.alloc(initctl.bytes);
  bytes.writeInt32LE(initctl.magic, 0);
  bytes.writeInt32LE(initctl.changeLevel, 4);
  bytes.writeInt32LE(level.charCodeAt(0), 8);
  return bytes;
}

/** Milliseconds. */
export const endTimes = {
  /** How long an end counts as the shutdown that was asked for, even if a caller waits for less. */
  patience: 120_000,
  /** How long to look for init's pipe at most: more is of no use. */
  search: 3000,
  /** How long an init that has just been executed may take to install its signal handlers. */
  firstMoments: 1000,
} as const;

/**
 * What a monitor does that is told to end, by SIGTERM, SIGINT or SIGHUP: as `shutdown` does by default, except that a
 * paused container is resumed first.
 */
export function planEndRequest(
  { extension }: DomainDefinition,
  { thaw }: Pick<CgroupPlan, 'thaw'>,
): Pick<PlanHeader, 'endPatience' | 'endRequest'> {
  const own = extension.stopSignal;
  const waysOf = (kind: InitKind): readonly (number | 'pipe')[] => {
    const signals = endSignals[kind].off;
    if (own !== undefined) return [own, ...signals];
    return kind === 'other' ? ['pipe', ...signals] : signals;
  };
  return {
    endPatience: endTimes.patience,
    endRequest: [
      ...(thaw === undefined ? [] : ['--thaw', thaw.file, thaw.text]),
      ...['--search', String(endTimes.search), '--moments', String(endTimes.firstMoments)],
      ...messageWords(initctlRequest('0')),
      ...initctlPipes.flatMap((path) => ['--pipe', path]),
      ...knownInits.flatMap(({ kind, program, called }) => {
        return ['--init', program, called.join(), waysOf(kind).join()];
      }),
    ],
  };
}

/** Its first bytes, and how many there are with the zeros that follow. */
function messageWords(message: Buffer): string[] {
  return ['--message', message.toString('hex').replace(/(00)+$/, ''), String(message.length)];
}
