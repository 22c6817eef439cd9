/**
 * The messages between caller, monitor and init: kinds and fields, in the same field types as a plan.
 * The C++ side is generated from these tables. On a stream a message is a frame: its length (u32,
 * little-endian, of what follows), its kind (u8) and its fields; on monitor–init's SEQPACKET a packet.
 *
 *   Controller                      Monitor                       Init
 *       │ spawn, then the plan ───────▶│ decode, outside trees       │
 *       │◀──────────────────── spawned │                             │
 *       │ continue, with cgroups made ▶│ clone3 ────────────────────▶│ blocked
 *       │◀─────────────────── [cloned] │ mapped operations           │
 *       │ [continue] ─────────────────▶│ (with a pause in the plan)  │
 *       │                              │ proceed ───────────────────▶│ joins cgroups, runs the plan
 *       │                              │◀────────────────────── ready│ (+ the pty masters)
 *       │                              │ exec ──────────────────────▶│ executing, then execve
 *       │◀──────────────────── running │◀─ (its end closes on exec)  │ the user's init
 *       │◀──────────── exited {status} │ reaps                       ✕
 *
 * At any point before `running` a `failed` may come instead. `exec` is the commit: before it the end of
 * the caller's channel ends init, after it the container goes on alone. EOF without a last `executing` is
 * a death, and is reported as one.
 */

export type MessageField = 'u8' | 'u32' | 'u64' | 'string' | 'strings' | 'rest';

/** Message → its kind (one byte on the wire) and its fields, in order. `rest` is all bytes up to the end. */
export const messages = {
  // caller → monitor, on the channel that the monitor was started with
  plan: { kind: 1, fields: { bytes: 'rest' } },
  /** The caller will clean up at the end of the container. */
  own: { kind: 2, fields: {} },
  /** Answer to `exited`: the caller has taken the clean-up. */
  acknowledge: { kind: 3, fields: {} },
  /** The cgroups are made; later the answer to `cloned`; after `running`: the container no longer ends with the caller. */
  continue: { kind: 4, fields: {} },

  // monitor → init and back
  proceed: { kind: 16, fields: {} },
  /**
   * Sent with the pty masters as SCM_RIGHTS. Also by the process that changes devices of a running container, once it
   * has its lock.
   */
  ready: { kind: 17, fields: {} },
  exec: { kind: 18, fields: {} },
  executing: { kind: 19, fields: {} },

  // monitor → caller
  /** By stage 0: the monitor's pid. */
  spawned: { kind: 32, fields: { pid: 'u32' } },
  running: { kind: 33, fields: { init: 'u32', consoles: 'strings' } },
  /** Also init → monitor. `stage` is where (see stages), `step` the operation's position there. */
  failed: {
    kind: 34,
    fields: {
      stage: 'u8',
      step: 'u32',
      error: 'u32',
      syscall: 'string',
      subject: 'string',
      reason: 'u8',
    },
  },
  /** Only when the plan has a pause: init exists, and the `mapped` operations are done. */
  cloned: { kind: 36, fields: { init: 'u32' } },
  /** By the attendant of a command: its execve has succeeded. `exited` then reports its end. */
  executed: { kind: 71, fields: {} },
  /** By the process that changes devices of a running container: the identity of the mount that it has opened last, or 0. */
  prepared: { kind: 72, fields: { mount: 'u64', device: 'u64', inode: 'u64' } },
  /** By the same: all is done. */
  fitted: { kind: 73, fields: {} },
  /** `how`: see hows; `status` is its exit code or signal. `requested`: what was asked of the monitor, see ends. */
  exited: { kind: 35, fields: { how: 'u8', status: 'u32', requested: 'u8' } },

  // client → monitor, on the control socket
  /** `replay` 1: send the kept output first. */
  attach: { kind: 48, fields: { console: 'u8', replay: 'u8' } },
  input: { kind: 49, fields: { bytes: 'rest' } },
  resize: { kind: 50, fields: { rows: 'u32', columns: 'u32' } },
  signal: { kind: 51, fields: { number: 'u32' } },
  destroy: { kind: 52, fields: {} },
  /** What init's next end means, when it comes within so many milliseconds: see ends. Answered by `done`. */
  intend: { kind: 53, fields: { end: 'u8', within: 'u32' } },
  /** The client checks the container's health: if it is gone before the container, the monitor starts another. No answer. */
  watch: { kind: 54, fields: {} },

  // monitor → client
  /** First on every connection. */
  hello: { kind: 64, fields: { version: 'u32' } },
  /** `dropped`: bytes of output before the replayed ones; `replayed` bytes of output follow at once. */
  attached: { kind: 65, fields: { dropped: 'u64', replayed: 'u32' } },
  output: { kind: 66, fields: { bytes: 'rest' } },
  /** Bytes that were left out because this client was too slow. */
  skipped: { kind: 67, fields: { bytes: 'u64' } },
  /** Answer to `signal` (and refusals): 0 or an errno. */
  done: { kind: 68, fields: { error: 'u32' } },
  /** To the caller: init runs again, after a reboot. */
  rebooted: { kind: 69, fields: { init: 'u32' } },

  // caller → looker, on the channel that it was started with
  /** `lookKind`: see lookKinds. With `root`, the path is resolved below it as in the container. `detail`: see there. */
  look: {
    kind: 80,
    fields: {
      lookKind: 'u8',
      root: 'string',
      path: 'string',
      detail: 'string',
      from: 'u32',
      most: 'u32',
    },
  },

  // looker → caller
  /** Answer to `look`. `error`: 0, or the errno of `syscall`; the other fields are valid only if it is 0. */
  seen: {
    kind: 81,
    fields: {
      error: 'u32',
      syscall: 'string',
      mode: 'u32',
      uid: 'u32',
      gid: 'u32',
      size: 'u64',
      device: 'u64',
      inode: 'u64',
      node: 'u64',
      bytes: 'rest',
    },
  },
} as const satisfies Record<string, { kind: number; fields: Record<string, MessageField> }>;

