/**
 * The closed vocabulary of a plan. The table below is the only place where an operation is spelled out:
 * the TypeScript types, the encoder and (generated) the C++ structs and their decoder all come from it.
 */

/** How a field is carried; see encode.ts for the bytes. */
export type FieldType =
  /** A name for a descriptor that the operation opens. Names are chosen freely; each is opened once. */
  | 'opens'
  /** The name of a descriptor that an earlier operation opened. */
  | 'handle'
  | 'handles'
  | 'string'
  | 'strings'
  | 'u8'
  | 'u32'
  | 'u64'
  | 'u32s'
  | 'depth'
  | 'missing'
  | 'automount'
  | 'access';

/** What to do when the place that an operation works on is not there. */
export const missingChoices = ['fail', 'skip', 'makeDirectory', 'makeFile'] as const;
export const depthChoices = ['single', 'recursive'] as const;
export const automountChoices = ['leave', 'trigger'] as const;
export const accessChoices = ['readOnly', 'readWrite'] as const;

export type Missing = (typeof missingChoices)[number];
export type Depth = (typeof depthChoices)[number];
export type Automount = (typeof automountChoices)[number];
export type Access = (typeof accessChoices)[number];

/**
 * Operation → its fields, in the order of the bytes. Opcodes are positions in this table, from 1.
 * The system call of each stands in native/plan/interpret.cc; this says what it means.
 */
