/** The plain data of the public API about waiting. */
import type { DomainState } from '../types';

/** How long `Domain.wait` and `Domain.waitFor` wait. */
export interface WaitLimits {
  /**
   * Milliseconds from 0 to 2,147,483,647, after which it rejects with OPERATION_TIMEOUT; 0 may be over before the first look. Default:
   * none; it waits until the container ends.
   */
  readonly timeout?: number | undefined;
  /** Gives up waiting: it rejects with OPERATION_ABORTED. */
  readonly signal?: AbortSignal | undefined;
}

/** Waits for an address that other hosts can reach: of global scope and not tentative, on an interface that is up. */
export interface AddressWait extends WaitLimits {
  /** The family of the address. */
  readonly address: 'ipv4' | 'ipv6';
}

/** Waits until a process listens on a TCP port, at any address of the container's network namespace. */
export interface PortWait extends WaitLimits {
  /** 1 to 65535. */
  readonly port: number;
}

/**
 * Waits for output of the first console that matches. Earlier output counts, including that from before a reboot: the console
 * stays the same, and nothing in its output marks where init was restarted.
 */
export interface ConsoleWait extends WaitLimits {
  /** Matched within the last 64 KiB of output, even across chunks. `lastIndex` and the flags g and y are ignored. */
  readonly console: RegExp;
}

/** Waits for the end of the container. */
export interface ExitWait extends WaitLimits {
  /** `any` end, or the code that init has to exit with: 0 to 255. */
  readonly exit: 'any' | number;
}

/** Waits for a state of the domain, whichever process brings it about. */
export interface StateWait extends WaitLimits {
  /** The state. */
  readonly state: Exclude<DomainState['state'], 'nostate'>;
}

/**
 * Runs a command in the container, as `Domain.exec` does, again and again until it exits with 0. At the timeout, a command that
 * still runs is ended with everything that it has started.
 */
export interface ExecWait extends WaitLimits {
  /** The program and its arguments. */
  readonly exec: readonly string[];
}

/** Waits until the checks of `<tslxc:health>` find the container healthy. */
export interface HealthWait extends WaitLimits {
  /** Always true: it is not possible to wait until a container is unhealthy. */
  readonly healthy: true;
}

/** What `Domain.waitFor` waits for: exactly one of `address`, `port`, `console`, `exec`, `exit`, `state` and `healthy`. */
export type WaitOptions =
  | AddressWait
  | PortWait
  | ConsoleWait
  | ExecWait
  | ExitWait
  | StateWait
  | HealthWait extends infer Wait
  ? Wait extends WaitLimits
    ? Wait & {
        readonly [
          Other in Exclude<
            'address' | 'port' | 'console' | 'exec' | 'exit' | 'state' | 'healthy',
            keyof Wait
          >
        ]?: undefined;
      }
    : never
  : never;

/** A TCP socket that listens in the container. */
export interface ListeningPort {
  /** IPv4 or IPv6. */
  readonly family: 'ipv4' | 'ipv6';
  /** In canonical text; `0.0.0.0` and `::` stand for all addresses. */
  readonly address: string;
  /** 1 to 65535. */
  readonly port: number;
}
