/** The plain data of shutdown, reboot and destroy. */
import type { ExitRecord } from '../../container/record/exit-record';

/**
 * How init is asked. `initctl`: by its pipe, which sysvinit has. `signal`: SIGTERM, or SIGHUP for a reboot, as libvirt does
 * it. `auto`: systemd and busybox by signals of their own, others by the pipe if there is one, else by SIGTERM or SIGPWR,
 * whichever they have a handler for.
 */
export type PowerMode = 'auto' | 'initctl' | 'signal';

/** How init is asked to end, and how long that is waited for: see `Domain.shutdown` and `Domain.reboot`. */
export interface PowerOptions {
  /** Several are tried in this order. Default `auto`. */
  readonly mode?: PowerMode | readonly PowerMode[];
  /** Waits, in milliseconds, until it has happened. Without it the call resolves when init has been asked. */
  readonly timeout?: number;
  /** Gives up waiting; what init has been asked stays asked. */
  readonly signal?: AbortSignal;
}

/** How init was asked, and what came of it. */
export interface PowerAnswer {
  /** The way by which init was asked. */
  readonly by: 'initctl' | 'signal';
  /** Number of the signal. */
  readonly signal?: number;
  /**
   * With a timeout: `stopped` with `exit`, or `rebooted`. Without one `asked`. A reboot that ends with `stopped` is one
   * after which the definition wants no restart.
   */
  readonly outcome: 'asked' | 'stopped' | 'rebooted';
  /** How init ended; with the outcome `stopped`. */
  readonly exit?: ExitRecord;
}

/** How a destroy ends the container. */
export interface DestroyOptions {
  /**
   * Asks init to end, as `Domain.shutdown` does, and kills nothing: a number is the time that init has, in milliseconds;
   * `true` means 10,000. `on_poweroff` is not carried out, as with every destroy. Default: `false`, which kills at once.
   */
  readonly graceful?: boolean | number;
}
