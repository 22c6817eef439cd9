/** The plain data of the public API: options, states, events. */
import type { HealthInfo } from './health/health';
import type { LabelProgress } from '../container/security/relabel/label-walk';
import type { ExitRecord, ShutoffReason } from '../container/record/exit-record';
import type { Hardening } from '../hardening';
import type { Isolation } from '../domain/namespaces/isolation';
import type { IsolationWarning } from '../domain/namespaces/isolation-warnings';
import type { LogLevel } from '../host/log/domain-log';
import type { Logger } from '../host/logger';
import type { WindowSize } from '../host/native';
import type { DefinitionWarning } from '../domain/warnings';
import type { StartWarning } from '../plan/warnings';

/** How `connect` opens a connection. */
export interface ConnectOptions {
  /** Moves all state (`/etc/tslxc`, `/run/tslxc`, …) below this absolute path. Default: `TSLXC_ROOT` of the environment, else `/`. */
  readonly root?: string | undefined;
  /** Receives log records, each an object and a message, as pino's loggers take them. Default: none; nothing is logged. */
  readonly logger?: Logger | undefined;
  /**
   * How much is written to each domain's own log, `/var/log/tslxc/lxc/NAME.log`. Default: `TSLXC_LOG_LEVEL` of the
   * environment, else `info`. A read-only connection writes none.
   */
  readonly logLevel?: LogLevel | undefined;
  /** `read-only`: every call that would change something rejects with OPERATION_DENIED. Default: `read-write`. */
  readonly access?: 'read-write' | 'read-only' | undefined;
  /**
   * How much of the host a container sees, for domains without `<tslxc:hardening>`. `compat`: as much as with libvirt. `isolated`: as
   * `hardened`, and a domain with a root of its own has ids of its own. Default: the parameter `hardening` of the URI, else
   * `TSLXC_HARDENING` of the environment, else `hardening` in `etc/tslxc/lxc.conf`, else `hardened`.
   */
  readonly hardening?: Hardening | undefined;
  /** How long the monitor and init may take to start, in milliseconds: a whole number from 1 to 2,147,483,647. Default: 30,000. */
  readonly startTimeout?: number | undefined;
}

/** How `Domain.start` and `Connection.createDomain` start a container. */
export interface StartOptions {
  /** Descriptors that init gets as 3, 4, … with LISTEN_FDS set (sd_listen_fds(3)). Default: none. */
  readonly passDescriptors?: readonly number[] | undefined;
  /** A descriptor (pty master, socket or pipe) that carries the first console's bytes both ways. Default: none. */
  readonly consoleDescriptor?: number | undefined;
  /**
   * Three descriptors that become the standard input, output and error of init, in place of its console, which stays its controlling terminal.
   * What init writes there is not in its log. Pipes are given to init's user. The caller closes its copies. Default: the console.
   */
  readonly standardStreams?: readonly [stdin: number, stdout: number, stderr: number] | undefined;
  /**
   * `keep` (default): this process cleans up when the container ends, if the process still runs and its connection is open.
   * `leave`: another process does, as after `tslxc start`. It is refused together with `autodestroy`.
   */
  readonly ownership?: 'keep' | 'leave' | undefined;
  /**
   * The container is ended, as by a destroy, when its connection is closed or this process ends, in any way. That still
   * holds after a reboot of the container. It implies `ownership: 'keep'`. Only this connection restarts the domain for
   * on_poweroff, on_reboot or on_crash: if another process is the first to find it ended, the domain stays off. Default:
   * false.
   */
  readonly autodestroy?: boolean | undefined;
  /**
   * Refuses the start if any part of the definition is not carried out, including parts that mean nothing to a container;
   * the error names all of them. Default: false, unless `strict = 1` is set in `etc/tslxc/lxc.conf`.
   */
  readonly strict?: boolean | undefined;
  /**
   * Called for each warning once the container runs, in the order in which `start` resolves to them. What a callback throws becomes an
   * uncaught exception, here and in all options: the call goes on.
   */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
  /**
   * Called with the name of each virtual network that the start brings up because it is not running yet: `default` at its first
   * use, once the container runs, and those that are started with the host. If the start fails, `default` is taken down again, unless
   * another container uses it by then; the others stay up.
   */
  readonly onNetworkStarted?: ((name: string) => void) | undefined;
  /** Called while a large tree is labelled, see `<seclabel>`: every 1,000 files or 200 ms. */
  readonly onProgress?: ((progress: LabelProgress) => void) | undefined;
  /** Aborts the start, until init's execve(2): it rejects with OPERATION_ABORTED, and the host is as it was before. */
  readonly signal?: AbortSignal | undefined;
}