export type MessageName = keyof typeof messages;

interface FieldValues {
  u8: number;
  u32: number;
  u64: bigint;
  string: string;
  strings: readonly string[];
  rest: Uint8Array;
}

type MessageOf<Name extends MessageName> = Readonly<{ message: Name }> & {
  readonly [
    K in keyof (typeof messages)[Name]['fields']
  ]: FieldValues[(typeof messages)[Name]['fields'][K] & MessageField];
};

export type Message = { [Name in MessageName]: MessageOf<Name> }[MessageName];
export type MessageNamed<Name extends MessageName> = Extract<Message, { message: Name }>;

/**
 * Where a start failed; the position is the number on the wire. `label`: the program has another label than it should
 * have (`subject`, without an `error`), or its label can't be read. `attached`: an operation of that list, which comes
 * last when a device is attached.
 */
export const stages = [
  'monitor',
  'outside',
  'mapped',
  'inside',
  'exec',
  'deadline',
  'death',
  'label',
  'attached',
] as const;
export type Stage = (typeof stages)[number];

/** Why execve(2) failed, as far as init could find out. */
export const execReasons = [
  'other',
  'missing',
  'interpreterMissing',
  'notExecutable',
  'noexecMount',
  'wrongArchitecture',
  'notAProgram',
  'notAFile',
] as const;
export type ExecReason = (typeof execReasons)[number];

/** Why init died before it executed its program, as far as its monitor could find out. */
export const deathReasons = ['other', 'outOfMemory'] as const;

/**
 * How a process has ended; the position is the number on the wire. `oomKilled`: by SIGKILL of the kernel, for lack of
 * memory. A client of an older package takes it for `killed`.
 */
export const hows = ['exited', 'killed', 'oomKilled'] as const;

/**
 * What was asked for before an end; the position is the number on the wire. `shutdown`: by a signal to the monitor, which no
 * client can say of an end. `unhealthy`: the container is killed for that, and started again.
 */
export const ends = ['none', 'destroy', 'reboot', 'shutdown', 'unhealthy'] as const;
export type End = (typeof ends)[number];

/**
 * What a looker is asked for; the position is the number on the wire. All follow links and answer with the file's
 * state. `content`: also up to `most` bytes from the offset `from` on, of a regular file or a block device only.
 * `realPath`: also the path without links. `mount`: also its /proc/PID/fdinfo, which names its mount. `attribute`: also
 * the extended attribute `detail`, of the file itself, which must not be a link.
 */
export const lookKinds = ['state', 'content', 'realPath', 'mount', 'attribute'] as const;
export type LookKind = (typeof lookKinds)[number];

/** Largest frame in bytes; a longer one is a protocol error. */
export const largestFrame = 4 * 1024 * 1024;

/** The same for a client on the control socket: a monitor buffers an incomplete frame for each of them. */
export const largestClientFrame = 64 * 1024;

/**
 * The monitor's descriptor of init's network namespace, when the plan says `keepNetwork`: /proc/MONITOR/fd/4, as long as
 * the monitor lives or the program that it executes at the end.
 */
export const networkDescriptor = 4;

/**
 * Version in `hello`: an old monitor outlives a new package. 2 adds `intend`, 3 `watch` and the end `unhealthy`; a monitor of an
 * older version is used without them.
 */
export const controlVersion = 3;
export const oldestControlVersion = 1;
