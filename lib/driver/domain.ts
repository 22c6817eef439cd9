/** Domain: a handle on one domain. It holds no state of its own, so that any number of them may be about. */
import type { ConsoleStream } from '../container/console/console-stream';
import { AwaitedDomain } from './domain-waits';
import { consolePath, domainInfo, domainXml, openConsole, sendSignal } from './lookup/inspect';
import { currentState, stateOf } from './lookup/lookup';
import { domainSecurityLabel, type SecurityLabelInfo } from './lookup/security-label';
import type { ConsoleOptions, DomainInfo, DomainState, StartOptions } from './types';
import { startDomain, undefineDomain } from './lifecycle/verbs';

/**
 * One domain: what is defined under a name, and the container that runs of it. Handles come from a
 * Connection, cost nothing and need no closing; two of one domain are equal in every respect.
 *
 * Every method may throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, NO_DOMAIN when
 * the domain is gone, and OPERATION_INVALID when its connection is closed. Those that change something
 * throw OPERATION_DENIED on a read-only connection.
 *
 * @example
 * const connection = await connect();
 * const domain = await connection.defineDomain(xml);
 * await domain.start();
 * const { how, code, signal } = await domain.wait();
 * await domain.undefine();
 * await connection.close();
 */
export class Domain extends AwaitedDomain {
  /** The monitor's pid; undefined while nothing runs. */
  get id(): number | undefined {
    this.session.requireAccess('read', 'Domain.id');
    const { containers, paths } = this.session;
    const state = containers.readRunState(paths, this.name);
    const isOurs = state.phase === 'running' && state.start.uuid === this.uuid;
    return isOurs ? state.running.id : undefined;
  }

  /**
   * Starts the stored definition. Resolves when init's execve has succeeded.
   *
   * @throws DefinitionError CONFIG_UNSUPPORTED, with `path`, `element`, `line` and `column`, for what
   * this version does not carry out.
   * @throws TslxcError OPERATION_INVALID when it runs already; RESOURCE_BUSY when another root has a
   * container of that name; OPERATION_ABORTED; OPERATION_TIMEOUT.
   * @throws SyscallError SYSTEM_ERROR and the like, with `step`, `errno` and mostly `path`; the host is
   * then as it was before.
   */
  async start(options: StartOptions = {}): Promise<void> {
    this.session.requireAccess('write', 'Domain.start');
    await startDomain(this.session, this.identity, options);
  }

  /**
   * Removes the stored definition. A running container goes on, as a transient domain.
   *
   * @throws TslxcError OPERATION_INVALID for a transient domain.
   */
  async undefine(): Promise<void> {
    this.session.requireAccess('write', 'Domain.undefine');
    await undefineDomain(this.session, this.identity);
  }

  /** State, memory, CPU time and the like, now. */
  async info(): Promise<DomainInfo> {
    this.session.requireAccess('read', 'Domain.info');
    return domainInfo(this.session, this.identity);
  }

  /** Whether it runs or is paused, and if not how it came to an end. */
  async state(): Promise<DomainState> {
    this.session.requireAccess('read', 'Domain.state');
    const state = await currentState(this.session, this.identity);
    return stateOf(this.session, state);
  }

  /**
   * The definition as XML: `live` is that of the running container with its id and console ptys,
   * `inactive` that of the next start. Without either, the live one if there is one.
   *
   * @throws TslxcError OPERATION_INVALID for `live` when nothing runs.
   */
  async xml(options: { readonly which?: 'live' | 'inactive' } = {}): Promise<string> {
    this.session.requireAccess('read', 'Domain.xml');
    return domainXml(this.session, this.identity, options.which);
  }

  /**
   * The security label that the container has, as the kernel tells it, and whether its module enforces; undefined while
   * nothing runs, and on a host without such a module.
   */
  async securityLabel(): Promise<SecurityLabelInfo | undefined> {
    this.session.requireAccess('read', 'Domain.securityLabel');
    return domainSecurityLabel(this.session, this.identity);
  }

  /**
   * Attaches to a console, beside all others who are attached. The stream ends with the container, after
   * its last byte, and keeps the process alive unless unref'd.
   *
   * @throws TslxcError OPERATION_INVALID when nothing runs; INVALID_ARG when there is no such console.
   */
  async openConsole(options: ConsoleOptions = {}): Promise<ConsoleStream> {
    this.session.requireAccess('write', 'Domain.openConsole');
    return openConsole(this.session, this.identity, options);
  }

  /**
   * The host pty of a console, which any terminal program can open; undefined while nothing runs, and
   * when there is no such console.
   *
   * @param device - index from 0, or alias `console0`
   * @throws TslxcError INVALID_ARG for what is neither.
   */
  consolePath(device?: number | string): string | undefined {
    this.session.requireAccess('read', 'Domain.consolePath');
    return consolePath(this.session, this.identity, device);
  }

  /**
   * Sends init a signal. One that init has no handler for does nothing, except SIGKILL and SIGSTOP
   * (pid_namespaces(7)).
   *
   * @param number - as in signal(7); 0 sends none, and tells whether one could be sent
   * @throws TslxcError INVALID_ARG above 64; OPERATION_INVALID when nothing runs.
   * @throws SyscallError SYSTEM_ERROR of pidfd_send_signal(2).
   */
  async sendSignal(number: number): Promise<void> {
    this.session.requireAccess('write', 'Domain.sendSignal');
    await sendSignal(this.session, this.identity, number);
  }

  /** Whether it has a stored definition, and so is there while nothing runs. */
  isPersistent(): boolean {
    this.session.requireAccess('read', 'Domain.isPersistent');
    return this.session.store.has(this.name);
  }
}
