/** How a container ended: written by its monitor at that moment, or by the process that finds the monitor dead. */

/** Why a domain is shut off, in libvirt's words (`virsh domstate --reason`). */
export type ShutoffReason = 'unknown' | 'shutdown' | 'destroyed' | 'crashed' | 'failed';

/** The end of a container's init: `how` says whether there is a `code` or a `signal`. */
export type ExitRecord = Readonly<{
  /** The kernel killed init because the container was at its memory limit, or the host had no memory left. */
  OOMKilled?: boolean;
  /**
   * What was requested of the monitor before, or nothing. `shutdown`: by SIGTERM, SIGINT or SIGHUP to the monitor itself.
   * `unhealthy`: it was killed because its checks had found it unhealthy, and is then started again.
   */
  requested?: 'destroy' | 'reboot' | 'shutdown' | 'unhealthy';
  /** Milliseconds since the epoch. */
  time: number;
  /**
   * The same moment in milliseconds since the host booted (CLOCK_MONOTONIC), which no change of the host's clock affects; missing in the
   * records of monitors of older versions of the package.
   */
  sinceBoot?: number;
  /** Id of the boot in which the container ended; a record of another boot is ignored. */
  boot: string;
  /**
   * Id of the boot that the container ran in, if that boot's end ended it: `boot` is then the one in which this was
   * found out.
   */
  ranIn?: string;
}> &
  (
    | Readonly<{
        /** Init called exit(2). */
        how: 'exited';
        /** What init exited with: 0 to 255. */
        code: number;
        /** Only with `killed`. */
        signal?: never;
      }>
    | Readonly<{
        /** Init was ended by a signal. */
        how: 'killed';
        /** Number of the signal. */
        signal: number;
        /** Only with `exited`. */
        code?: never;
      }>
    | Readonly<{
        /** `lost`: the monitor died first, so that init's end is unknown. `unstarted`: the start failed. */
        how: 'lost' | 'unstarted';
        /** Only with `exited`. */
        code?: never;
        /** Only with `killed`. */
        signal?: never;
      }>
  );

const SIGHUP = 1;
const SIGINT = 2;

/** What init's end means: reboot(2) inside a PID namespace ends init by SIGHUP (restart) or SIGINT (power off). */
export function meaningOf(record: ExitRecord): 'poweroff' | 'reboot' | 'crash' | 'destroy' {
  if (record.requested === 'destroy') return 'destroy';
  if (record.requested === 'reboot') return 'reboot';
  if (record.how === 'lost' || record.how === 'unstarted') return 'crash';
  if (record.how === 'exited') return 'poweroff';
  if (record.signal === SIGHUP) return record.requested === 'shutdown' ? 'poweroff' : 'reboot';
  return record.signal === SIGINT ? 'poweroff' : 'crash';
}

export function shutoffReason(record: ExitRecord): ShutoffReason {
  if (record.how === 'unstarted') return 'failed';
  switch (meaningOf(record)) {
    case 'destroy':
      return 'destroyed';
    case 'crash':
      return 'crashed';
    default:
      return 'shutdown';
  }
}
