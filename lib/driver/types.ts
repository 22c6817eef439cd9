/** The plain data of the public API: options, states, events. */
import type { LabelProgress } from '../container/security/relabel/label-walk';
import type { ExitRecord, ShutoffReason } from '../container/record/exit-record';
import type { Hardening } from '../domain/definition';
import type { Isolation } from '../domain/namespaces/isolation';
import type { LogLevel } from '../host/state/domain-log';
import type { Logger } from '../host/logger';
import type { WindowSize } from '../host/native';
import type { StartWarning } from '../plan/warnings';

/** How a connection is opened: see `connect`. */
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

/** How a container is started: see `Domain.start`. */
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

/** Whether a domain runs, is paused or is off, and why, in libvirt's words. */
export type DomainState =
  | (Readonly<{
      /** Its processes run. */
      state: 'running';
      /** `unpaused`: it was paused before. */
      reason: 'booted' | 'unpaused' | 'unknown';
    }> &
      MonitorState)
  | (Readonly<{
      /** Every process in it stands still, until it is resumed. */
      state: 'paused';
      /** It was paused by `Domain.suspend`. */
      reason: 'user';
    }> &
      MonitorState)
  | Readonly<{
      /** Nothing runs. */
      state: 'shutoff';
      /** How the last container came to its end. */
      reason: ShutoffReason;
      /** How its init ended; absent when that is not known, as when none has run since the host booted. */
      exit?: ExitRecord;
    }>;

/** A domain at one moment: see `Domain.info`. */
export interface DomainInfo {
  /** Whether it runs or is paused, and if not how it came to an end. */
  readonly state: DomainState;
  /** KiB. */
  readonly maxMemory: number;
  /** KiB that it is given, by `<currentMemory>`. */
  readonly currentMemory: number;
  /** KiB in use now; the definition's currentMemory when shut off. */
  readonly usedMemory: number;
  /** CPUs that it is said to have, by `<vcpu>`; they limit nothing. */
  readonly vcpus: number;
  /** As many may be set at most. */
  readonly maxVcpus: number;
  /** CPU time used, in nanoseconds; undefined when shut off. */
  readonly cpuTime?: bigint;
  /** Whether it has a stored definition. */
  readonly persistent: boolean;
  /** Whether it is started with the host: see `Domain.setAutostart`. */
  readonly autostart: boolean;
  /** Only `user-namespace` is a security boundary: see `Isolation`. */
  readonly isolation: Isolation;
}

/** Which domains are listed; what is left out is no condition. */
export interface ListFilter {
  /** `active`: those that run or are paused. Default: all. */
  readonly state?: 'active' | 'inactive';
  /** `persistent`: those that have a stored definition. Default: all. */
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
  /** Its name. */
  readonly domain: string;
  /** Lower case with dashes. */
  readonly uuid: string;
  /** `started` now; `skipped`: it runs, or has been started or tried since the host booted. */
  readonly outcome: 'started' | 'skipped' | 'failed';
  /** With `failed`. */
  readonly error?: Error;
}

/** A change in the life of a domain, in libvirt's words; seen by every connection of every process on the same root. */
export interface DomainEvent {
  /** What happened. */
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
  /** The name of the domain; of a rename the old one with `undefined`, the new one with `defined`. */
  readonly domain: string;
  /** Lower case with dashes. */
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
  /** What happened. */
  readonly event: 'defined' | 'undefined' | 'started' | 'stopped';
  /** The name of the network. */
  readonly network: string;
  /** Lower case with dashes. */
  readonly uuid: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** A virtual network at one moment: see `Network.info`. */
export interface NetworkInfo {
  /** Whether it runs. */
  readonly active: boolean;
  /** Whether it has a stored definition. */
  readonly persistent: boolean;
  /** Whether it is started with the host: see `Network.setAutostart`. */
  readonly autostart: boolean;
  /** The bridge that it makes or uses; none for a pool of devices, or where the next start chooses it. */
  readonly bridge?: string;
  /** Interfaces of running containers that were plugged into it when they started, even if it was stopped since. */
  readonly connections: number;
}

/** Which networks are listed; what is left out is no condition. */
export interface NetworkFilter {
  /** `active`: those that run. Default: all. */
  readonly state?: 'active' | 'inactive';
  /** `persistent`: those that have a stored definition. Default: all. */
  readonly persistence?: 'persistent' | 'transient';
  /** Whether they are started with the host. Default: all. */
  readonly autostart?: 'on' | 'off';
}

/** Which console is attached to, and how: see `Domain.openConsole`. */
export interface ConsoleOptions {
  /** Index of the console, from 0; or its alias `console0`. Default: the first. */
  readonly device?: number | string;
  /** Size to set at once. */
  readonly size?: WindowSize;
  /** `replay` (default) sends the last 262,144 bytes first, `live` does not. */
  readonly from?: 'replay' | 'live';
}

/** See `Connection.version`. */
export interface VersionInfo {
  /** Of this package. */
  readonly library: string;
  /** Of the kernel, as `uname -r` gives it. */
  readonly kernel: string;
}
