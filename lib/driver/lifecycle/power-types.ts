/** The plain data of shutdown, reboot and destroy. */
import type { ExitRecord } from '../../container/record/exit-record';

/**
 * How init is asked to end. `initctl`: by its pipe /run/initctl, which sysvinit has. `signal`: by SIGTERM, or SIGHUP for a
 * reboot, as libvirt does it. `auto`: systemd and busybox by their own signals, other inits by the pipe if there is one, else
 * by SIGTERM or SIGPWR, the first that init has a handler for.
 */
export type PowerMode = 'auto' | 'initctl' | 'signal';

/** How `Domain.shutdown` and `Domain.reboot` ask init, and how long they wait. */
export interface PowerOptions {
  /** Several modes are tried in their order. Default: `auto`. */
  readonly mode?: PowerMode | readonly PowerMode[] | undefined;
  /**
   * Waits at most so many milliseconds for the end or the reboot, from 0 to 2,147,483,647. Default: none; the call resolves when init has
   * been asked.
   */
  readonly timeout?: number | undefined;
  /** Stops waiting; the request to init is not withdrawn. */
  readonly signal?: AbortSignal | undefined;
}

/** How init was asked, and what came of it. */
export type PowerAnswer = AskedBy &
  Readonly<{
    /**
     * Without a timeout: `asked`. With one: `stopped` or `rebooted`. The outcome of a reboot is `stopped` when `<on_reboot>`
     * asks for no restart.
     */
    outcome: 'asked' | 'stopped' | 'rebooted';
    /** How the container ended, when the outcome is `stopped` and the end is known. */
    exit?: ExitRecord;
  }>;

/** How init was asked to end. */
export type AskedBy =
  | Readonly<{
      /** By its pipe /run/initctl. */
      by: 'initctl';
      /** Only with `signal`. */
      signal?: never;
    }>
  | Readonly<{
      /** By a signal. */
      by: 'signal';
      /** Its number. */
      signal: number;
    }>;

/** How a destroy ends the container. */
export interface DestroyOptions {
  /**
   * Asks init to end, as `Domain.shutdown` does, and kills nothing. A number is the time that init has, in milliseconds from 0 to
   * 2,147,483,647; `true` means 10,000. `on_poweroff` is not carried out, as with every destroy. Default: `false`, which kills at once.
   */
  readonly graceful?: boolean | number | undefined;
}