export const operationFields = {
  /** Clones a tree of the host by absolute path: open_tree(2), OPEN_TREE_CLONE. */
  openTree: { tree: 'opens', path: 'string', depth: 'depth', automount: 'automount' },
  /** Clones what is attached at `path` in `root`. */
  cloneTree: { tree: 'opens', root: 'handle', path: 'string', depth: 'depth' },
  /** A new file system, attached nowhere: fsopen(2), fsconfig(2), fsmount(2). Options are `key=value` or `key`. */
  makeFilesystem: { tree: 'opens', type: 'string', options: 'strings', attributes: 'u32' },
  /** Gives an image file to a free loop device, which the kernel releases with its last user: loop(4), LO_FLAGS_AUTOCLEAR. */
  attachLoop: { device: 'opens', path: 'string', access: 'access' },
  /** As makeFilesystem, on an open block device. */
  makeFilesystemOn: {
    tree: 'opens',
    device: 'handle',
    type: 'string',
    options: 'strings',
    attributes: 'u32',
  },
  /**
   * An overlay of `work`/upper over `lowers`, the uppermost first, all attached in the own namespace; `work`/work is its
   * scratch directory.
   */
  makeOverlay: {
    tree: 'opens',
    lowers: 'handles',
    work: 'handle',
    options: 'strings',
    attributes: 'u32',
  },
  /** mount_setattr(2): MOUNT_ATTR_* bits, and an MS_* propagation type or 0. */
  setTreeAttributes: {
    tree: 'handle',
    set: 'u32',
    clear: 'u32',
    propagation: 'u32',
    depth: 'depth',
  },
  /** Shows a detached tree with the ids of init's user namespace: MOUNT_ATTR_IDMAP, Linux 5.12. */
  mapTree: { tree: 'handle', depth: 'depth' },
  /**
   * A device node, or an empty file; chmod(2) after mknod(2), since the umask takes bits away. `type` is S_IFCHR,
   * S_IFBLK or S_IFREG.
   */
  makeNode: {
    tree: 'handle',
    path: 'string',
    type: 'u32',
    major: 'u32',
    minor: 'u32',
    mode: 'u32',
  },
  makeDirectory: { tree: 'handle', path: 'string', mode: 'u32' },
  makeSymlink: { tree: 'handle', path: 'string', target: 'string' },
  /** Changes the owner of an entry itself, never of what it links to. */
  changeOwner: { tree: 'handle', path: 'string', uid: 'u32', gid: 'u32' },
  /** Makes every mount of the own namespace private, so that nothing done inside reaches the host. */
  makeNamespacePrivate: {},
  /** Stacks `tree` on /sys of the old root, so that it is attached and can be cloned from; gone with the old root. */
  stackTree: { tree: 'handle' },
  /** Stacks `tree` on "/" and makes it the working directory. */
  enterTree: { tree: 'handle' },
  /** Attaches `tree` at `path` in `root`: openat2(2) RESOLVE_IN_ROOT, move_mount(2). */
  attachTree: { tree: 'handle', root: 'handle', path: 'string', missing: 'missing' },
  /** Attaches a clone of `source`, which is attached as well, at `path` in `root`, with the same attributes. */
  coverPath: { root: 'handle', path: 'string', source: 'handle', missing: 'missing' },
  /**
   * Moves what is mounted at `path` in `root`, and below it, to /sys of the old root, with which it is unmounted: a
   * separate unmount would wait for another RCU grace period. It is no error if nothing is mounted there.
   */
  putAside: { root: 'handle', path: 'string', missing: 'missing' },
  /** pivot_root(2) into the working directory; the old root is unmounted. */
  pivotRoot: {},
  /** Opens a file of the host for writing, to be inherited by init. */
  openFile: { file: 'opens', path: 'string' },
  /** One write(2). */
  writeFile: { file: 'handle', text: 'string' },
  /** unshare(2) with CLONE_NEW* flags. */
  unshare: { namespaces: 'u32' },
  /** Opens a namespace by its file in /proc, and refuses (ESTALE) one with another inode number than `inode`; 0 is any. */
  openNamespace: { file: 'opens', path: 'string', inode: 'u64' },
  /** setns(2) with one CLONE_NEW* flag. */
  joinNamespace: { file: 'handle', kind: 'u32' },
  /**
   * A veth pair: `name` in the own network namespace, `peer` in init's. Addresses are six bytes as text with
   * colons; `mtu` 0 is the kernel's. rtnetlink(7), RTM_NEWLINK.
   */
  makeVeth: {
    name: 'string',
    address: 'string',
    peer: 'string',
    peerAddress: 'string',
    mtu: 'u32',
  },
  /** A macvlan on `lower` of the own network namespace, made as `name` in init's. `mode` is MACVLAN_MODE_*. */
  makeMacvlan: {
    name: 'string',
    address: 'string',
    lower: 'string',
    mode: 'u32',
    mtu: 'u32',
  },
  /** Moves an interface of the own network namespace into init's, where it is `guest`. */
  moveLink: { name: 'string', guest: 'string' },
  /**
   * Takes the other end of the veth `name` of the own namespace out of the network namespace of init's last life: it
   * becomes `peer`, with `address`, in init's. ENODEV when it no longer exists.
   */
  takePeer: { name: 'string', peer: 'string', address: 'string' },
  /** As takePeer, for an interface that is found by its `address`, or by its name if that is ''; it becomes `name`. */
  takeLink: { name: 'string', address: 'string' },
  /** Makes an interface a port of a bridge. */
  joinBridge: { name: 'string', bridge: 'string' },
  /** IFLA_BRPORT_ISOLATED: no frames between isolated ports. */
  isolatePort: { name: 'string' },
  /** Takes a port out of VLAN 1 and puts it into these: the id in the low 12 bits, above them BRIDGE_VLAN_INFO_* flags << 16. */
  setPortVlans: { name: 'string', vlans: 'u32s' },
  /** Changes the hardware address of an interface of the own namespace. */
  setLinkAddress: { name: 'string', address: 'string' },
  /** One of the kernel's settings of an interface: /proc/sys/net/FAMILY/conf/NAME/PARAMETER. */
  setLinkParameter: {
    family: 'string',
    name: 'string',
    parameter: 'string',
    value: 'string',
    missing: 'missing',
  },
  /**
   * An address of an interface of the own namespace; RTM_NEWADDR. `peer` and `broadcast` may be ''. Without duplicate
   * address detection.
   */
  addAddress: {
    name: 'string',
    address: 'string',
    prefix: 'u8',
    peer: 'string',
    broadcast: 'string',
  },
  /** A route by an interface of the own namespace; RTM_NEWROUTE. `gateway` may be ''; `metric` 0 is the kernel's. */
  addRoute: {
    name: 'string',
    address: 'string',
    prefix: 'u8',
    gateway: 'string',
    metric: 'u32',
  },
  /** Sets a network interface of the own namespace up. */
  setLinkUp: { name: 'string' },
  setHostname: { name: 'string' },
  /** setsid(2), and umask(2). */
  newSession: { umask: 'u32' },
  /** Opens a pty of the container's own devpts as console number `index`, owned by `uid`. */
  openConsole: { devpts: 'handle', index: 'u8', uid: 'u32' },
  /** prlimit(2): RLIMIT_* and its values; all bits set is RLIM_INFINITY. */
  setResourceLimit: { resource: 'u32', soft: 'u64', hard: 'u64' },
  /** keyctl(2) KEYCTL_JOIN_SESSION_KEYRING: a new, empty keyring without a name. */
  newSessionKeyring: {},
  /** prctl(2) PR_SET_NO_NEW_PRIVS. */
  setNoNewPrivileges: {},
  /** seccomp(2) SECCOMP_SET_MODE_FILTER; two words an instruction, as struct sock_filter lies in memory. */
  setSeccomp: { program: 'u32s' },
  /** Limits the bounding set to `keep`. This comes before the ids change, which may take CAP_SETPCAP away. */
  limitBoundingSet: { keep: 'u64' },
  /** Limits the permitted and effective sets to `keep`; empties the inheritable and ambient ones. */
  setCapabilities: { keep: 'u64' },
  /** setresgid(2), setgroups(2), setresuid(2). */
  setIds: { uid: 'u32', gid: 'u32', groups: 'u32s' },
  /** chdir(2), after the ids have changed. */
  changeDirectory: { path: 'string' },
  /** Every signal to its default action, none blocked. */
  resetSignals: {},
  /** prctl(2) PR_SET_PDEATHSIG: last, since changes of ids and capabilities clear it. */
  setParentDeathSignal: { signal: 'u32' },
  /** Makes a directory of the own root the working directory, by openat2(2): with the ids that the process has now. */
  enterDirectory: { path: 'string' },
  /**
   * One write(2) to /proc/thread-self/attr/ATTRIBUTE, as a security module wants it; EXDEV or ENOTSUP when that is not
   * the kernel's own file. `exec` and `apparmor/exec` say what the next execve(2) changes to: a clone inherits it, and
   * new ids, capabilities and namespaces leave it as it is.
   */
  setProcessAttribute: { attribute: 'string', text: 'string' },
  /** Keeps the place `path` of `root` open, for other operations to refer to: openat2(2) O_PATH. */
  openPlace: { place: 'opens', root: 'handle', path: 'string' },
  /** Attaches at `path` in `root` a clone of what is there, with MOUNT_ATTR_* bits set in addition. */
  protectPath: { root: 'handle', path: 'string', set: 'u32', missing: 'missing' },
  /** Waits until the caller has made the cgroups, which it does in parallel. When init is started again, they exist already. */
  awaitCgroups: {},
  /** Keeps the root directory of the process open: the container's, if the process has joined its mount namespace. */
  openRoot: { place: 'opens' },
  /**
   * A device node below /dev of `root`, with the folders that it is in, all owned by `uid` and `gid`. Only in a tmpfs
   * that no mount of the host shows (else EXDEV): elsewhere, others could open the node. Resolved within that file
   * system alone.
   */
  addNode: {
    root: 'handle',
    path: 'string',
    type: 'u32',
    major: 'u32',
    minor: 'u32',
    mode: 'u32',
    uid: 'u32',
    gid: 'u32',
  },
  /** Removes such a node. Does nothing if something else is in its place, or nothing. */
  removeNode: { root: 'handle', path: 'string', type: 'u32', major: 'u32', minor: 'u32' },
  /**
   * umount2(2), MNT_DETACH, of the mount with the id `mount`, wherever below `root` it is by now, if its own root has
   * these numbers; 0 is any. Does nothing if it is gone. ESTALE if something else is mounted over it, EBUSY if it is
   * moved again and again. `path` is its name in errors.
   */
  detachTree: { root: 'handle', path: 'string', mount: 'u64', device: 'u64', inode: 'u64' },
  /** personality(2): the kernel that this process, and all that it starts, seem to run on. Kept over an execve. */
  setPersonality: { persona: 'u32' },
  /** set_mempolicy(2): the nodes that memory comes from, by MPOL_* of linux/mempolicy.h. Kept over an execve. */
  setMemoryPolicy: { mode: 'u32', nodes: 'u32s' },
} as const satisfies Record<string, Record<string, FieldType>>;

export type OperationName = keyof typeof operationFields;

interface FieldValues {
  opens: string;
  handle: string;
  handles: readonly string[];
  string: string;
  strings: readonly string[];
  u8: number;
  u32: number;
  u64: bigint;
  u32s: readonly number[];
  depth: Depth;
  missing: Missing;
  automount: Automount;
  access: Access;
}

export type FieldsOf<F extends Record<string, FieldType>> = {
  readonly [K in keyof F]: FieldValues[F[K]];
};

export type OperationOf<Name extends OperationName> = Readonly<{ op: Name }> &
  FieldsOf<(typeof operationFields)[Name]>;

/** One step of a plan. Plain data: it crosses a process boundary and is compared in tests. */
export type Operation = { [Name in OperationName]: OperationOf<Name> }[OperationName];