/** How `Connection.createDomain` and `Connection.createFromImage` start a container. */
export interface CreateOptions extends StartOptions {
  /** See `DefineOptions.validate`. */
  readonly validate?: boolean | undefined;
}

/** How `Connection.defineDomain`, `Connection.defineNetwork` and `Network.createPort` take in a definition. */
export interface DefineOptions {
  /**
   * Refuses a definition with elements, attributes or text that libvirt's schema does not know, and validates it against
   * that schema, `/usr/share/libvirt/schemas/domain.rng`, `network.rng` or `networkport.rng`, if the host has it. Without it,
   * what the schema does not know is left out, as in libvirt. Default: false, unless `strict = 1` is set in
   * `etc/tslxc/lxc.conf`; that alone refuses what the schema of a port does not know, but does not validate the port, since the
   * schema requires the uuid that a port may leave out.
   */
  readonly validate?: boolean | undefined;
  /** Called for each part that was left out, once the definition is stored, the network runs, or the port exists. */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

/** How `Domain.undefine` treats a domain that has snapshots. */
export interface UndefineOptions {
  /** `forget`: the record of its snapshots is removed too, and their files stay where they are. Default: `refuse`. */
  readonly snapshots?: 'refuse' | 'forget' | undefined;
}

/** Which definition is read, or changed. */
export interface WhichOption {
  /**
   * `live`: the running container or network. `inactive`: the stored definition, which takes effect at the next start. `both`: a
   * change is made to both, or to neither if one change is refused, and a read is from the running one. Default: `live` if it runs,
   * else `inactive`.
   */
  readonly which?: 'live' | 'inactive' | 'both' | undefined;
}

/** Whether something is started with the host: `on` or true, `off` or false. */
export type Autostart = 'on' | 'off' | boolean;

/** How a device is attached to a domain, or changed. */
export interface DeviceOptions extends WhichOption {
  /**
   * Called once it is attached or changed: for each part of the device that has no effect, and for each `<portForward>` of a running
   * container that hides a port at which a program of the host listens.
   */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

/** Something about a successful call that the caller might not expect. It is not an error. */
export interface Warning extends Partial<Omit<DefinitionWarning, 'detail' | 'message'>> {
  /**
   * What it is about: see StartWarning, DefinitionWarning and IsolationWarning. A warning about a part of the definition also has
   * `element`, `line` and `column`; of a DomainSpec or an ImageDomain, only `element`, the path of the key.
   */
  readonly detail: StartWarning | DefinitionWarning['detail'] | IsolationWarning['detail'];
  /** The same in words. */
  readonly message: string;
}

/** What `Domain.start` resolves to. */
export interface StartResult {
  /** The parts of the definition that have no effect, in document order, and other things that a user might not expect. */
  readonly warnings: readonly Warning[];
}

/** The state of a running or paused container's monitor. */
export interface MonitorState {
  /** The monitor has been stopped by a signal or a debugger: the container goes on, its console does not. Otherwise absent. */
  readonly monitor?: 'unresponsive';
}

/** What is said of a domain's stored definition along with its state. */
export interface StoredDefinitionState {
  /**
   * Why its stored definition can't be read, for instance since the file is torn, or was written by a newer version of the package: it can't
   * be started until that is mended, but edited, replaced and undefined. Absent if it can be read, or if there is none.
   */
  readonly unreadable?: string;
}

/** What a domain is doing, in the words of `virsh domstate --reason`. */
export type DomainState = StoredDefinitionState &
  (
    | (Readonly<{
        /** Its container runs. */
        state: 'running';
        /** `unpaused`: it was paused before. */
        reason: 'booted' | 'unpaused' | 'unknown';
      }> &
        MonitorState)
    | (Readonly<{
        /** Every process in it is stopped, until it is resumed. */
        state: 'paused';
        /** It was paused by `Domain.suspend`. */
        reason: 'user';
      }> &
        MonitorState)
    | Readonly<{
        /** It is not known whether a container runs. `Domain.destroy` ends whatever still runs, unless a newer version has written the record. */
        state: 'nostate';
        /** The record that would say so is damaged, or only a newer version of the package can read it. */
        reason: 'unknown';
        /** Which record of the run that is, in words. */
        damage: string;
      }>
    | Readonly<{
        /** No container runs. */
        state: 'shutoff';
        /** How the last container ended. */
        reason: ShutoffReason;
        /** How its init ended; absent when that is not known, for instance because none has run since the host booted. */
        exit?: ExitRecord;
      }>
  );

/** A domain at one moment: see `Domain.info`. */
export interface DomainInfo {
  /** Whether it runs or is paused, and if neither, how it ended. */
  readonly state: DomainState;
  /** `<memory>`, in KiB. */
  readonly maxMemory: number;
  /** `<currentMemory>`, in KiB. */
  readonly currentMemory: number;
  /** Memory in use now, in KiB; `<currentMemory>` when it is shut off. */
  readonly usedMemory: number;
  /** Number of CPUs that the definition names. It limits nothing: see `Domain.setCpuset`. */
  readonly vcpus: number;
  /** The largest number that `vcpus` may be set to. */
  readonly maxVcpus: number;
  /** CPU time used, in nanoseconds; undefined when shut off. In JSON it is a string of decimal digits, as is every bigint. */
  readonly cpuTime?: bigint;
  /** Whether it has a stored definition. */
  readonly persistent: boolean;
  /** Whether it is started with the host. */
  readonly autostart: boolean;
  /**
   * Only `user-namespace` is a security boundary: see `Isolation`. Of a domain that is off, it is that of a start by this connection:
   * the level `isolated` makes a domain with a root of its own one.
   */
  readonly isolation: Isolation;
  /** What the checks of `<tslxc:health>` have found; absent if there are none, and while nothing runs. */
  readonly health?: HealthInfo;
}

/** Which definition a title, a description or metadata is read from, or changed in. */
export interface AnnotationOptions {
  /**
   * `live`: the running container. `inactive`: the stored definition. `both`: a change is made to both, and a read is from the
   * running container. Default: the running container if there is one, else the stored definition.
   */
  readonly which?: 'live' | 'inactive' | 'both' | undefined;
}

/** What each event of a domain has, and some have. */
export interface DomainEventFacts {
  /** Its name. */
  readonly domain: string;
  /** In lower case with dashes. */
  readonly uuid: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** With `stopped`: how init ended. */
  readonly exit?: ExitRecord;
  /** With `metadata-change` of an element: its namespace. */
  readonly uri?: string;
  /** With `warning` about a part of the definition: its path, such as `domain/cpu`. */
  readonly element?: string;
  /** Line of that part in the XML text, from 1. */
  readonly line?: number;
  /** Column of that part in the XML text, from 1. */
  readonly column?: number;
  /** With `device-added` and `device-removed`: the device's target, Ethernet address, or name or path on the host. */
  readonly device?: string;
}

/** A change of a domain, in libvirt's words; seen by every connection of every process on the same root. `detail` says more. */
export type DomainEvent = DomainEventFacts &
  (
    | Readonly<{
        /** Its definition was stored. */
        event: 'defined';
        /** Whether it is a new one; `renamed`: under its new name. */
        detail: 'added' | 'updated' | 'renamed';
      }>
    | Readonly<{
        /** Its definition was removed. */
        event: 'undefined';
        /** `renamed`: under its former name. */
        detail: 'removed' | 'renamed';
      }>
    | Readonly<{
        /** Its container runs. */
        event: 'started';
        /** Always `booted`. */
        detail: 'booted';
      }>
    | Readonly<{
        /** Its container is paused. */
        event: 'suspended';
        /** Always `paused`. */
        detail: 'paused';
      }>
    | Readonly<{
        /** Its container runs on. */
        event: 'resumed';
        /** Always `unpaused`. */
        detail: 'unpaused';
      }>
    | Readonly<{
        /** Its init was started again, by the same monitor. */
        event: 'reboot';
        /** Always `rebooted`. */
        detail: 'rebooted';
      }>
    | Readonly<{
        /** Its container has ended. */
        event: 'stopped';
        /** How: see `DomainState`. */
        detail: 'shutdown' | 'destroyed' | 'crashed' | 'failed';
        /** How init ended. */
        exit: ExitRecord;
      }>
    | Readonly<{
        /** Its definition, or its running container, was annotated. */
        event: 'metadata-change';
        /** What has changed; of an element, `uri` is the namespace. */
        detail: 'title' | 'description' | 'element';
      }>
    | Readonly<{
        /** A device was attached or detached while it runs. */
        event: 'device-added' | 'device-removed';
        /** The element of the device. */
        detail: 'disk' | 'filesystem' | 'interface' | 'hostdev';
        /** The device's target, Ethernet address, or name or path on the host. */
        device: string;
      }>
    | Readonly<{
        /** What `<tslxc:health>` checks has become so. */
        event: 'health-change';
        /** Its health. */
        detail: 'healthy' | 'unhealthy';
      }>
    | Readonly<{
        /** A start had a warning; of a part of the definition with `element`, `line` and `column`. */
        event: 'warning';
        /** Which: see StartWarning, DefinitionWarning and IsolationWarning. */
        detail: StartWarning | DefinitionWarning['detail'] | IsolationWarning['detail'];
      }>
  );

/** A change of a virtual network, in libvirt's words; seen by every connection of every process on the same root. */
export interface NetworkEvent {
  /** What happened. `metadata-change`: in the running network, the stored definition, or both. */
  readonly event: 'defined' | 'undefined' | 'started' | 'stopped' | 'metadata-change';
  /** With `metadata-change`: what has changed. */
  readonly detail?: 'title' | 'description' | 'element';
  /** Its name. */
  readonly network: string;
  /** In lower case with dashes. */
  readonly uuid: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** With `metadata-change` of an element: its namespace. */
  readonly uri?: string;
}

/** A virtual network at one moment: see `Network.info`. */
export interface NetworkInfo {
  /** Whether it runs. */
  readonly active: boolean;
  /** Whether it has a stored definition. */
  readonly persistent: boolean;
  /** Whether it is started with the host. */
  readonly autostart: boolean;
  /** The bridge that it makes or uses; absent for a pool of devices, and when the next start will choose one. */
  readonly bridge?: string;
  /** Number of interfaces of running containers that were plugged into it when they started, even if it was stopped since. */
  readonly connections: number;
  /**
   * Why its stored definition can't be read: it can't be started until that is mended, but edited, replaced and undefined. Absent if it can
   * be read, or if there is none.
   */
  readonly unreadable?: string;
}

/** Which console `Domain.openConsole` attaches to, and how. */
export interface ConsoleOptions {
  /** Index of the console, from 0; or its alias `console0`. Default: the first. */
  readonly device?: number | string | undefined;
  /** Size to set the terminal to when attaching. Default: it stays as it is. */
  readonly size?: WindowSize | undefined;
  /** `replay` (default) sends the last 262,144 bytes first, `live` does not. */
  readonly from?: 'replay' | 'live' | undefined;
  /**
   * `raw` (default) replays those bytes as they were written. `quiet` is for a caller that is a terminal: it leaves out
   * queries by programs (cursor position, terminal type), which the terminal would answer again into the container's input,
   * and sequences with an effect outside the screen, such as setting the clipboard.
   */
  readonly replay?: 'raw' | 'quiet' | undefined;
}

/** What `Connection.version` gives. */
export interface VersionInfo {
  /** Of this package. */
  readonly library: string;
  /** Of the kernel, as `uname -r` gives it. */
  readonly kernel: string;
}
