/** Domain: a handle on one domain. It holds no state of its own, so that any number of them may be about. */
import type { ConsoleStream } from '../container/console-stream';
import type { ExitRecord } from '../container/exit-record';
import { domainAddresses } from './addresses';
import { waitForAddress } from './address-wait';
import { getBandwidth, setBandwidth } from './bandwidth';
import { consolePath, domainInfo, domainXml, openConsole, sendSignal } from './inspect';
import type { AddressSource, DomainAddress, InterfaceInfo, WaitOptions } from './interface-types';
import { domainInterfaces } from './interfaces';
import { getLink, setLink } from './link-state';
import { currentState, domainState } from './lookup';
import { networkLeaseLookup } from './network-leases';
import type { Rates, RatesChange } from './rates';
import type { Session } from './session';
import type { Identity } from '../host/definition-store';
import type { ConsoleOptions, DomainInfo, DomainState, StartOptions } from './types';
import { destroyDomain, startDomain, undefineDomain } from './verbs';
import { waitForEnd } from './wait';

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
export class Domain {
  readonly name: string;
  /** Lower case with dashes. */
  readonly uuid: string;
  readonly #session: Session;
  readonly #identity: Identity;

  /** @internal */
  constructor(session: Session, { name, uuid }: Identity) {
    this.name = name;
    this.uuid = uuid;
    this.#session = session;
    this.#identity = { name, uuid };
  }

