/**
 * Domain: a handle for one domain. It holds no state of its own, so any number of them may exist. Each method checks
 * that the call is allowed and calls the function that does the work; what a caller has to know is documented here.
 */
import { checkCalls, type CallsOf } from '../shape/arguments';
import { domainCalls } from './arguments/domain-calls';
import { autostartWord } from './arguments/option-shapes';
import type { PipedProcess, TerminalProcess } from '../container/exec/command-process';
import type { ConsoleStream } from '../container/console/console-stream';
import type { ExitRecord } from '../container/record/exit-record';
import type { MetadataContent } from '../domain/elements/metadata';
import { TslxcError } from '../errors';
import type { WindowSize } from '../host/native';
import type { Identity } from '../host/state/definitions/definition-store';
import { getMetadata, getText, setMetadata, setText } from './definitions/annotations';
import { renameDomain } from './definitions/rename';
import { attachDevice, detachDevice, updateDevice } from './devices/devices';
import { execAlone, runCommand } from './exec/exec';
import type { DetachedOptions, ExecOptions } from './exec/exec-options';
import type { DomainSpec } from '../domain/builder/spec';
import type { HealthInfo } from './health/health';
import { readSpec } from './definitions/spec';
import { ofDomain } from './session/of-domain';
import type { RunningCommand } from './exec/running-command';
import { domainAddresses } from './interfaces/addresses';
import { getBandwidth, setBandwidth } from './interfaces/bandwidth';
import { leasedHostname } from './interfaces/hostname';
import { domainInterfaces } from './interfaces/interfaces';
import { getLink, setLink } from './interfaces/link-state';
import type { Rates, RatesChange } from './interfaces/rates';
import type { AddressSource, DomainAddress, InterfaceInfo } from './interfaces/types';
import { setAutostart } from './lifecycle/autostart';
import { resumeDomain, suspendDomain } from './lifecycle/pause';
import { askToEnd } from './lifecycle/power';
import type { DestroyOptions, PowerAnswer, PowerOptions } from './lifecycle/power-types';
import { destroyDomain, startDomain, undefineDomain } from './lifecycle/verbs';
import { getBlockTuning, setBlockTuning } from './limits/block-tuning';
import {
  getHugepageLimits,
  getProcessLimit,
  setHugepageLimit,
  setProcessLimit,
} from './limits/counted-limits';
import { getCpuTuning, getVcpus, setCpuTuning, setVcpus } from './limits/cpu-tuning';
import { getCpuset, getNumaTuning, setCpuset, setNumaTuning } from './limits/cpuset';
import type { LimitQuery } from './limits/live-limits';
import {
  getMemory,
  getMemoryTuning,
  setMaxMemory,
  setMemory,
  setMemoryTuning,
} from './limits/memory';
import type {
  BlockTuningChange,
  BlockTuningInfo,
  CpuTuningChange,
  CpuTuningInfo,
  DomainMemory,
  HugepageLimitChange,
  HugepageLimitInfo,
  MemorySize,
  MemoryTuningChange,
  MemoryTuningInfo,
  NumaTuningChange,
  NumaTuningInfo,
  VcpuChange,
  VcpuCount,
} from './limits/types';
import { consoleLines, textsOf, type LogOptions } from './inspect/console-lines';
import type { LogLine } from '../container/console/line-cutter';
import {
  consolePath,
  domainInfo,
  domainStateNow,
  domainXml,
  editableXml,
  openConsole,
  runningId,
  sendSignal,
} from './inspect/inspect';
import { startRefusal } from './inspect/start-refusal';
import { openNamespaces } from './inspect/namespaces';
import { domainSecurityLabel, type SecurityLabelInfo } from './inspect/security-label';
import { isStored } from './lookup/lookup';
import { Session } from './session/session';
import { cloneDomain } from './snapshots/clone';
import { DomainSnapshots } from './snapshots/domain-snapshots';
import type { CloneOptions } from './snapshots/types';
import { blockStatistics, type BlockStatistics } from './statistics/block';
import { domainStatistics, watchStatistics } from './statistics/statistics';
import type { DomainStatistics, WatchOptions } from './statistics/types';
import type {
  AnnotationOptions,
  Autostart,
  ConsoleOptions,
  DomainInfo,
  DomainState,
  DeviceOptions,
  StartOptions,
  StartResult,
  UndefineOptions,
  WhichOption,
} from './types';
import type {
  AddressWait,
  ConsoleWait,
  ExecWait,
  ExitWait,
  HealthWait,
  ListeningPort,
  PortWait,
  StateWait,
  WaitLimits,
  WaitOptions,
} from './waits/types';
import { waitForExit } from './waits/state-waits';
import { accessForWait, waitForCondition, type WaitResult } from './waits/wait-for-condition';

/** How long init may take to end with `destroy({ graceful: true })`, in milliseconds. */
const defaultGrace = 10_000;

