/** The plain data of the public API about waiting. */
import type { DomainState } from '../types';

/** How long something is waited for. */
export interface WaitLimits {
  /** Milliseconds. Default: without an end, but for that of the container. */
  readonly timeout?: number;
  /** Ends the wait; it rejects with OPERATION_ABORTED. */
  readonly signal?: AbortSignal;
}

/** An address of that family inside that others can reach: of global scope and not tentative, on an interface that is up. */
export interface AddressWait extends WaitLimits {
  /** The family that is waited for. */
  readonly address: 'ipv4' | 'ipv6';
}

/** A TCP port that somebody listens at, on any address of the container's network namespace. */
export interface PortWait extends WaitLimits {
  /** 1 to 65535. */
  readonly port: number;
}

/**
 * Output of the first console that the expression matches, what was written before included, also in lives before a
 * reboot: the console stays, and nothing in it says where a life begins. Matches may lie across what arrives in pieces,
 * within the last 64 KiB. `lastIndex` and the flags g and y mean nothing here.
 */
export interface ConsoleWait extends WaitLimits {
  /** What the output has to match. */
  readonly console: RegExp;
}

/** The end of the container; with a number, an end by init's exit with that code. */
export interface ExitWait extends WaitLimits {
  /** `any` end, or an exit code from 0 to 255. */
  readonly exit: 'any' | number;
}

/** A state of the domain, whoever brings it about. */
export interface StateWait extends WaitLimits {
  /** The state that is waited for. */
  readonly state: DomainState['state'];
}

/**
 * A program and its arguments that is run in the container, as by `Domain.exec`, again and again until it exits with 0. One
 * that is running when the time is over is ended, with all that it has started.
 */
export interface ExecWait extends WaitLimits {
  /** The program and its arguments. */
  readonly exec: readonly string[];
}

/** What `Domain.waitFor` waits for: one of these. */
export type WaitOptions = AddressWait | PortWait | ConsoleWait | ExecWait | ExitWait | StateWait;

/** Where somebody listens. */
export interface ListeningPort {
  /** Of the address. */
  readonly family: 'ipv4' | 'ipv6';
  /** In canonical text: `0.0.0.0` and `::` are all. */
  readonly address: string;
  /** The number of the port. */
  readonly port: number;
}
