/** The part of a Domain that waits. */
import type { ExitRecord } from '../container/record/exit-record';
import { TslxcError } from '../errors';
import { waitForAddress } from './waits/address-wait';
import { waitForCommand } from './waits/command-wait';
import { StoredDomain } from './domain-stored';
import { waitForOutput, waitForPort } from './waits/inside-waits';
import { waitForExit, waitForState } from './waits/state-waits';
import type { DomainState } from './types';
import { waitForEnd } from './waits/wait';
import type {
  AddressWait,
  ConsoleWait,
  ExecWait,
  ExitWait,
  ListeningPort,
  PortWait,
  StateWait,
  WaitOptions,
} from './waits/types';

type WaitResult = string | ListeningPort | RegExpExecArray | ExitRecord | DomainState;

export class AwaitedDomain extends StoredDomain {
  /**
   * How the running container ends; when none runs, how the last one ended. Keeps the process alive.
   *
   * @throws TslxcError OPERATION_INVALID when none has run since the host booted; OPERATION_ABORTED.
   */
  async wait(options: { readonly signal?: AbortSignal } = {}): Promise<ExitRecord> {
    this.session.requireAccess('read', 'Domain.wait');
    return waitForEnd(this.session, this.identity, options.signal);
  }

  /**
   * Waits until the running container has an address (resolves to it), listens at a TCP port (to where), has shown
   * something on its console (to the match), has ended (to how), its domain is in a state (to that), or a command that is
   * run there exits with 0. All but the last is looked at from outside: nothing has to run inside, and nothing is run there.
   * A container that shares the host's network has the host's addresses and ports. Keeps the process alive.
   *
   * @throws TslxcError INVALID_ARG for a condition, or a timeout, that makes no sense; OPERATION_FAILED as soon as the
   * container has ended, or has ended with another code, with the last lines of its `console`; OPERATION_INVALID when
   * nothing runs (for `exit`: and none has since the host booted; not for `state`); OPERATION_TIMEOUT; OPERATION_ABORTED.
   * @throws TslxcError OPERATION_DENIED for `console` and `exec` on a read-only connection.
   * @example
   * await domain.waitFor({ console: /login:/, timeout: 60_000 });
   * const { address } = await domain.waitFor({ port: 80 });
   * await domain.waitFor({ exec: ['pg_isready', '-q'] });
   */
  async waitFor(options: AddressWait): Promise<string>;
  async waitFor(options: PortWait): Promise<ListeningPort>;
  async waitFor(options: ConsoleWait): Promise<RegExpExecArray>;
  async waitFor(options: ExecWait): Promise<undefined>;
  async waitFor(options: ExitWait): Promise<ExitRecord>;
  async waitFor(options: StateWait): Promise<DomainState>;
  async waitFor(options: WaitOptions): Promise<WaitResult | undefined>;
  async waitFor(options: WaitOptions): Promise<WaitResult | undefined> {
    const { session, identity } = this;
    const isRead = !('console' in options || 'exec' in options);
    session.requireAccess(isRead ? 'read' : 'write', 'Domain.waitFor');
    const conditions = conditionNames.filter((name) => name in options);
    if (conditions.length !== 1) {
      throw new TslxcError('INVALID_ARG', `wait for one of ${conditionNames.join(', ')}`);
    }
    if ('address' in options) return waitForAddress(session, identity, options);
    if ('port' in options) return waitForPort(session, identity, options);
    if ('console' in options) return waitForOutput(session, identity, options);
    if ('exec' in options) return waitForCommand(session, identity, options);
    if ('exit' in options) return waitForExit(session, identity, options);
    return waitForState(session, identity, options);
  }
}

const conditionNames = ['address', 'port', 'console', 'exec', 'exit', 'state'] as const;