  /** The monitor's pid; undefined while nothing runs. */
  get id(): number | undefined {
    this.#session.demand('read', 'Domain.id');
    const { containers, paths } = this.#session;
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
    this.#session.demand('write', 'Domain.start');
    await startDomain(this.#session, this.#identity, options);
  }

  /**
   * Ends the container at once, by SIGKILL, and cleans up; on_reboot and the like are not carried out.
   *
   * @throws TslxcError OPERATION_INVALID when nothing runs.
   */
  async destroy(): Promise<void> {
    this.#session.demand('write', 'Domain.destroy');
    await destroyDomain(this.#session, this.#identity);
  }

  /**
   * Removes the stored definition. A running container goes on, as a transient domain.
   *
   * @throws TslxcError OPERATION_INVALID for a transient domain.
   */
  async undefine(): Promise<void> {
    this.#session.demand('write', 'Domain.undefine');
    await undefineDomain(this.#session, this.#identity);
  }

  /** State, memory, CPU time and the like, now. */
  async info(): Promise<DomainInfo> {
    this.#session.demand('read', 'Domain.info');
    return domainInfo(this.#session, this.#identity);
  }

  /** Whether it runs, and if not how it came to an end. */
  async state(): Promise<DomainState> {
    this.#session.demand('read', 'Domain.state');
    const state = await currentState(this.#session, this.#identity);
    return domainState(state, this.#session.containers.bootId());
  }

  /**
   * The definition as XML: `live` is that of the running container with its id and console ptys,
   * `inactive` that of the next start. Without either, the live one if there is one.
   *
   * @throws TslxcError OPERATION_INVALID for `live` when nothing runs.
   */
  async xml(options: { readonly which?: 'live' | 'inactive' } = {}): Promise<string> {
    this.#session.demand('read', 'Domain.xml');
    return domainXml(this.#session, this.#identity, options.which);
  }

  /**
   * Attaches to a console, beside all others who are attached. The stream ends with the container, after
   * its last byte, and keeps the process alive unless unref'd.
   *
   * @throws TslxcError OPERATION_INVALID when nothing runs; INVALID_ARG when there is no such console.
   */
  async openConsole(options: ConsoleOptions = {}): Promise<ConsoleStream> {
    this.#session.demand('write', 'Domain.openConsole');
    return openConsole(this.#session, this.#identity, options);
  }

  /**
   * The host pty of a console, which any terminal program can open; undefined while nothing runs, and
   * when there is no such console.
   *
   * @param device - index from 0, or alias `console0`
   * @throws TslxcError INVALID_ARG for what is neither.
   */
  consolePath(device?: number | string): string | undefined {
    this.#session.demand('read', 'Domain.consolePath');
    return consolePath(this.#session, this.#identity, device);
  }

  /**
   * How the running container ends; when none runs, how the last one ended. Keeps the process alive.
   *
   * @throws TslxcError OPERATION_INVALID when none has run since the host booted; OPERATION_ABORTED.
   */
  async wait(options: { readonly signal?: AbortSignal } = {}): Promise<ExitRecord> {
    this.#session.demand('read', 'Domain.wait');
    return waitForEnd(this.#session, this.#identity, options.signal);
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
    this.#session.demand('write', 'Domain.sendSignal');
    await sendSignal(this.#session, this.#identity, number);
  }

  /**
   * Its network interfaces: `live` as they are in the running container, with their counters, `inactive` as the next
   * start will make them. Without either, the live ones if there are such. Those that the host lends come last.
   *
   * @throws TslxcError OPERATION_INVALID for `live` when nothing runs.
   */
  async interfaces(
    options: { readonly which?: 'live' | 'inactive' } = {},
  ): Promise<InterfaceInfo[]> {
    this.#session.demand('read', 'Domain.interfaces');
    return domainInterfaces(this.#session, this.#identity, options.which);
  }

  /**
   * The addresses of the running container: as they are `inside` (the default), read from its own network namespace
   * with nothing running there; those that the DHCP servers of its networks have given (`lease`); or those that have
   * talked to the host (`arp`).
   *
   * @throws TslxcError OPERATION_INVALID when nothing runs; ARGUMENT_UNSUPPORTED for another source; NO_NETWORK with
   * `lease`, when its network is gone.
   */
  async addresses(options: { readonly source?: AddressSource } = {}): Promise<DomainAddress[]> {
    this.#session.demand('read', 'Domain.addresses');
    const { source = 'inside' } = options;
    return domainAddresses(this.#session, this.#identity, {
      source,
      leases: networkLeaseLookup(this.#session),
    });
  }

  /**
   * Waits until the running container has an address, and resolves to it: the first of that family and of global
   * scope that is not tentative. Nothing has to run inside. Keeps the process alive.
   *
   * @throws TslxcError INVALID_ARG for another family, and a timeout that is no number of milliseconds; OPERATION_INVALID
   * when nothing runs; OPERATION_FAILED as soon as the container has ended; OPERATION_TIMEOUT; OPERATION_ABORTED.
   */
  async waitFor(options: WaitOptions): Promise<string> {
    this.#session.demand('read', 'Domain.waitFor');
    return waitForAddress(this.#session, this.#identity, options);
  }

  /**
   * Plugs an interface in or out. In a running container the host's side of its veth pair goes up or down, and inside
   * the carrier comes or goes; addresses and routes stay. One that has no side on the host goes up or down itself.
   * `inactive` changes the stored definition, and so does a plain call when nothing runs.
   *
   * @param device - name on the host, name inside or MAC address
   * @throws TslxcError INVALID_ARG when it has no such interface, and for another state; OPERATION_INVALID for `live` when
   * nothing runs and for `inactive` of a transient domain; OPERATION_UNSUPPORTED for the stored state of what the host lends.
   */
  async setLink(
    device: string,
    state: 'up' | 'down',
    options: { readonly which?: 'live' | 'inactive' } = {},
  ): Promise<void> {
    this.#session.demand('write', 'Domain.setLink');
    const { which } = options;
    await setLink(this.#session, this.#identity, { device, which, link: state });
  }

  /**
   * Whether an interface is plugged in: see `setLink`.
   *
   * @throws TslxcError INVALID_ARG when it has no such interface; OPERATION_INVALID for `live` when nothing runs.
   */
  async getLink(
    device: string,
    options: { readonly which?: 'live' | 'inactive' } = {},
  ): Promise<'up' | 'down'> {
    this.#session.demand('read', 'Domain.getLink');
    return getLink(this.#session, this.#identity, { device, which: options.which });
  }

  /**
   * Changes the rates of an interface, from the container's point of view: inbound is what it receives. A direction that
   * is left out stays as it is. In a running container they change at once, with the packets that wait. `inactive`
   * changes the stored definition, and so does a plain call when nothing runs.
   *
   * @param device - name on the host, name inside or MAC address
   * @param change - `average`, `peak` and `floor` in KiB/s, `burst` in KiB; `none` takes the rate away
   * @throws TslxcError INVALID_ARG when it has no such interface, and for rates that make no sense; OPERATION_INVALID for
   * `live` when nothing runs, for `inactive` of a transient domain, and for a floor that the network has promised to
   * others; OPERATION_UNSUPPORTED for an interface that can't be shaped, and when tc is not installed.
   * @example
   * await domain.setBandwidth('eth0', { inbound: { average: 1000, burst: 64 }, outbound: 'none' });
   */
  async setBandwidth(
    device: string,
    change: RatesChange,
    options: { readonly which?: 'live' | 'inactive' } = {},
  ): Promise<void> {
    this.#session.demand('write', 'Domain.setBandwidth');
    await setBandwidth(this.#session, this.#identity, { device, which: options.which, change });
  }

  /**
   * The rates of an interface, those of its port group included while it runs: see `setBandwidth`.
   *
   * @throws TslxcError INVALID_ARG when it has no such interface; OPERATION_INVALID for `live` when nothing runs.
   */
  async getBandwidth(
    device: string,
    options: { readonly which?: 'live' | 'inactive' } = {},
  ): Promise<Rates> {
    this.#session.demand('read', 'Domain.getBandwidth');
    return getBandwidth(this.#session, this.#identity, { device, which: options.which });
  }

  /** Whether it has a stored definition, and so is there while nothing runs. */
  isPersistent(): boolean {
    this.#session.demand('read', 'Domain.isPersistent');
    return this.#session.store.has(this.name);
  }
}
