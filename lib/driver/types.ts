/** The plain data of the public API: options, states, events. */
import type { LabelProgress } from '../container/security/relabel/label-walk';
import type { ExitRecord, ShutoffReason } from '../container/record/exit-record';
import type { Hardening } from '../domain/definition';
import type { Isolation } from '../domain/namespaces/isolation';
import type { LogLevel } from '../host/state/domain-log';
import type { Logger } from '../host/logger';
import type { StartWarning } from '../plan/warnings';

export interface ConnectOptions {
  /** Moves all state (`/etc/tslxc`, `/run/tslxc`, …) below this absolute path. Default: `TSLXC_ROOT`, else `/`. */
  readonly root?: string;
  /** Silence without it. */
  readonly logger?: Logger;
  /**
   * How much of what is done to a domain stands in its own log, `/var/log/tslxc/lxc/NAME.log`: `info`, starts, ends and
   * failures; `debug`, every step as well. Default: `TSLXC_LOG_LEVEL`, else `info`.
   */
  readonly logLevel?: LogLevel;
  /** `read-only`: every call that would change something rejects with OPERATION_DENIED. */
  readonly access?: 'read-write' | 'read-only';
  /**
   * How much of the host a container sees, for domains that say nothing themselves. `compat`: as much as with libvirt.
   * Default: `TSLXC_HARDENING`, else `hardened`.
   */
  readonly hardening?: Hardening;
  /** How long the monitor and init may take to start, in milliseconds. Default 30,000. */
  readonly startTimeout?: number;
}

export interface StartOptions {
  /** Descriptors that init gets as 3, 4, … with LISTEN_FDS set. */
  readonly passDescriptors?: readonly number[];
  /** A descriptor (pty master, socket or pipe) that carries the first console's bytes both ways. */
  readonly consoleDescriptor?: number;
  /**
   * `keep` (default): this process cleans up and is told at the end of the container, while it lives.
   * `leave`: the container is on its own at once, as after `tslxc start`.
   */
  readonly ownership?: 'keep' | 'leave';
  /**
   * The container ends, as by a destroy, when its connection is closed or this process ends, however it does. It stays
   * so over reboots. With it, `ownership` is `keep`. Only this connection starts it again by on_poweroff, on_reboot or
   * on_crash: where another finds it ended first, it stays off.
   */
  readonly autodestroy?: boolean;
  /** Told how far the labelling of a large tree is, see `<seclabel>`: every 1,000 files or 200 ms. */
  readonly onProgress?: (progress: LabelProgress) => void;
  /** Abandons a start that has not committed yet; rejects with OPERATION_ABORTED, the host as before. */
  readonly signal?: AbortSignal;
}

/** How the monitor of a running or paused container is. */
export interface MonitorState {
  /** The monitor has been stopped by a signal or a debugger: the container goes on, its console does not. Else absent. */
  readonly monitor?: 'unresponsive';
}

export type DomainState =
  | (Readonly<{ state: 'running'; reason: 'booted' | 'unpaused' | 'unknown' }> & MonitorState)
  /** Every process in it stands still, until it is resumed. */
  | (Readonly<{ state: 'paused'; reason: 'user' }> & MonitorState)
  | Readonly<{ state: 'shutoff'; reason: ShutoffReason; exit?: ExitRecord }>;

export interface DomainInfo {
  readonly state: DomainState;
  /** KiB. */
  readonly maxMemory: number;
  /** KiB that it is given, by `<currentMemory>`. */
  readonly currentMemory: number;
  /** KiB in use now; the definition's currentMemory when shut off. */
  readonly usedMemory: number;
  readonly vcpus: number;
  /** As many may be set at most. */
  readonly maxVcpus: number;
  /** CPU time used, in nanoseconds; undefined when shut off. */
  readonly cpuTime?: bigint;
  readonly persistent: boolean;
  readonly autostart: boolean;
  /** Only `user-namespace` is a security boundary: see `Isolation`. */
  readonly isolation: Isolation;
}

export interface ListFilter {
  readonly state?: 'active' | 'inactive';
  readonly persistence?: 'persistent' | 'transient';
}

/** What a title, description or metadata is read or changed of. */
export interface AnnotationOptions {
  /**
   * `live`: what runs. `inactive`: the stored definition. `both`: of these a read means what runs. Default: what runs if
   * anything does, else the stored definition.
   */
  readonly which?: 'live' | 'inactive' | 'both';
}

/** What a run of autostart did to one domain. */
export interface Autostarted {
  readonly domain: string;
  readonly uuid: string;
  /** `started` now; `skipped`: it runs, or has been started or tried since the host booted. */
  readonly outcome: 'started' | 'skipped' | 'failed';
  /** With `failed`. */
  readonly error?: Error;
}

/** A change in the life of a domain, in libvirt's words; seen by every connection of every process on the same root. */
export interface DomainEvent {
  readonly event:
    | 'defined'
    | 'undefined'
    | 'started'
    | 'suspended'
    | 'resumed'
    | 'reboot'
    | 'stopped'
    | 'metadata-change'
    | 'warning';
  /**
   * defined: added, updated, renamed · undefined: removed, renamed · started: booted · suspended: paused · resumed:
   * unpaused · reboot, by the same monitor: rebooted · stopped: shutdown, destroyed, crashed, failed · metadata-change:
   * title, description, element · warning, after a start: those of StartWarning.
   */
  readonly detail:
    | 'added'
    | 'updated'
    | 'renamed'
    | 'removed'
    | 'title'
    | 'description'
    | 'element'
    | 'booted'
    | 'paused'
    | 'unpaused'
    | 'rebooted'
    | 'shutdown'
    | 'destroyed'
    | 'crashed'
    | 'failed'
    | StartWarning;
  readonly domain: string;
  readonly uuid: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** With `stopped`: how init ended. */
  readonly exit?: ExitRecord;
  /** With `metadata-change` of an element: its namespace. */
  readonly uri?: string;
}

/** A change in the life of a virtual network, in libvirt's words; seen as domain events are. */
export interface NetworkEvent {
  readonly event: 'defined' | 'undefined' | 'started' | 'stopped';
  readonly network: string;
  readonly uuid: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

export interface NetworkInfo {
  readonly active: boolean;
  readonly persistent: boolean;
  readonly autostart: boolean;
  /** The bridge that it makes or uses; none for a pool of devices, or where the next start chooses it. */
  readonly bridge?: string;
  /** Interfaces of running containers that were plugged into it when they started, even if it was stopped since. */
  readonly connections: number;
}

export interface NetworkFilter {
  readonly state?: 'active' | 'inactive';
  readonly persistence?: 'persistent' | 'transient';
  readonly autostart?: 'on' | 'off';
}

export interface ConsoleOptions {
  /** Index of the console, from 0; or its alias `console0`. Default: the first. */
  readonly device?: number | string;
  /** Size to set at once. */
  readonly size?: Readonly<{ rows: number; columns: number }>;
  /** `replay` (default) sends the last 262,144 bytes first, `live` does not. */
  readonly from?: 'replay' | 'live';
}
