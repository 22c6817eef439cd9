/** Whole plans: a header, and the lists of operations of each process. Encoded as operations are. */
import type { FieldsOf, FieldType, Operation } from './operation';

/** The rest of a plan: what the monitor itself needs. Same encoding as operations. */
export const headerFields = {
  name: 'string',
  /** The domain's run folder on the host. */
  runDirectory: 'string',
  /** CLONE_NEW* flags of init. */
  namespaces: 'u32',
  /** Lines of uid_map and gid_map (user_namespaces(7)), or '' without a user namespace. */
  uidMap: 'string',
  gidMap: 'string',
  /** The host's user id that owns init's user namespace: the kernel counts there what each user may have. 0 without one. */
  namespaceOwner: 'u32',
  /** The v2 cgroup that init is cloned into, or '' where there is no v2 tree. */
  unifiedCgroup: 'string',
  /** `tasks` files of the monitor's own leaf in each v1 hierarchy. */
  monitorTasks: 'strings',
  /** Milliseconds that a start may take. */
  deadline: 'u32',
  /** Bytes of console output kept for replay. */
  replayBytes: 'u32',
  consoles: 'u8',
  /** Where the first console's output is kept for later; '' to keep none. Opened before the clone. */
  logDirectory: 'string',
  logFile: 'string',
  /** Bytes of one file; a full one is renamed to `<logFile>.1`. */
  logBytes: 'u32',
  /** Files of the host that the output of each console goes to as well, '' for none; empty when no console has one. */
  outputFiles: 'strings',
  /** Consoles whose file is started anew, without its backups, when init executes its program. */
  freshOutputFiles: 'u32s',
  /** Bytes of one of these files; a full one is renamed to `<file>.0`, that one to `<file>.1`, and so on. */
  outputFileBytes: 'u32',
  /** How many full ones are kept of each. */
  outputFileBackups: 'u8',
  /** 1 when descriptor 6 carries the first console, else 0. */
  consoleDescriptors: 'u8',
  /** Descriptors after that which init gets as 3, 4, … */
  passDescriptors: 'u32',
  /** 1 when the first three of them are its standard streams, in place of the console, which stays its controlling terminal. */
  standardStreams: 'u8',
  argv: 'strings',
  environment: 'strings',
  /** What the monitor executes as its last act if no caller cleans up. */
  reapProgram: 'string',
  reapArgv: 'strings',
  reapEnvironment: 'strings',
  /** The arguments of the same program by which it watches the health of containers; empty if this one's is not checked. */
  watchArgv: 'strings',
  /** The file with the lock of the root's watcher, and the byte in it. */
  watchLocks: 'string',
  watchByte: 'u64',
  /** When the monitor is told to end by a signal: milliseconds within which an end of init counts as the shutdown that it asks for. */
  endPatience: 'u32',
  /** The words that the process which then asks init is started with: lib/plan/process/end-request.ts. */
  endRequest: 'strings',
  /** Boot id for the exit record. */
  boot: 'string',
  /**
   * 1 when the caller has something to do once init exists and the `mapped` operations are done: the monitor then waits
   * for it.
   */
  pause: 'u8',
  /** 1 when the monitor keeps a descriptor of init's network namespace, by which borrowed interfaces come back. */
  keepNetwork: 'u8',
  /** The container's own cgroups: what it has made below them is removed when it is restarted. */
  cgroups: 'strings',
  /** Targets in the container whose mounts are recorded before init executes its program. */
  recorded: 'strings',
  /** 1 when the monitor starts init again after a reboot. */
  restarts: 'u8',
  /** 1 when the container ends with the caller's channel. */
  autodestroy: 'u8',
  /** Below /proc/PID/attr: where the label of init is read once it executes its program; '' to check none. */
  labelAttribute: 'string',
  /** The labels that may stand there; with any other, init is killed. */
  labels: 'strings',
  /** For tests: position in the table of failpoints from 1, or 0; what to do there; how often it has to be reached for that. */
  failpoint: 'u8',
  failAction: 'u8',
  failCount: 'u8',
} as const satisfies Record<string, FieldType>;

/** What the monitor itself needs of a plan, besides its operations. */
export type PlanHeader = FieldsOf<typeof headerFields>;

/** What the attendant of a command in a running container needs besides operations. */
export const commandHeaderFields = {
  /** CLONE_NEW* flags: the namespaces of init that are joined. */
  namespaces: 'u32',
  /** The v2 cgroup that the command is cloned into, or '' where there is no v2 tree. */
  unifiedCgroup: 'string',
  /** `tasks` files of v1 hierarchies that the attendant enters itself, so that it outlives its caller's cgroups. */
  attendantTasks: 'strings',
  /** Milliseconds until the command has to be executed. */
  deadline: 'u32',
  /** 1 when the command's standard streams are a terminal. */
  terminal: 'u8',
  /** Below /proc/PID/attr: where the label of the command is read once it executes its program; '' to check none. */
  labelAttribute: 'string',
  /** The labels that may stand there; with any other, the command is killed. */
  labels: 'strings',
  argv: 'strings',
  environment: 'strings',
} as const satisfies Record<string, FieldType>;

export type CommandHeader = FieldsOf<typeof commandHeaderFields>;

/** What the process that attaches a device to a running container, or detaches it, needs besides operations. */
export const fittingHeaderFields = {
  /** The domain's run folder, where it holds a lock as long as it lives. */
  runDirectory: 'string',
  /** CLONE_NEW* flags: the namespaces of init that it joins. */
  namespaces: 'u32',
  /** 1 when trees are shown with the ids of init's user namespace. */
  mapped: 'u8',
  /** Milliseconds that it may live. */
  deadline: 'u32',
  /** As in the header of a plan. */
  failpoint: 'u8',
  failAction: 'u8',
  failCount: 'u8',
} as const satisfies Record<string, FieldType>;

export type FittingHeader = FieldsOf<typeof fittingHeaderFields>;

/** Everything that has to be done to a running container to attach one device, or to detach it. */
export interface FittingPlan {
  readonly header: FittingHeader;
  /** In the host's namespaces, as its root. */
  readonly outside: readonly Operation[];
  /** In init's namespaces: prepares the change, where possible without changing anything of the container yet. */
  readonly inside: readonly Operation[];
  /** Last, when the caller knows what was prepared. */
  readonly attached: readonly Operation[];
}

/** Everything that an attendant has to know to run one command in a running container. */
export interface CommandPlan {
  readonly header: CommandHeader;
  /** In the host's namespaces, as its root. */
  readonly outside: readonly Operation[];
  /** In init's namespaces, still out of sight of the container: confines the process for good. */
  readonly inside: readonly Operation[];
  /** By the command's own process, last before exec. */
  readonly command: readonly Operation[];
}

/** Everything that a monitor has to know to start one container. */
export interface Plan {
  /** What the monitor itself needs. */
  readonly header: PlanHeader;
  /** Run by the monitor in the host's namespaces, before the clone. */
  readonly outside: readonly Operation[];
  /** Run by the monitor when init exists and its ids are mapped, before init goes on. Opens nothing. */
  readonly mapped: readonly Operation[];
  /** Run in the place of `mapped` when init is started again by the same monitor. Opens nothing. */
  readonly again: readonly Operation[];
  /** Run by init in its own namespaces, before exec. */
  readonly inside: readonly Operation[];
}