/**
 * One domain: what is defined under a name, and the container that runs from it. Handles come from a Connection, cost
 * nothing and need no closing; two handles for the same domain are interchangeable. A handle stands for the domain with this
 * name and this uuid: after a rename, by whichever process, it is to be looked up anew.
 *
 * Every method may throw ACCESS_DENIED when the process is not root with CAP_SYS_ADMIN, NO_DOMAIN when the domain is
 * gone, has been renamed (the message says to what) or another one has taken its name, and OPERATION_INVALID when the connection is closed. Methods that change
 * something throw OPERATION_DENIED on a read-only connection.
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
  /** The name in its definition, unique within a root of tslxc. */
  readonly name: string;
  /** In lower case with dashes. It stays when the domain is renamed. */
  readonly uuid: string;
  readonly #session: Session;
  readonly #identity: Identity;

  private constructor(session: Session, identity: Identity) {
    if (!(session instanceof Session)) throw new TypeError('a Domain comes from a Connection');
    this.name = identity.name;
    this.uuid = identity.uuid;
    this.#session = session;
    this.#identity = { name: this.name, uuid: this.uuid };
  }

  /** @internal Handles come from a Connection. */
  static of(session: Session, identity: Identity): Domain {
    return new Domain(session, identity);
  }

  // What it is.

  /**
   * The pid of the container's monitor, which libvirt's driver uses as the domain's id; undefined while nothing
   * runs, and for a domain that is gone or has another name now.
   *
   * @throws TslxcError ACCESS_DENIED without root; OPERATION_INVALID when the connection is closed.
   * @see virDomainGetID, `virsh domid`
   */
  get id(): number | undefined {
    this.#session.requireAccess('read', 'Domain.id');
    return runningId(this.#session, this.#identity);
  }

  /**
   * Its current state, memory (KiB), CPU time (nanoseconds), number of CPUs and isolation.
   *
   * @throws DefinitionError when nothing runs and the stored file is not a valid definition, with its `path`.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainGetInfo, `virsh dominfo`
   */
  async info(): Promise<DomainInfo> {
    this.#session.requireAccess('read', 'Domain.info');
    return domainInfo(this.#session, this.#identity);
  }

  /**
   * Whether it runs or is paused, and if neither, how it last ended.
   *
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainGetState, `virsh domstate --reason`
   */
  async state(): Promise<DomainState> {
    this.#session.requireAccess('read', 'Domain.state');
    return domainStateNow(this.#session, this.#identity);
  }

  /**
   * Whether it has a stored definition, and so exists while nothing runs. A transient domain is gone when its
   * container ends. False for a domain that is gone, or has another name now.
   *
   * @throws TslxcError ACCESS_DENIED without root; OPERATION_INVALID when the connection is closed.
   * @see virDomainIsPersistent
   */
  isPersistent(): boolean {
    this.#session.requireAccess('read', 'Domain.isPersistent');
    return isStored(this.#session, this.#identity);
  }

  /**
   * The security label of the container's init, as the kernel shows it (/proc/PID/attr/current), and whether the
   * security module enforces it; undefined while nothing runs, and on a host where no module labels containers.
   *
   * @throws TslxcError CONF_SYNTAX or CONFIG_UNSUPPORTED when the settings of tslxc ask for a module that is not
   * there.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainGetSecurityLabel, selinux(8), apparmor(7)
   */
  async securityLabel(): Promise<SecurityLabelInfo | undefined> {
    this.#session.requireAccess('read', 'Domain.securityLabel');
    return domainSecurityLabel(this.#session, this.#identity);
  }

  // Life cycle.

  /**
   * Starts the stored definition. Resolves when init's execve(2) has succeeded. Until then, an abort or the end of this
   * process undoes the start; afterwards the container runs on its own.
   *
   * Parts of the definition that mean nothing to a container are ignored, with a warning for each.
   *
   * @param options - descriptors to pass, who cleans up, autodestroy, strict, progress and abort; none by default
   * @returns the parts of the definition that have no effect, and other things that a user might not expect
   * @throws DefinitionError CONFIG_UNSUPPORTED, NO_NETWORK and others, with `path` of the stored file, `element`,
   * `line` and `column`, for parts that it would be dangerous to ignore or that this host can't carry out; if there are
   * several, they are in `problems`. With `strict`, for every part that is not carried out.
   * @throws TslxcError OPERATION_INVALID when it runs already; RESOURCE_BUSY when another root of tslxc has a
   * container of that name; OPERATION_ABORTED when `signal` has fired; OPERATION_TIMEOUT when the monitor, init, or a
   * file system that the definition refers to takes longer than the connection's `startTimeout`.
   * @throws SyscallError SYSTEM_ERROR and the like, with `step`, `errno` and usually `path`. After every error the
   * host is as it was before.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainCreate, `virsh start`
   */
  async start(options: StartOptions = {}): Promise<StartResult> {
    this.#session.requireAccess('write', 'Domain.start');
    return startDomain(this.#session, this.#identity, options);
  }

  /**
   * Asks init to end, in a way that it reacts to: see PowerMode. Without `timeout`, resolves as soon as init has been
   * asked; with it, when the container has ended.
   *
   * @param options - `mode`: `auto` by default; `timeout` in milliseconds, none by default; `signal`
   * @returns how init was asked, and what came of it
   * @throws TslxcError OPERATION_INVALID when nothing runs or it is paused; OPERATION_UNSUPPORTED when init has
   * neither a handler for the signal nor an initctl pipe, so that it would not react; OPERATION_TIMEOUT when it still
   * runs after `timeout`, or when its pipe can't be found within three seconds because a file system of the container
   * does not answer; OPERATION_ABORTED when `signal` has fired, which does not withdraw the request to init; INVALID_ARG
   * for an unknown mode or a negative timeout.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainShutdownFlags, `virsh shutdown`
   */
  async shutdown(options: PowerOptions = {}): Promise<PowerAnswer> {
    this.#session.requireAccess('write', 'Domain.shutdown');
    return askToEnd(this.#session, this.#identity, { ...options, goal: 'shutdown' });
  }

  /**
   * Asks init to end, and has the same monitor start it again: id, passed descriptors, attached consoles and
   * autodestroy are kept. `<on_reboot>` decides whether it is started again. Without `timeout`, resolves as soon as init
   * has been asked; with it, when init runs again or has ended for good.
   *
   * @param options - `mode`: `auto` by default; `timeout` in milliseconds, none by default; `signal`
   * @returns how init was asked, and what came of it
   * @throws TslxcError OPERATION_INVALID when nothing runs or it is paused; OPERATION_UNSUPPORTED when init has
   * neither a handler for the signal nor an initctl pipe, and when the monitor was started by an older version of this
   * package, unless init itself calls reboot(2) as systemd and busybox do; OPERATION_TIMEOUT; OPERATION_ABORTED;
   * INVALID_ARG for an unknown mode or a negative timeout.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainReboot, `virsh reboot`, reboot(2)
   */
  async reboot(options: PowerOptions = {}): Promise<PowerAnswer> {
    this.#session.requireAccess('write', 'Domain.reboot');
    return askToEnd(this.#session, this.#identity, { ...options, goal: 'reboot' });
  }

  /**
   * Ends the container at once, by SIGKILL, even when it is paused, and cleans up. `<on_poweroff>`, `<on_reboot>`
   * and `<on_crash>` are not carried out.
   *
   * @param options - `graceful`: asks init instead, and waits for it; `false` by default
   * @throws SyscallError EBUSY when the kernel can't end a process, such as one that waits for a device: `step` names
   * it. The destroy stays in force: once the process has ended, the next call on the domain cleans up, and the
   * domain counts as destroyed.
   * @throws TslxcError OPERATION_INVALID when nothing runs. With `graceful` also OPERATION_TIMEOUT when init still
   * runs, and what `shutdown` throws.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainDestroyFlags, `virsh destroy`
   */
  async destroy({ graceful = false }: DestroyOptions = {}): Promise<void> {
    this.#session.requireAccess('write', 'Domain.destroy');
    const timeout = graceful === true ? defaultGrace : graceful;
    if (timeout === false) await destroyDomain(this.#session, this.#identity);
    else await askToEnd(this.#session, this.#identity, { goal: 'destroy', timeout });
  }

  /**
   * Destroys the container, if one runs, so that with `await using` it lives as long as its scope. A stored
   * definition stays; a transient domain is then gone.
   *
   * @throws TslxcError as `destroy`, but not when nothing runs or the domain is gone.
   * @example
   * await using domain = await connection.createDomain({ name: 'job', memory: '64MiB', root: '/srv/job' });
   * const { code } = await domain.wait();
   */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.destroy();
    } catch (error) {
      const isOff = TslxcError.is(error, 'OPERATION_INVALID') && this.id === undefined;
      if (!isOff && !TslxcError.is(error, 'NO_DOMAIN')) throw error;
    }
  }

  /**
   * Freezes every process of the container where it is, until `resume`. Resolves when all are frozen; a container that is
   * already paused stays paused. The state is kept by the kernel: every process on the host sees it, and it outlives this one.
   *
   * @throws TslxcError OPERATION_INVALID when nothing runs, and between init's end and its restart by a reboot.
   * @throws SyscallError ETIMEDOUT when a process can't be frozen; then all of them go on.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSuspend, `virsh suspend`; freezer of cgroup v1, cgroup.freeze of v2
   */
  async suspend(): Promise<void> {
    this.#session.requireAccess('write', 'Domain.suspend');
    await suspendDomain(this.#session, this.#identity);
  }

  /**
   * Thaws a paused container: its processes go on.
   *
   * @throws TslxcError OPERATION_INVALID when it is not paused.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainResume, `virsh resume`
   */
  async resume(): Promise<void> {
    this.#session.requireAccess('write', 'Domain.resume');
    await resumeDomain(this.#session, this.#identity);
  }

  /**
   * Sends init a signal. A signal that init has no handler for does nothing, except SIGKILL and SIGSTOP
   * (pid_namespaces(7)).
   *
   * @param signal - 0 to 64, as in signal(7), where 0 sends no signal, and only checks whether one could be sent; or a name, as
   * `DomainSpec.stopSignal` takes it: `SIGUSR1`, `SIGRTMIN+3`
   * @throws TslxcError INVALID_ARG for what is no signal; OPERATION_INVALID when nothing runs.
   * @throws SyscallError SYSTEM_ERROR of pidfd_send_signal(2).
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSendProcessSignal, `virsh send-process-signal`
   */
  async sendSignal(signal: number | string): Promise<void> {
    this.#session.requireAccess('write', 'Domain.sendSignal');
    await sendSignal(this.#session, this.#identity, signal);
  }

  /**
   * The namespaces of the running container, for setns(2) in another program: user, IPC, UTS, network, PID and mount. A
   * process that joins them gets none of the limits, the label and the reduced rights that `exec` gives a command.
   *
   * @returns six descriptors in that order, which the caller closes
   * @throws TslxcError OPERATION_INVALID when nothing runs.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainLxcOpenNamespace
   */
  async openNamespaces(): Promise<number[]> {
    this.#session.requireAccess('write', 'Domain.openNamespaces');
    return openNamespaces(this.#session, this.#identity);
  }

  // Definition.

  /**
   * The definition as XML. `live`: of the running container, with its id, its console ptys and the names of its
   * interfaces; `inactive`: for the next start. Default: the live one if the container runs, else the inactive one.
   *
   * @throws TslxcError OPERATION_INVALID for `live` when nothing runs.
   * @throws DefinitionError when the stored file is not a valid definition.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainGetXMLDesc, `virsh dumpxml`
   */
  async xml(options: { readonly which?: 'live' | 'inactive' | undefined } = {}): Promise<string> {
    this.#session.requireAccess('read', 'Domain.xml');
    return domainXml(this.#session, this.#identity, options.which);
  }

  /** @internal Why it would not start, although `info` says what isolation it would have: see `startRefusal`. */
  async startRefusal(): Promise<string | undefined> {
    this.#session.requireAccess('read', 'Domain.startRefusal');
    return startRefusal(this.#session, this.#identity);
  }

  /** @internal What `edit` begins with: also of a stored file that is not a valid definition. */
  async editableXml(): Promise<string> {
    this.#session.requireAccess('read', 'Domain.editableXml');
    return editableXml(this.#session, this.#identity);
  }

  /**
   * The definition as plain data, as `domainXml` and `Connection.defineDomain` take it, so that it can be changed and
   * defined again. It is the definition of the next start; of a transient domain, the one that it was started with, and what was
   * changed since. What the start has chosen, such as the ids of `idMap: 'auto'`, is not in it.
   *
   * It has the values that were asked for, and the uuid and MAC addresses that were made; defined again, it gives the same. What equals the
   * default, such as `consoles: 1` or an empty list, is left out, and so is `type: 'mount'`. Sizes are in the largest unit of which they
   * are a whole number, and `cpuset`, signals, ports of an image, uuids and addresses have their usual form.
   *
   * @throws TslxcError CONFIG_UNSUPPORTED when the XML has something that a DomainSpec can't express, such as a `<disk>`,
   * with that line of XML in the message.
   * @throws DefinitionError when the stored file is not a valid definition.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @example
   * await connection.defineDomain({ ...(await domain.spec()), memory: '128MiB' });
   */
  async spec(): Promise<DomainSpec> {
    this.#session.requireAccess('read', 'Domain.spec');
    return readSpec(this.#session, await domainXml(this.#session, this.#identity, 'inactive'));
  }

  /**
   * Removes the stored definition, also one that can't be read. A running container keeps running, as a transient domain.
   *
   * @param options - `snapshots`: `refuse` by default, `forget` for a domain that has snapshots
   * @throws TslxcError OPERATION_INVALID for a transient domain, and for one with snapshots unless they are to be forgotten.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainUndefine, `virsh undefine`
   */
  async undefine(options: UndefineOptions = {}): Promise<void> {
    this.#session.requireAccess('write', 'Domain.undefine');
    await undefineDomain(this.#session, this.#identity, options);
  }

  /**
   * Gives a domain that is off another name. Its uuid, its autostart, its last exit record and the ids that were allocated
   * to it are kept. Atomic: at every moment it has one of the two names.
   *
   * @param name - the new name
   * @returns its new handle. Calls on others throw NO_DOMAIN with the new name; they don't follow, as libvirt's would, which
   * find by uuid: `Connection.lookupDomainByUuid` does
   * @throws TslxcError OPERATION_INVALID when it runs or is transient, and when the name is its own or that of
   * another domain; XML_ERROR for a text that can't be a name.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainRename, `virsh domrename`
   */
  async rename(name: string): Promise<Domain> {
    this.#session.requireAccess('write', 'Domain.rename');
    return Domain.of(this.#session, await renameDomain(this.#session, this.#identity, name));
  }

  /**
   * Its snapshots: each keeps the contents of its root and of its overlays' writable layers, and its definition, at one time.
   *
   * @see `virsh snapshot-list`
   */
  get snapshots(): DomainSnapshots {
    return DomainSnapshots.of(this.#session, this.#identity);
  }

  /**
   * Makes a new domain from this one, which has to be off or paused. The clone has the same definition, with another name and
   * uuid and other MAC addresses, and copies of the domain's own trees: its root, if that is a directory that it may write to,
   * and the writable layers of its `<tslxc:overlay>`. Copies share blocks where the file system can. Everything else that the
   * definition names, such as mounted directories, images and devices, is shared by both. The clone is off, is not started with
   * the host, and has no snapshots.
   *
   * The clone is made completely or not at all, even if this process is killed meanwhile.
   *
   * @param name - of the new domain
   * @param options - `snapshot`: a snapshot to clone instead of the current contents, in which case the domain may run; `paths`:
   * where the copies go, by default beside the originals; `onProgress`; `signal`
   * @returns its handle
   * @throws TslxcError OPERATION_INVALID while the container runs, for a transient domain, for a name that is taken, and when
   * something already exists where a copy would go; NO_DOMAIN_SNAPSHOT; XML_ERROR for a text that can't be a name; INVALID_ARG for
   * a path that is not absolute, or that is given for something that is not one of its trees; RESOURCE_BUSY when another running
   * domain writes to one of its trees; OPERATION_UNSUPPORTED for a tree in which something is mounted; OPERATION_ABORTED when
   * `signal` has fired; OPERATION_TIMEOUT for a path that does not answer.
   * @throws DefinitionError CONFIG_UNSUPPORTED, with `element`, `line` and `column`, for a domain without a tree of its own, whose root
   * is an image, or one of whose trees is a mount point.
   * @throws TslxcError CONFIG_UNSUPPORTED, with `path`, if it has ids of its own and other users of the host could reach the copy of its root.
   * @throws SyscallError ENOSPC and the like, with `path`. After every error nothing is left of the clone.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virt-clone(1), lxc-copy(1)
   */
  async clone(name: string, options: CloneOptions = {}): Promise<Domain> {
    this.#session.requireAccess('write', 'Domain.clone');
    return Domain.of(
      this.#session,
      await cloneDomain(this.#session, this.#identity, { name, options }),
    );
  }

  /**
   * Sets whether it is started with the host, by `Connection.autostartAll`, which a boot unit calls. It is not started
   * now.
   *
   * @throws TslxcError INVALID_ARG for anything but `on`, `off`, true and false; OPERATION_INVALID for a transient domain.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSetAutostart, `virsh autostart`
   */
  async setAutostart(autostart: Autostart): Promise<void> {
    this.#session.requireAccess('write', 'Domain.setAutostart');
    await setAutostart(this.#session, this.#identity, autostartWord(autostart));
  }

  /**
   * The title, which is one line; undefined when it has none.
   *
   * @param options - `which`: by default the running container if there is one, else the stored definition
   * @throws TslxcError OPERATION_INVALID for `live` and `both` when nothing runs, and for `inactive` of a transient
   * domain.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainGetMetadata, `virsh desc --title`
   */
  async getTitle({ which }: AnnotationOptions = {}): Promise<string | undefined> {
    this.#session.requireAccess('read', 'Domain.getTitle');
    return getText(this.#session, this.#identity, { of: 'title', which });
  }

  /**
   * Changes the title.
   *
   * @param title - one line; undefined or an empty text removes it
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both
   * @throws TslxcError XML_ERROR for several lines; OPERATION_INVALID for `live` and `both` when nothing runs, and
   * for `inactive` and `both` of a transient domain.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSetMetadata, `virsh desc --title`
   */
  async setTitle(title: string | undefined, { which }: AnnotationOptions = {}): Promise<void> {
    this.#session.requireAccess('write', 'Domain.setTitle');
    await setText(this.#session, this.#identity, { of: 'title', text: title, which });
  }

  /**
   * The description, which may have several lines; undefined when it has none.
   *
   * @param options - `which`: by default the running container if there is one, else the stored definition
   * @throws TslxcError OPERATION_INVALID for `live` and `both` when nothing runs, and for `inactive` of a transient
   * domain.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainGetMetadata, `virsh desc`
   */
  async getDescription({ which }: AnnotationOptions = {}): Promise<string | undefined> {
    this.#session.requireAccess('read', 'Domain.getDescription');
    return getText(this.#session, this.#identity, { of: 'description', which });
  }

  /**
   * Changes the description.
   *
   * @param description - one or more lines; undefined or an empty text removes it
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both
   * @throws TslxcError OPERATION_INVALID for `live` and `both` when nothing runs, and for `inactive` and `both` of
   * a transient domain.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSetMetadata, `virsh desc`
   */
  async setDescription(
    description: string | undefined,
    { which }: AnnotationOptions = {},
  ): Promise<void> {
    this.#session.requireAccess('write', 'Domain.setDescription');
    await setText(this.#session, this.#identity, { of: 'description', text: description, which });
  }

  /**
   * The element that `<metadata>` holds for a namespace, as text without that namespace; undefined when there is
   * none.
   *
   * @param uri - the namespace
   * @param options - `which`: by default the running container if there is one, else the stored definition
   * @throws TslxcError OPERATION_INVALID for `live` and `both` when nothing runs, and for `inactive` of a transient
   * domain.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainGetMetadata, `virsh metadata`
   */
  async getMetadata(uri: string, { which }: AnnotationOptions = {}): Promise<string | undefined> {
    this.#session.requireAccess('read', 'Domain.getMetadata');
    return getMetadata(this.#session, this.#identity, { uri, which });
  }

  /**
   * Puts one element into `<metadata>`, replacing the one of the same namespace. Elements in it that have no namespace get
   * this one.
   *
   * @param uri - the namespace: a text that no other program uses, usually a URI of your own
   * @param content - prefix and element; undefined removes the element
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both
   * @throws DefinitionError XML_ERROR for text that is not one element, with `line` and `column`.
   * @throws TslxcError INVALID_ARG for an empty uri; XML_ERROR for a key that can't be a prefix; OPERATION_INVALID
   * for `live` and `both` when nothing runs, and for `inactive` and `both` of a transient domain;
   * OPERATION_UNSUPPORTED for tslxc's own namespace in the running container, since its elements take effect at a start.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSetMetadata, `virsh metadata`
   * @example
   * await domain.setMetadata('https://example.com/deploy', { key: 'deploy', xml: '<release number="17"/>' });
   */
  async setMetadata(
    uri: string,
    content: MetadataContent | undefined,
    { which }: AnnotationOptions = {},
  ): Promise<void> {
    this.#session.requireAccess('write', 'Domain.setMetadata');
    await setMetadata(this.#session, this.#identity, { uri, content, which });
  }

  // Consoles, commands, logs.

  /**
   * Attaches to a console, alongside any others that are attached. The stream ends with the container, after its last
   * byte, and keeps this process alive unless `unref` is called on it. It holds a descriptor until then, or until it is destroyed: see
   * `ConsoleStream`. A container takes 64 of them.
   *
   * @param options - `device`: the first console by default; `size` in rows and columns; `from`: `replay` by
   * default, which sends up to 262,144 bytes of earlier output first; `replay`: `raw` by default, `quiet` for a
   * terminal, which would answer replayed queries
   * @throws TslxcError OPERATION_INVALID when nothing runs; INVALID_ARG when there is no such console; RESOURCE_BUSY when 64 clients
   * are attached to the container.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainOpenConsole, `virsh console`
   */
  async openConsole(options: ConsoleOptions = {}): Promise<ConsoleStream> {
    this.#session.requireAccess('write', 'Domain.openConsole');
    return openConsole(this.#session, this.#identity, options);
  }

  /**
   * The host pty of a console, which any terminal program can open; undefined while nothing runs, when there is no such
   * console, and for a domain that is gone or has another name now.
   *
   * @param device - index from 0, or alias such as `console0`; the first console by default
   * @throws TslxcError INVALID_ARG for a text that is neither index nor alias; ACCESS_DENIED without root; OPERATION_INVALID when
   * the connection is closed.
   * @see `virsh ttyconsole`, pty(7)
   */
  consolePath(device?: number | string): string | undefined {
    this.#session.requireAccess('read', 'Domain.consolePath');
    return consolePath(this.#session, this.#identity, device);
  }

  /**
   * Runs a command in the running container, on a terminal of its own, confined exactly as its init is: namespaces,
   * cgroups, capabilities, system call filter, no_new_privs, resource limits and label. It inherits standard input,
   * output and error, and no other descriptor. The command and everything that it has started are ended when this
   * process ends.
   *
   * @param argv - the program and its arguments; a name without a slash is looked for in the PATH of the command
   * @param options - `tty`: the size of the terminal, in rows and columns; environment, user and directory, by
   * default as init has them; label, abort and timeout (milliseconds, none by default)
   * @returns a promise that resolves, when the command has ended, to everything that the terminal has shown and the exit
   * status; its `started` resolves when the command's execve(2) has succeeded, to the process with its terminal as one
   * stream. Both reject when it can't be started, with:
   * @throws TslxcError OPERATION_INVALID when nothing runs or the container is paused; INVALID_ARG for an `argv` without a
   * program, options that make no sense and a user that the container does not have; OPERATION_ABORTED; OPERATION_TIMEOUT when it was not
   * executed within the connection's `startTimeout`.
   * @throws SyscallError SYSTEM_ERROR with `errno`, `path` and `step` when the program or the working directory is
   * missing or may not be used.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see setns(2); `virsh lxc-enter-namespace`
   * @example
   * const shell = await domain.exec(['sh'], { tty: { rows: 24, columns: 80 } }).started;
   * shell.terminal.pipe(process.stdout);
   */
  exec(
    argv: readonly string[],
    options: ExecOptions & { readonly tty: WindowSize; readonly encoding?: 'utf8' | undefined },
  ): RunningCommand<TerminalProcess>;
  /**
   * As the overload that gives text, but the output is bytes.
   *
   * @param argv - the program and its arguments
   * @param options - with `encoding: 'buffer'`
   * @returns a promise that resolves to the output as Buffers, and the exit status
   * @throws TslxcError as the overload that gives text.
   * @example
   * const { stdout } = await domain.exec(['tar', '-c', '/etc'], { encoding: 'buffer' });
   */
  exec(
    argv: readonly string[],
    options: ExecOptions & { readonly tty?: undefined; readonly encoding: 'buffer' },
  ): RunningCommand<PipedProcess, Buffer>;
  /**
   * Runs a command in the running container, on three pipes, confined exactly as its init is: namespaces, cgroups,
   * capabilities, system call filter, no_new_privs, resource limits and label. It inherits standard input, output and
   * error, and no other descriptor. The command and everything that it has started are ended when this process ends.
   *
   * When awaited, it resolves at the end of the command to `{ stdout, stderr, code }`. If a signal ended the command,
   * `signal` is its name and `code` is 128 plus its number. A code other than 0 does not reject. The input is empty unless
   * `stdin` says otherwise. Output of processes that the command leaves behind is not waited for. `started` resolves when
   * the command's execve(2) has succeeded, to the process with a stream for each pipe; nothing is collected then.
   *
   * @param argv - the program and its arguments; a name without a slash is looked for in the PATH of the command
   * @param options - environment, user and directory, by default as init has them; input; label, abort and timeout
   * (milliseconds, none by default); `maxBuffer`: bytes of stdout and of stderr each, 16 MiB by default; `encoding`
   * @returns a promise of the output and the exit status, whose `started` is a promise of the process. Both reject when it
   * can't be started, with:
   * @throws TslxcError OPERATION_INVALID when nothing runs or the container is paused; INVALID_ARG for an `argv` without a
   * program, options that make no sense and a user that the container does not have; OPERATION_ABORTED; OPERATION_TIMEOUT when it was not
   * executed within the connection's `startTimeout`.
   * @throws SyscallError SYSTEM_ERROR with `errno`, `path` and `step` when the program or the working directory is
   * missing or may not be used.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @throws TslxcError, when awaited, also with the output so far in `stdout` and `stderr`: OPERATION_ABORTED and
   * OPERATION_TIMEOUT when `signal` or `timeout` has ended the command, MAX_BUFFER_EXCEEDED when it has written more than
   * `maxBuffer`, OPERATION_FAILED when the container has ended before it, as by a destroy, or the process in the container that
   * attends it was killed, which root inside can do.
   * @see setns(2); `virsh lxc-enter-namespace`
   * @example
   * const { stdout, code } = await domain.exec(['cat', '/etc/hostname'], { timeout: 5000 });
   * const tail = await domain.exec(['tail', '-f', '/var/log/messages']).started;
   * for await (const chunk of tail.stdout) console.log(String(chunk));
   */
  exec(
    argv: readonly string[],
    options?: ExecOptions & { readonly tty?: undefined; readonly encoding?: 'utf8' | undefined },
  ): RunningCommand;
  /**
   * As one of the other overloads, by options of which TypeScript does not know whether they ask for a terminal or for bytes.
   *
   * @param argv - the program and its arguments
   * @param options - those of the other overloads
   * @returns what the other overloads return
   * @throws TslxcError as the other overloads.
   */
  exec(
    argv: readonly string[],
    options: ExecOptions,
  ): RunningCommand<PipedProcess | TerminalProcess, string | Buffer>;
  exec(
    ...given: readonly [argv: readonly string[], options?: ExecOptions]
  ): RunningCommand<PipedProcess | TerminalProcess, string | Buffer> {
    return runCommand(this.#session, this.#identity, given);
  }

  /**
   * Runs a command in the running container, as `exec` does, and leaves it running when this process ends, until it ends
   * by itself or with the container. Its input is empty, and its output is discarded. Resolves when its execve(2) has
   * succeeded.
   *
   * @param argv - the program and its arguments; a name without a slash is looked for in the PATH of the command
   * @param options - environment, user and directory, by default as init has them; label; `signal` aborts the start
   * @throws TslxcError as `exec` when it can't be started.
   * @example
   * await domain.execDetached(['/usr/sbin/crond'], { cwd: '/' });
   */
  async execDetached(argv: readonly string[], options: DetachedOptions = {}): Promise<void> {
    this.#session.requireAccess('write', 'Domain.execDetached');
    const { name } = this.#identity;
    await ofDomain(name, () => execAlone(this.#session, this.#identity, { argv, options }));
  }

  /**
   * The lines written to the first console, in this run and in earlier ones, as far as they are kept: the last 1 to 2 MiB.
   * They can also be read while nothing runs, and after the domain is gone until another domain takes its name: see
   * `Connection.logs`. A line is what the container wrote, control characters included, without the line ending.
   *
   * @param options - `lines`: how many of the last lines, by default all that are kept; `since`, `until`: only those
   * written then; `follow`: goes on until the container ends, and yields each line when it is complete; `signal`
   * @throws TslxcError, from the iteration: NO_DOMAIN when there is neither the domain nor a log.
   * @throws TslxcError INVALID_ARG for `lines` that is not a whole number from 0 and for an invalid date; ACCESS_DENIED without
   * root; OPERATION_INVALID when the connection is closed.
   * @example
   * for await (const line of domain.logs({ lines: 10, follow: true })) console.log(line);
   */
  logs(options: LogOptions = {}): AsyncGenerator<string, undefined> {
    this.#session.requireAccess('read', 'Domain.logs');
    return textsOf(consoleLines(this.#session, this.#identity, options));
  }

  /**
   * The same lines, each with the time when it was written, where that is known, and with its bytes.
   *
   * @param options - as for `logs`
   * @throws TslxcError as `logs`.
   * @example
   * for await (const { time, line } of domain.logLines({ since: new Date(Date.now() - 60_000) })) console.log(time, line);
   */
  logLines(options: LogOptions = {}): AsyncGenerator<LogLine, undefined> {
    this.#session.requireAccess('read', 'Domain.logLines');
    return consoleLines(this.#session, this.#identity, options);
  }

  // Waits.

  /**
   * Waits for the running container to end, and resolves to how it ended; when none runs, to how the last one ended. Keeps
   * this process alive. A reboot does not count as an end.
   *
   * @param options - `timeout` in milliseconds, none by default; `signal`
   * @throws TslxcError OPERATION_INVALID when none has run since the host booted; OPERATION_TIMEOUT; OPERATION_ABORTED;
   * INVALID_ARG for a timeout that makes no sense.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   */
  async wait(options: WaitLimits = {}): Promise<ExitRecord> {
    this.#session.requireAccess('read', 'Domain.wait');
    const { name } = this.#identity;
    return ofDomain(name, () =>
      this.#session.calls.untilClosed(options.signal, (signal) =>
        waitForExit(this.#session, this.#identity, { ...options, exit: 'any', signal }),
      ),
    );
  }

  /**
   * Waits until the running container has an address, and resolves to it. The check is made from outside: nothing has to
   * run inside. A container that shares the host's network has the host's addresses. Keeps this process alive.
   *
   * @param options - `address`: `ipv4` or `ipv6`; of global scope, not tentative, on an interface that is up and
   * not the loopback; `timeout` in milliseconds, none by default; `signal`
   * @throws TslxcError OPERATION_INVALID when nothing runs; OPERATION_FAILED as soon as the container has ended,
   * with the last lines of its console in `console`; OPERATION_TIMEOUT; OPERATION_ABORTED; INVALID_ARG for another
   * family or a timeout that makes no sense.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @example
   * const address = await domain.waitFor({ address: 'ipv4', timeout: 10_000 });
   */
  async waitFor(options: AddressWait): Promise<string>;
  /**
   * Waits until a process in the running container listens on a TCP port, and resolves to the address and port, of the
   * first socket if there are several. The check is made from outside, without connecting to the port. A container that
   * shares the host's network has the host's ports. Keeps this process alive.
   *
   * @param options - `port`: 1 to 65535, on any address; `timeout` in milliseconds, none by default; `signal`
   * @throws TslxcError OPERATION_INVALID when nothing runs; OPERATION_FAILED as soon as the container has ended,
   * with the last lines of its console in `console`; OPERATION_TIMEOUT; OPERATION_ABORTED; INVALID_ARG for another
   * port or a timeout that makes no sense.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @example
   * const { address } = await domain.waitFor({ port: 80 });
   */
  async waitFor(options: PortWait): Promise<ListeningPort>;
  /**
   * Waits until the output of the running container's first console matches, and resolves to the match. Output from before
   * the call counts, including output from before a reboot. Keeps this process alive.
   *
   * @param options - `console`: a regular expression, matched within the last 64 KiB; its `lastIndex` and flags g
   * and y mean nothing here; `timeout` in milliseconds, none by default; `signal`
   * @throws TslxcError OPERATION_INVALID when nothing runs; OPERATION_FAILED as soon as the container has ended,
   * with the last lines of its console in `console`; OPERATION_TIMEOUT; OPERATION_ABORTED; INVALID_ARG for a `console` that
   * is not a regular expression or a timeout that makes no sense.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @example
   * await domain.waitFor({ console: /login:/, timeout: 60_000 });
   */
  async waitFor(options: ConsoleWait): Promise<RegExpExecArray>;
  /**
   * Waits until the checks of `<tslxc:health>` find the running container healthy. Keeps this process alive.
   *
   * @param options - `healthy`: true; `timeout` in milliseconds, none by default; `signal`
   * @throws TslxcError OPERATION_UNSUPPORTED for a domain without such checks; OPERATION_INVALID when nothing runs;
   * OPERATION_FAILED as soon as the container has ended, with the last lines of its console in `console`;
   * OPERATION_TIMEOUT, with the reason the last check failed; OPERATION_ABORTED; INVALID_ARG for a timeout that makes no
   * sense.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @example
   * await domain.waitFor({ healthy: true, timeout: 60_000 });
   */
  async waitFor(options: HealthWait): Promise<HealthInfo>;
  /**
   * Runs a command in the running container, as `exec` does, again and again until it exits with 0. At the timeout, a
   * command that still runs is ended with everything that it has started. Keeps this process alive.
   *
   * @param options - `exec`: the program and its arguments; `timeout` in milliseconds, none by default; `signal`
   * @throws TslxcError OPERATION_INVALID when nothing runs; OPERATION_FAILED as soon as the container has ended,
   * with the last lines of its console in `console`; OPERATION_TIMEOUT; OPERATION_ABORTED; INVALID_ARG for an `exec` that is
   * not a command or a timeout that makes no sense.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @example
   * await domain.waitFor({ exec: ['pg_isready', '-q'] });
   */
  async waitFor(options: ExecWait): Promise<undefined>;
  /**
   * Waits for the end of the running container, or takes the last end when none runs, and resolves to how it ended.
   * Keeps this process alive.
   *
   * @param options - `exit`: `any`, or the code from 0 to 255 that init has to exit with; `timeout` in
   * milliseconds, none by default; `signal`
   * @throws TslxcError OPERATION_FAILED when it ends in another way than with that code, with the last lines of the
   * console in `console`; OPERATION_INVALID when none has run since the host booted; OPERATION_TIMEOUT; OPERATION_ABORTED;
   * INVALID_ARG for an `exit` that is neither `any` nor a code, or a timeout that makes no sense.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @example
   * await domain.waitFor({ exit: 0 });
   */
  async waitFor(options: ExitWait): Promise<ExitRecord>;
  /**
   * Waits until the domain is in the given state, whichever process brings that about, and resolves to the state. Keeps
   * this process alive. A transient domain is gone when its container has ended: it is shut off then, also if that was before
   * the call, as long as the end is on record.
   *
   * @param options - `state`: `running`, `paused` or `shutoff`; `timeout` in milliseconds, none by default;
   * `signal`
   * @throws TslxcError OPERATION_FAILED for `paused` when the container ends, and for `running` and `paused` of a transient
   * domain whose container has ended, with the last lines of its console in `console`; OPERATION_TIMEOUT; OPERATION_ABORTED;
   * INVALID_ARG for another state or a timeout that makes no sense.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone and no end of its container is on record,
   * OPERATION_INVALID when the connection is closed.
   * @example
   * await domain.waitFor({ state: 'shutoff' });
   */
  async waitFor(options: StateWait): Promise<DomainState>;
  /**
   * Waits for one condition, which is chosen at run time: see the overloads above. Keeps this process alive.
   *
   * @param options - exactly one of `address`, `port`, `console`, `exec`, `exit`, `state` and `healthy`; `timeout` in
   * milliseconds, none by default; `signal`
   * @throws TslxcError INVALID_ARG for no condition and for several; and as the overload for that condition.
   * OPERATION_DENIED for `console` and `exec` on a read-only connection.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   */
  async waitFor(options: WaitOptions): Promise<WaitResult>;
  async waitFor(options: WaitOptions): Promise<WaitResult> {
    this.#session.requireAccess(accessForWait(options), 'Domain.waitFor');
    const { name } = this.#identity;
    return ofDomain(name, () =>
      this.#session.calls.untilClosed(options.signal, (signal) =>
        waitForCondition(this.#session, this.#identity, { ...options, signal }),
      ),
    );
  }

  // Statistics.

  /**
   * What the running container uses, as the kernel counts it: CPU time (nanoseconds), memory (bytes), I/O,
   * processes, network and pressure. A domain that doesn't run has a state and nothing else. What this kernel or
   * cgroup layout doesn't count is absent, never 0.
   *
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainListGetStats, `virsh domstats`, cgroups(7)
   * @example
   * const { cpu, memory } = await domain.stats();
   * console.log(`${Number(cpu?.total) / 1e9} s, ${memory?.usage} of ${memory?.limit} bytes`);
   */
  async stats(): Promise<DomainStatistics> {
    this.#session.requireAccess('read', 'Domain.stats');
    return domainStatistics(this.#session, this.#identity);
  }

  /**
   * Statistics as `stats` gives them, the first at once and then every `interval`, until the container that runs now ends.
   * Keeps this process alive while the next value is awaited.
   *
   * @param options - `interval` in milliseconds, 1000 by default; `signal` ends the iteration
   * @throws TslxcError, from the iteration: INVALID_ARG for an interval that is not a positive number;
   * OPERATION_INVALID when nothing runs; NO_DOMAIN.
   * @throws TslxcError ACCESS_DENIED without root; OPERATION_INVALID when the connection is closed.
   * @example
   * for await (const { cpu } of domain.watchStats({ interval: 500 })) console.log(cpu?.total);
   */
  watchStats(options: WatchOptions = {}): AsyncGenerator<DomainStatistics, undefined> {
    this.#session.requireAccess('read', 'Domain.watchStats');
    return watchStatistics(this.#session, this.#identity, options);
  }

  /**
   * What the running container has read and written on a block device, in bytes and operations.
   *
   * @param device - the target of a `<disk>`, or a device of the host by its name or path; all devices together by
   * default
   * @throws TslxcError OPERATION_INVALID when nothing runs; OPERATION_UNSUPPORTED where the kernel doesn't count the
   * container's I/O; INVALID_ARG for an unknown device; OPERATION_TIMEOUT for a path that does not answer.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainBlockStats, `virsh domblkstat`
   */
  async blockStats(device?: string): Promise<BlockStatistics> {
    this.#session.requireAccess('read', 'Domain.blockStats');
    return blockStatistics(this.#session, this.#identity, device);
  }

  // Limits. Each has a getter and a setter. A change in the running container is all or nothing: if the kernel refuses any part
  // of it, all limits stay as they were.

  /**
   * `<memory>` and `<currentMemory>`, in KiB; while it runs, the current memory is the limit that the kernel has.
   *
   * @param options - `which`: by default the running container if there is one, else the stored definition
   * @throws TslxcError OPERATION_INVALID for `live` and `both` when nothing runs.
   * @throws TslxcError OPERATION_UNSUPPORTED when the host has no cgroup controller `memory`; ACCESS_DENIED without
   * root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the connection is closed.
   * @see virDomainGetInfo, virDomainGetMaxMemory
   */
  async getMemory(options: WhichOption = {}): Promise<DomainMemory> {
    return getMemory(this.#limit('read', 'getMemory', options));
  }

  /**
   * Changes the current memory: `<currentMemory>`, and of a running container its memory limit. A `<memtune>` hard
   * limit of the running container changes with it.
   *
   * @param memory - KiB, a whole number from 1 to the maximum, `<memory>`; or a size with its unit, such as `64MiB`
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both, or neither if one change is refused
   * @throws TslxcError INVALID_ARG above the maximum, and for anything but such a number; OPERATION_INVALID for `live`
   * and `both` when nothing runs, and for `inactive` and `both` of a transient domain; OPERATION_UNSUPPORTED when
   * the host has no cgroup controller `memory`; OPERATION_FAILED, with `path`, when the kernel shows another value
   * afterwards than was written.
   * @throws SyscallError EBUSY, with `path`, and with what it uses in `step`, when that is more memory and can't be swapped
   * out: none of its processes is killed; SYSTEM_ERROR with `path` and `errno` for anything else that the kernel refuses.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSetMemoryFlags, `virsh setmem`; memory.limit_in_bytes of cgroup v1, memory.max of v2
   */
  async setMemory(memory: MemorySize, options: WhichOption = {}): Promise<void> {
    await setMemory(this.#limit('write', 'setMemory', options), memory);
  }

  /**
   * Changes the maximum, `<memory>`, and lowers the current memory to it if that is higher. A running container is
   * limited to it at once, unless it has a lower limit or a `<memtune>` hard limit; libvirt's driver does not do that.
   *
   * @param maximum - KiB, a whole number from 1 on; or a size with its unit, such as `64MiB`
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both, or neither if one change is refused
   * @throws TslxcError INVALID_ARG for anything but such a number, and if the limit of memory would exceed that of memory
   * and swap; OPERATION_INVALID for `live` and `both` when nothing runs, and for `inactive` and `both` of a transient
   * domain; OPERATION_UNSUPPORTED when the host has no cgroup controller `memory`; OPERATION_FAILED, with `path`,
   * when the kernel shows another value afterwards than was written.
   * @throws SyscallError EBUSY, with `path`, when it uses more memory and can't swap it out; SYSTEM_ERROR with `path` and
   * `errno` for anything else that the kernel refuses.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSetMaxMemory, `virsh setmaxmem`
   */
  async setMaxMemory(maximum: MemorySize, options: WhichOption = {}): Promise<void> {
    await setMaxMemory(this.#limit('write', 'setMaxMemory', options), maximum);
  }

  /**
   * `<memtune>`, in KiB or `unlimited`. Without a `<memtune>` hard limit, a running container is limited to its current
   * memory.
   *
   * @param options - `which`: by default the running container if there is one, else the stored definition
   * @throws TslxcError OPERATION_INVALID for `live` and `both` when nothing runs.
   * @throws TslxcError OPERATION_UNSUPPORTED when the host has no cgroup controller `memory`; ACCESS_DENIED without
   * root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the connection is closed.
   * @see virDomainGetMemoryParameters, `virsh memtune`
   */
  async getMemoryTuning(options: WhichOption = {}): Promise<MemoryTuningInfo> {
    return getMemoryTuning(this.#limit('read', 'getMemoryTuning', options));
  }

  /**
   * Changes the given values of `<memtune>`; those left out stay. `swapHardLimit` limits memory and swap together, on both
   * versions of cgroups.
   *
   * @param change - KiB from 0 on, a size with its unit, such as `64MiB`, or `unlimited`
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both, or neither if one change is refused
   * @throws TslxcError INVALID_ARG for another value, and if the limit of memory would exceed that of memory and swap;
   * OPERATION_INVALID for `live` and `both` when nothing runs, and for `inactive` and `both` of a transient domain;
   * OPERATION_UNSUPPORTED when the host has no cgroup controller `memory`; OPERATION_FAILED, with `path`, when the
   * kernel shows another value afterwards than was written.
   * @throws SyscallError EBUSY, with `path`, when it uses more memory and can't swap it out; SYSTEM_ERROR with `path` and
   * `errno` for anything else that the kernel refuses.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSetMemoryParameters, `virsh memtune`; memory.max, memory.high and memory.swap.max of cgroup v2
   */
  async setMemoryTuning(change: MemoryTuningChange, options: WhichOption = {}): Promise<void> {
    await setMemoryTuning(this.#limit('write', 'setMemoryTuning', options), change);
  }

  /**
   * `<cputune>`: shares, and period and quota in microseconds. Values that the definition leaves out are the kernel's
   * defaults: 1024 shares, 100,000 µs, no quota. On cgroup v2, shares are computed from a weight, and rounded.
   *
   * @param options - `which`: by default the running container if there is one, else the stored definition
   * @throws TslxcError OPERATION_INVALID for `live` and `both` when nothing runs.
   * @throws TslxcError OPERATION_UNSUPPORTED when the host has no cgroup controller `cpu`; ACCESS_DENIED without
   * root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the connection is closed.
   * @see virDomainGetSchedulerParameters, `virsh schedinfo`
   */
  async getCpuTuning(options: WhichOption = {}): Promise<CpuTuningInfo> {
    return getCpuTuning(this.#limit('read', 'getCpuTuning', options));
  }

  /**
   * Changes the given values of `<cputune>`; those left out stay.
   *
   * @param change - `shares` from 2 to 262,144; `period` from 1000 to 1,000,000 µs; `quota` from 1000 µs on, or
   * `unlimited`
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both, or neither if one change is refused
   * @throws TslxcError INVALID_ARG for a value out of its range; OPERATION_INVALID for `live` and `both` when
   * nothing runs, and for `inactive` and `both` of a transient domain; OPERATION_UNSUPPORTED when the host has no
   * cgroup controller `cpu`; OPERATION_FAILED, with `path`, when the kernel shows another value afterwards than was
   * written.
   * @throws SyscallError SYSTEM_ERROR with `path` and `errno` for what the kernel refuses.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSetSchedulerParameters, `virsh schedinfo`; cpu.shares of cgroup v1, cpu.weight and cpu.max of v2
   */
  async setCpuTuning(change: CpuTuningChange, options: WhichOption = {}): Promise<void> {
    await setCpuTuning(this.#limit('write', 'setCpuTuning', options), change);
  }

  /**
   * The CPUs that it may run on, such as `0-1,3`; `all` if the definition names none.
   *
   * @param options - `which`: by default the running container if there is one, else the stored definition
   * @throws TslxcError OPERATION_INVALID for `live` and `both` when nothing runs.
   * @throws TslxcError OPERATION_UNSUPPORTED when the host has no cgroup controller `cpuset`; ACCESS_DENIED without
   * root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the connection is closed.
   * @see `<vcpu cpuset>` of libvirt's domain XML, cpuset(7)
   */
  async getCpuset(options: WhichOption = {}): Promise<string> {
    return getCpuset(this.#limit('read', 'getCpuset', options));
  }

  /**
   * Changes the CPUs that it may run on. Processes that run on other CPUs are moved.
   *
   * @param cpus - numbers and ranges such as `0-3,^2`, or `all`
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both, or neither if one change is refused
   * @throws TslxcError INVALID_ARG for anything but such a set, and, when the running container is changed, for a CPU that
   * the host does not have; OPERATION_INVALID for `live` and `both` when nothing runs, and for `inactive` and `both` of a
   * transient domain; OPERATION_UNSUPPORTED when the host has no cgroup controller `cpuset`; OPERATION_FAILED, with
   * `path`, when the kernel shows another value afterwards than was written.
   * @throws SyscallError SYSTEM_ERROR with `path` and `errno` for what the kernel refuses.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see `<vcpu cpuset>` of libvirt's domain XML, cpuset(7)
   */
  async setCpuset(cpus: string, options: WhichOption = {}): Promise<void> {
    await setCpuset(this.#limit('write', 'setCpuset', options), cpus);
  }

  /**
   * The number of CPUs that the definition gives it. As in libvirt's driver, this is only reported, and limits nothing: see
   * `setCpuset`.
   *
   * @param options - `which`: by default the running container if there is one, else the stored definition
   * @throws TslxcError OPERATION_INVALID for `live` and `both` when nothing runs.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainGetVcpusFlags, `virsh vcpucount`
   */
  async getVcpus(options: WhichOption = {}): Promise<VcpuCount> {
    return getVcpus(this.#limit('read', 'getVcpus', options));
  }

  /**
   * Changes the number of CPUs that the definition gives it; a number left out stays. A lower maximum lowers the current
   * number.
   *
   * @param change - whole numbers from 1 to 2,147,483,647
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both, or neither if one change is refused
   * @throws TslxcError INVALID_ARG for another number, and for more than the maximum; OPERATION_INVALID for `live`
   * and `both` when nothing runs, and for `inactive` and `both` of a transient domain.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSetVcpusFlags, `virsh setvcpus`
   */
  async setVcpus(change: VcpuChange, options: WhichOption = {}): Promise<void> {
    await setVcpus(this.#limit('write', 'setVcpus', options), change);
  }

  /**
   * `<numatune>`: the NUMA nodes that its memory comes from; `strict` and `all` if the definition names none.
   *
   * @param options - `which`: by default the running container if there is one, else the stored definition
   * @throws TslxcError OPERATION_INVALID for `live` and `both` when nothing runs.
   * @throws TslxcError OPERATION_UNSUPPORTED when the host has no cgroup controller `cpuset`; ACCESS_DENIED without
   * root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the connection is closed.
   * @see virDomainGetNumaParameters, `virsh numatune`
   */
  async getNumaTuning(options: WhichOption = {}): Promise<NumaTuningInfo> {
    return getNumaTuning(this.#limit('read', 'getNumaTuning', options));
  }

  /**
   * Changes the given values of `<numatune>`; those left out stay. On cgroup v2, memory that it has on other nodes is
   * moved.
   *
   * @param change - `mode`: `strict`, `restrictive`, `preferred` or `interleave`; `nodeset`: such as `0-1`, or `all`
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both, or neither if one change is refused
   * @throws TslxcError INVALID_ARG for another mode, for anything but a set, and, when the running container is changed, for a
   * node that the host does not have; OPERATION_INVALID for `live` and `both` when nothing runs, for `inactive` and `both`
   * of a transient domain, and for the running container when the mode is or becomes `preferred` or `interleave`;
   * OPERATION_UNSUPPORTED when the host has no cgroup controller `cpuset`;
   * OPERATION_FAILED, with `path`, when the kernel shows another value afterwards than was written.
   * @throws SyscallError SYSTEM_ERROR with `path` and `errno` for what the kernel refuses.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSetNumaParameters, `virsh numatune`; cpuset.mems
   */
  async setNumaTuning(change: NumaTuningChange, options: WhichOption = {}): Promise<void> {
    await setNumaTuning(this.#limit('write', 'setNumaTuning', options), change);
  }

  /**
   * `<blkiotune>`: the weight, and the devices that are limited, in bytes and operations a second.
   *
   * @param options - `which`: by default the running container if there is one, else the stored definition
   * @throws TslxcError OPERATION_INVALID for `live` and `both` when nothing runs.
   * @throws TslxcError OPERATION_UNSUPPORTED when the host has no cgroup controller `io` (v2) or `blkio` (v1);
   * SYSTEM_ERROR for a device that is gone; ACCESS_DENIED without root, NO_DOMAIN when the domain is gone,
   * OPERATION_INVALID when the connection is closed.
   * @see virDomainGetBlkioParameters, `virsh blkiotune`
   */
  async getBlockTuning(options: WhichOption = {}): Promise<BlockTuningInfo> {
    return getBlockTuning(this.#limit('read', 'getBlockTuning', options));
  }

  /**
   * Changes the weight, and the limits of the given devices; values left out stay.
   *
   * @param change - weights from 1 to 10,000, or to 1000 where they are those of the BFQ scheduler; bytes and operations
   * per second, where 0 removes a device's limit
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both, or neither if one change is refused
   * @throws TslxcError INVALID_ARG for a value out of its range, and, when the running container is changed, for a path that
   * is not a block device; SYSTEM_ERROR for a path that can't be looked up, OPERATION_TIMEOUT for one that does not
   * answer; OPERATION_UNSUPPORTED where the kernel has no weights; OPERATION_INVALID for `live` and `both` when
   * nothing runs, and for `inactive` and `both` of a transient domain; OPERATION_UNSUPPORTED when the host has no
   * cgroup controller `io`; OPERATION_FAILED, with `path`, when the kernel shows another value afterwards than was
   * written.
   * @throws SyscallError SYSTEM_ERROR with `path` and `errno` for what the kernel refuses.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSetBlkioParameters, `virsh blkiotune`; io.max and io.weight of cgroup v2
   */
  async setBlockTuning(change: BlockTuningChange, options: WhichOption = {}): Promise<void> {
    await setBlockTuning(this.#limit('write', 'setBlockTuning', options), change);
  }

  /**
   * `<tslxc:pids>`: how many processes and threads it may have in all.
   *
   * @param options - `which`: by default the running container if there is one, else the stored definition
   * @throws TslxcError OPERATION_INVALID for `live` and `both` when nothing runs.
   * @throws TslxcError OPERATION_UNSUPPORTED when the host has no cgroup controller `pids`; ACCESS_DENIED without
   * root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the connection is closed.
   * @see pids.max of cgroups(7)
   */
  async getProcessLimit(options: WhichOption = {}): Promise<number | 'unlimited'> {
    return getProcessLimit(this.#limit('read', 'getProcessLimit', options));
  }

  /**
   * Changes how many processes and threads it may have. If it already has more, they stay, and no new ones can be made.
   *
   * @param max - a whole number from 1 to 4,194,304 (PID_MAX_LIMIT), or `unlimited`
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both, or neither if one change is refused
   * @throws TslxcError INVALID_ARG for another value; OPERATION_INVALID for `live` and `both` when nothing runs,
   * and for `inactive` and `both` of a transient domain; OPERATION_UNSUPPORTED when the host has no cgroup
   * controller `pids`; OPERATION_FAILED, with `path`, when the kernel shows another value afterwards than was
   * written.
   * @throws SyscallError SYSTEM_ERROR with `path` and `errno` for what the kernel refuses.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see pids.max of cgroups(7)
   */
  async setProcessLimit(max: number | 'unlimited', options: WhichOption = {}): Promise<void> {
    await setProcessLimit(this.#limit('write', 'setProcessLimit', options), max);
  }

  /**
   * `<tslxc:hugepages>`: the sizes of huge pages that are limited, and the limit of each, in KiB.
   *
   * @param options - `which`: by default the running container if there is one, else the stored definition
   * @throws TslxcError OPERATION_INVALID for `live` and `both` when nothing runs.
   * @throws TslxcError OPERATION_UNSUPPORTED when the host has no cgroup controller `hugetlb`; ACCESS_DENIED
   * without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the connection is closed.
   * @see hugetlb of cgroups(7)
   */
  async getHugepageLimits(options: WhichOption = {}): Promise<HugepageLimitInfo[]> {
    return getHugepageLimits(this.#limit('read', 'getHugepageLimits', options));
  }

  /**
   * Changes the limit of huge pages of one size.
   *
   * @param limit - `size`: of one page, a power of 2 from 4 KiB on; `max`: of all pages of that size together, from 0 on, or
   * `unlimited`; KiB each, or a size with its unit, such as `2MiB`
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both, or neither if one change is refused
   * @throws TslxcError INVALID_ARG for an invalid page size or limit; OPERATION_INVALID for
   * `live` and `both` when nothing runs, and for `inactive` and `both` of a transient domain; OPERATION_UNSUPPORTED
   * when the host has no cgroup controller `hugetlb`; OPERATION_FAILED, with `path`, when the kernel shows another
   * value afterwards than was written.
   * @throws SyscallError SYSTEM_ERROR with `path` and `errno` for what the kernel refuses.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see hugetlb of cgroups(7)
   */
  async setHugepageLimit(limit: HugepageLimitChange, options: WhichOption = {}): Promise<void> {
    await setHugepageLimit(this.#limit('write', 'setHugepageLimit', options), limit);
  }

  // Devices.

  /**
   * Attaches a device: to the running container at once, to the stored definition for the next start. A network interface is
   * made and configured as at a start, and is up; a disk or a device of the host gets its node in the container's /dev, and
   * the container's device filter allows it; a file system is mounted in the running container at its target. When this
   * resolves, the live XML has the device.
   *
   * @param xml - one element: `<interface>`, `<disk>`, `<hostdev>` or `<filesystem>`
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both, or neither if one change is refused
   * @throws DefinitionError, with `element`, `line` and `column`, for a text that is not a device, CONFIG_UNSUPPORTED for a
   * device that can't be attached, and as `start` for what it refers to on the host.
   * @throws TslxcError INVALID_ARG for a device that the domain already has; OPERATION_INVALID for `live` and `both` when
   * nothing runs, for `inactive` and `both` of a transient domain, and for an interface of a container that uses the host's
   * network; RESOURCE_BUSY for a name that the container already uses; OPERATION_TIMEOUT when a file system of the container
   * does not answer within the connection's `startTimeout`.
   * @throws SyscallError SYSTEM_ERROR with `step`, `errno` and usually `path`. After every error everything is as it was before,
   * unless `both` is asked for and the definition alone can't be written: the container has changed then.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainAttachDeviceFlags, `virsh attach-device`
   * @example
   * await domain.attachDevice("<interface type='network'><source network='default'/></interface>");
   */
  async attachDevice(xml: string, options: DeviceOptions = {}): Promise<void> {
    this.#session.requireAccess('write', 'Domain.attachDevice');
    const { which, onWarning } = options;
    await attachDevice(this.#session, this.#identity, { xml, which, onWarning });
  }

  /**
   * Detaches a device. An interface is removed, and one that the host has lent is returned to the host. The node of a disk or
   * of a host device is removed; descriptors that the container has open stay open, but the device can't be opened again. A
   * file system is unmounted; files open there stay usable until they are closed, and mounts of it that root in the container
   * has made elsewhere stay.
   *
   * @param xml - one element, which identifies the device: an interface by its `<mac>`, or without one the only interface; a
   * disk or a file system by its target; a device of the host by its source
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both, or neither if one change is refused
   * @throws DefinitionError, with `element`, `line` and `column`, for a text that is not a device.
   * @throws TslxcError DEVICE_MISSING or INVALID_ARG when there is no such device, OPERATION_FAILED when several could be
   * meant; OPERATION_INVALID for `live` and `both` when nothing runs, and for `inactive` and `both` of a transient domain;
   * OPERATION_UNSUPPORTED for the root; OPERATION_TIMEOUT when a file system of the container does not answer within the
   * connection's `startTimeout`.
   * @throws SyscallError SYSTEM_ERROR with `step`, `errno` and usually `path`: ESTALE when the container has mounted something
   * else over a file system.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainDetachDeviceFlags, `virsh detach-device`
   */
  async detachDevice(xml: string, options: WhichOption = {}): Promise<void> {
    this.#session.requireAccess('write', 'Domain.detachDevice');
    await detachDevice(this.#session, this.#identity, { xml, which: options.which });
  }

  /**
   * Replaces the device that `xml` matches, by the same rules as in `detachDevice`. In a running container, an interface can
   * be plugged in and out by its `<link>`, and its `<bandwidth>` and `<portForward>` can be changed; in the stored definition,
   * interfaces, disks and file systems can be changed.
   *
   * @param xml - one element
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both, or neither if one change is refused
   * @throws DefinitionError, with `element`, `line` and `column`, for a text that is not a device.
   * @throws TslxcError DEVICE_MISSING or INVALID_ARG when there is no such device, OPERATION_FAILED when several could be
   * meant; CONFIG_UNSUPPORTED for one that has nothing to change; OPERATION_UNSUPPORTED for what can't be changed while the
   * container runs; OPERATION_INVALID for `live` and `both` when nothing runs, and for `inactive` and `both` of a transient
   * domain; and as `setLink` and `setBandwidth`.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainUpdateDeviceFlags, `virsh update-device`
   */
  async updateDevice(xml: string, options: DeviceOptions = {}): Promise<void> {
    this.#session.requireAccess('write', 'Domain.updateDevice');
    const { which, onWarning } = options;
    await updateDevice(this.#session, this.#identity, { xml, which, onWarning });
  }

  // Network interfaces.

  /**
   * Its network interfaces: `live` as they are in the running container, with their counters; `inactive` as the
   * next start will make them. Default: `live` if the container runs, else `inactive`. Those of `<interface>` come first, in
   * document order, then those that the host lends by `<hostdev>`.
   *
   * @throws TslxcError OPERATION_INVALID for `live` when nothing runs.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainInterfaceStats, `virsh domiflist`, `virsh domifstat`
   */
  async interfaces(
    options: { readonly which?: 'live' | 'inactive' | undefined } = {},
  ): Promise<InterfaceInfo[]> {
    this.#session.requireAccess('read', 'Domain.interfaces');
    return domainInterfaces(this.#session, this.#identity, options.which);
  }

  /**
   * The addresses of the running container, by `source`: `inside` (the default), read from its own network namespace
   * without running anything there; `lease`, those that its definition gives, as to a container from an image, and those that the DHCP
   * servers of its networks have leased; or `arp`, those in the host's table of neighbours, which have talked to the host.
   *
   * @throws TslxcError OPERATION_INVALID when nothing runs; ARGUMENT_UNSUPPORTED for another source; NO_NETWORK, with
   * `lease`, when a network of the container is gone.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainInterfaceAddresses, `virsh domifaddr`
   */
  async addresses(
    options: { readonly source?: AddressSource | undefined } = {},
  ): Promise<DomainAddress[]> {
    this.#session.requireAccess('read', 'Domain.addresses');
    return domainAddresses(this.#session, this.#identity, options.source ?? 'inside');
  }

  /**
   * The host name that the running container has sent to the DHCP server of a virtual network: of its first interface
   * that has sent one.
   *
   * @throws TslxcError NO_HOSTNAME when none has; OPERATION_INVALID when nothing runs; NO_NETWORK when the network is gone.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainGetHostname, `virsh domhostname`
   */
  async hostname(): Promise<string> {
    this.#session.requireAccess('read', 'Domain.hostname');
    return leasedHostname(this.#session, this.#identity);
  }

  /**
   * Whether an interface is plugged in: see `setLink`.
   *
   * @param device - name on the host, name inside or MAC address
   * @param options - `which`: `live` or `inactive`; by default `live` if the container runs, else `inactive`
   * @throws TslxcError INVALID_ARG when it has no such interface; OPERATION_INVALID for `live` when nothing runs.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see `virsh domif-getlink`
   */
  async getLink(
    device: string,
    options: { readonly which?: 'live' | 'inactive' | undefined } = {},
  ): Promise<'up' | 'down'> {
    this.#session.requireAccess('read', 'Domain.getLink');
    return getLink(this.#session, this.#identity, { device, which: options.which });
  }

  /**
   * Plugs an interface in or out. In a running container, the host's side of its veth pair goes up or down, and so the
   * carrier inside; addresses and routes stay. An interface that has no side on the host goes up or down itself.
   *
   * @param device - name on the host, name inside or MAC address
   * @param state - `up` plugs it in, `down` out
   * @param options - `which`: `live` or `inactive`; by default `live` if the container runs, else `inactive`
   * @throws TslxcError INVALID_ARG when it has no such interface, and for another state; OPERATION_INVALID for
   * `live` when nothing runs and for `inactive` of a transient domain; OPERATION_UNSUPPORTED for the stored state of an
   * interface that the host lends; OPERATION_FAILED when the interface is no longer in the container.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainUpdateDeviceFlags, `virsh domif-setlink`
   */
  async setLink(
    device: string,
    state: 'up' | 'down',
    options: { readonly which?: 'live' | 'inactive' | undefined } = {},
  ): Promise<void> {
    this.#session.requireAccess('write', 'Domain.setLink');
    await setLink(this.#session, this.#identity, { device, which: options.which, link: state });
  }

  /**
   * The rates of an interface, in KiB/s; while it runs, including those of its port group. See `setBandwidth`.
   *
   * @param device - name on the host, name inside or MAC address
   * @param options - `which`: by default the running container if there is one, else the stored definition
   * @throws TslxcError INVALID_ARG when it has no such interface; OPERATION_INVALID for `live` and `both` when
   * nothing runs.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed.
   * @see virDomainGetInterfaceParameters, `virsh domiftune`
   */
  async getBandwidth(device: string, options: WhichOption = {}): Promise<Rates> {
    this.#session.requireAccess('read', 'Domain.getBandwidth');
    return getBandwidth(this.#session, this.#identity, { device, which: options.which });
  }

  /**
   * Changes the rates of an interface, from the container's point of view: inbound is what it receives. A direction that is
   * left out stays as it is. In a running container, they change at once, and queued packets are kept.
   *
   * @param device - name on the host, name inside or MAC address
   * @param change - `average`, `peak` and `floor` in KiB/s, `burst` in KiB, whole numbers from 0, which means none;
   * `none` removes all rates of a direction
   * @param options - `which`: by default the running container if there is one, else the stored definition; `both`
   * changes both, or neither if one change is refused
   * @throws TslxcError INVALID_ARG when it has no such interface, and for rates that make no sense;
   * OPERATION_INVALID for `live` and `both` when nothing runs, for `inactive` and `both` of a transient domain, and for a
   * floor that the network can't guarantee beside those of other interfaces; OPERATION_UNSUPPORTED for an interface that
   * can't be shaped, and when tc is not installed; OPERATION_FAILED when the interface is no longer in the container.
   * @throws TslxcError ACCESS_DENIED without root, NO_DOMAIN when the domain is gone, OPERATION_INVALID when the
   * connection is closed, OPERATION_DENIED on a read-only one.
   * @see virDomainSetInterfaceParameters, `virsh domiftune`, tc(8)
   * @example
   * await domain.setBandwidth('eth0', { inbound: { average: 1000, burst: 64 }, outbound: 'none' });
   */
  async setBandwidth(
    device: string,
    change: RatesChange,
    options: WhichOption = {},
  ): Promise<void> {
    this.#session.requireAccess('write', 'Domain.setBandwidth');
    await setBandwidth(this.#session, this.#identity, { device, which: options.which, change });
  }

  #limit(need: 'read' | 'write', call: string, { which }: WhichOption): LimitQuery {
    this.#session.requireAccess(need, `Domain.${call}`);
    return { session: this.#session, identity: this.#identity, which };
  }
}

checkCalls('Domain', Domain.prototype, {
  ...(domainCalls satisfies CallsOf<Domain, 'exec'>),
  exec: 'by itself',
});
