/**
 * The hardened profile's filter in the kernel: every call that it denies is made with and without it, in all tables of
 * system calls that 64-bit code can reach, with arguments that do no harm where nothing denies them (T23).
 */
import { machine } from 'node:os';
import { wholeFilesystem } from '../../lib/plan/security/filesystem-ioctls';
import { compileSeccomp } from '../../lib/plan/security/seccomp';
import {
  deniedCalls,
  namespaceWalk,
  newMountCalls,
  terminalInjection,
} from '../../lib/plan/security/seccomp-policy';
import { numbersOf, systemCalls } from '../../lib/plan/security/system-calls';
import type { CallName, CallNumbers, CallTable } from '../../lib/plan/security/system-calls';
import { compileOne } from '../native/compile';
import { runProgram } from '../support/process/run-command';

const compileTime = 300_000;
const eperm = 1;
const ebadf = 9;
const enotty = 25;
const enosys = 38;
const x32Bit = 0x40000000;
/** An address that nothing is at, and a descriptor that isn't open. */
const nowhere = 1n;
const closed = 0xffffffffn;
/** The program's terminal. */
const terminal = 10n;
const all = 0xffffffffn;

interface Call {
  readonly name: string;
  readonly table: 'native' | 'i386';
  readonly number: number;
  readonly arguments: readonly bigint[];
}

/** The steps between mount namespaces with sizes and directions that are not those of linux/nsfs.h. */
const otherWalks = [0xb70b, 0x20b70c, 0x4010b70b, 0x8008b70c, 0x8020b70b, 0xc040b70c, 0xffffb70b];

/** What is passed so that the kernel gets past its own check of capabilities and fails after it, for each denied call. */
const harmless: Readonly<Record<CallName, readonly (readonly bigint[])[]>> = {
  acct: [[nowhere]],
  add_key: [[nowhere, nowhere, 0n, 0n, 0n]],
  bpf: [[9999n, 0n, 0n]],
  clock_settime: [[9999n, nowhere]],
  clock_settime64: [[9999n, nowhere]],
  delete_module: [[nowhere, 0n]],
  // Descriptors in events, the two classes that are asked, pidfds, no limits, marks of a mount namespace: with flags
  // for those descriptors that no kernel knows.
  fanotify_init: [0n, 4n, 8n, 0x204n, 0x280n, 0x210n, 0x220n, 0x2000n, 0x4000n].map((flags) => [
    flags,
    all,
  ]),
  fanotify_mark: [
    [closed, 0x101n, 0n],
    [closed, 0x111n, 0n],
  ],
  finit_module: [[closed, nowhere, all]],
  fsconfig: [[closed, 9999n, 0n, 0n, 0n]],
  fsmount: [[closed, 0n, 0n]],
  fsopen: [[nowhere, 0n]],
  fspick: [[closed, nowhere, 0n]],
  init_module: [[nowhere, 0n, nowhere]],
  ioctl: [
    [terminal, 0x5412n, nowhere],
    [terminal, 0x541cn, nowhere],
    // A terminal knows none of them, and its file system can't be frozen.
    ...[...Object.values({ ...wholeFilesystem, ...namespaceWalk }), ...otherWalks].map(
      (command) => [terminal, BigInt(command), nowhere],
    ),
  ],
  ioperm: [[0x10000n, 0x10000n, 1n]],
  iopl: [[4n]],
  kexec_file_load: [[closed, closed, 0n, nowhere, all]],
  kexec_load: [[0n, 1000n, nowhere, 0xffffn]],
  keyctl: [[9999n]],
  listmount: [[nowhere, nowhere, 0n, all]],
  lookup_dcookie: [[0n, nowhere, 0n]],
  mount_setattr: [[closed, nowhere, 0n, nowhere, 32n]],
  move_mount: [[closed, nowhere, closed, nowhere, 0n]],
  nfsservctl: [[9999n, nowhere, nowhere]],
  open_by_handle_at: [[closed, nowhere, 0n]],
  open_tree: [[closed, nowhere, 0n]],
  open_tree_attr: [[closed, nowhere, 0n, nowhere, 32n]],
  perf_event_open: [[nowhere, 0n, 0n, closed, all]],
  pidfd_getfd: [[closed, 0n, 0n]],
  personality: [[0x40000n], [0x40008n], [0x400000n]],
  quotactl: [[all, 0n, 0n, nowhere]],
  quotactl_fd: [[closed, all, 0n, nowhere]],
  request_key: [[nowhere, nowhere, 0n, 0n]],
  settimeofday: [[nowhere, 0n]],
  // No such type: a right one would load the family's module.
  socket: [
    [38n, all, 0n],
    [40n, all, 0n],
  ],
  statmount: [[nowhere, nowhere, 0n, all]],
  stime: [[nowhere]],
  swapoff: [[nowhere]],
  swapon: [[nowhere, all]],
  syslog: [[9999n, 0n, 0n]],
  uselib: [[nowhere]],
  userfaultfd: [[all]],
  vm86: [[9999n, nowhere]],
  vm86old: [[nowhere]],
};

/** Beside what is denied, and what is open on purpose: numbers of x86_64, i386, aarch64. */
const neighbours: Readonly<Record<string, readonly [number, number, number, ...bigint[]]>> = {
  'ioctl TIOCGWINSZ': [16, 54, 29, terminal, 0x5413n, nowhere],
  // Of a terminal: ENOTTY.
  'ioctl NS_MNT_GET_INFO': [16, 54, 29, terminal, 0x8010b70an, nowhere],
  'ioctl TIOCOUTQ': [16, 54, 29, terminal, 0x5411n, nowhere],
  'ioctl of two numbers at once': [16, 54, 29, terminal, 0x5413n, 0x5412n],
  'socket AF_UNIX': [41, 359, 198, 1n, 1n, 0n],
  'socket AF_INET': [41, 359, 198, 2n, 1n, 0n],
  'socket AF_NETLINK': [41, 359, 198, 16n, 3n, 0n],
  'personality 0': [135, 136, 92, 0n],
  'personality PER_LINUX32': [135, 136, 92, 8n],
  'personality UNAME26': [135, 136, 92, 0x20000n],
  'personality both': [135, 136, 92, 0x20008n],
  'personality asked': [135, 136, 92, 0xffffffffn],
  name_to_handle_at: [303, 341, 264, closed, nowhere, nowhere, nowhere, 0n],
  mount: [165, 21, 40, nowhere, nowhere, nowhere, 0n, 0n],
  umount2: [166, 52, 39, nowhere, 0n],
  pivot_root: [155, 217, 41, nowhere, nowhere],
  open_tree: [428, 428, 428, closed, nowhere, 0n],
  setns: [308, 346, 268, closed, 0n],
  'unshare NEWUSER': [272, 310, 97, 0x10000000n],
  'clone NEWUSER and FS': [56, 120, 220, 0x10000200n, 0n, 0n, 0n, 0n],
  clone3: [435, 435, 435, nowhere, 0n],
  'ptrace of no process': [101, 26, 117, 16n, 0x7fffffffn, 0n, 0n],
  io_uring_setup: [425, 425, 425, 0n, nowhere],
  'fanotify_init FAN_REPORT_FID': [300, 338, 262, 0x200n, 0n],
  'fanotify_init FAN_REPORT_DFID_NAME': [300, 338, 262, 0xc03n, 0n],
  'fanotify_mark of a mount': [301, 339, 263, closed, 0x11n, 0n],
  adjtimex: [159, 124, 171, nowhere],
  clock_adjtime: [305, 343, 266, 0n, nowhere],
  'reboot without its magic': [169, 88, 142, 0n, 0n, 0n, 0n],
  getppid: [110, 64, 173],
  'no call at all': [9999, 9999, 9999],
};

let program = '';
beforeAll(async () => {
  program = await compileOne('seccomp');
}, compileTime);

async function errnosOf(calls: readonly Call[], filter: readonly number[]): Promise<number[]> {
  const lines = calls.map(({ table, number, arguments: given }) =>
    [table, number, ...[...given, 0n, 0n, 0n, 0n, 0n, 0n].slice(0, 6)].join(' '),
  );
  const input = [[filter.length, ...filter].join(' '), ...lines, ''].join('\n');
  const { code, stdout, stderr } = await runProgram([program], {
    input,
    env: { ASAN_OPTIONS: 'detect_leaks=0' },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const errnos = stdout.trim().split('\n').map(Number);
  expect(errnos.length).toBe(calls.length);
  return errnos;
}

/** Names beside errnos, so that a failure says which call it is. */
async function outcomes(
  calls: readonly Call[],
  filter: readonly number[],
): Promise<[string, number][]> {
  const errnos = await errnosOf(calls, filter);
  return calls.map(({ name }, index) => [name, errnos[index] ?? -1]);
}

function deniedIn(table: CallTable, bit = 0): Call[] {
  return callsIn(
    table,
    deniedCalls.map(({ call }) => call),
    bit,
  );
}

function callsIn(table: CallTable, names: readonly CallName[], bit = 0): Call[] {
  return names.flatMap((call) =>
    numbersOf(call, table).flatMap((number) =>
      harmless[call].map((given) => ({
        name: `${call} ${number} ${given.join()}`,
        table: table === 'i386' ? ('i386' as const) : ('native' as const),
        number: number + bit,
        arguments: given,
      })),
    ),
  );
}

const arm = machine() === 'aarch64';
const denied: readonly (readonly [string, Call[]])[] = arm
  ? [['aarch64', deniedIn('aarch64')]]
  : [
      ['x86_64', deniedIn('x86_64')],
      ['x32', deniedIn('x86_64', x32Bit)],
      ['i386', deniedIn('i386')],
    ];
const filter = compileSeccomp({ arch: machine(), granted: 0n });

test.each(denied)(
  '%s: each denied call is EPERM, or absent, and without the filter it is not',
  async (_, calls) => {
    const absent = new Set<string>(
      deniedCalls.filter(({ answer }) => answer === 'absent').map(({ call }) => call),
    );
    const answer = (name: string): number =>
      absent.has(name.split(' ')[0] ?? '') ? enosys : eperm;
    const refused = calls.map(({ name }) => [name, answer(name)]);
    expect(await outcomes(calls, filter)).toEqual(refused);
    const without = await outcomes(calls, []);
    expect(without.filter(([, errno]) => errno === eperm)).toEqual([]);
    // Linux has statmount(2) and listmount(2) since 6.8.
    const missing = without.filter(([name, errno]) => errno === enosys && answer(name) === enosys);
    expect([0, absent.size]).toContain(missing.length);
    expect(calls.length).toBeGreaterThan(25);
  },
);

test('a command whose high half is set reaches the terminal without the filter, and not with it', async () => {
  const number = arm ? systemCalls.ioctl.aarch64 : systemCalls.ioctl.x86_64;
  const calls = [0x1_0000_5412n, 0xffffffff_00005412n, 0x1_0000_541cn].map((command): Call => {
    const given = [terminal, command, nowhere];
    return { name: command.toString(16), table: 'native', number, arguments: given };
  });
  const plain = calls.map((call): Call => {
    const given = call.arguments.map((argument) => argument & 0xffffffffn);
    return { ...call, arguments: given };
  });
  expect((await errnosOf(calls, filter)).every((errno) => errno === eperm)).toBe(true);
  expect(await outcomes(calls, [])).toEqual(await outcomes(plain, []));
});

test('a family and a personality whose high halves are set are what their low halves are', async () => {
  const [socket, personality]: CallNumbers[] = [systemCalls.socket, systemCalls.personality];
  const column = arm ? 'aarch64' : 'x86_64';
  const call = (number = 0, ...given: bigint[]): Call => {
    return { name: given.join(), table: 'native', number, arguments: given };
  };
  const high = 1n << 32n;
  expect(
    await errnosOf(
      [
        call(socket?.[column], high | 38n, 5n),
        call(socket?.[column], high | 40n, 1n),
        call(socket?.[column], high | 1n, 1n),
        call(personality?.[column], high | 0x40000n),
        call(personality?.[column], high | 8n),
      ],
      filter,
    ),
  ).toEqual([eperm, eperm, 0, eperm, 0]);
});

test('what is beside a denied call, or open on purpose, is as without the filter', async () => {
  const columns = arm ? [2] : [0, 1];
  const calls = columns.flatMap((column) =>
    Object.entries(neighbours).map(([name, [x86, i386, aarch64, ...given]]): Call => {
      const number = [x86, i386, aarch64][column] ?? 0;
      return { name, table: column === 1 ? 'i386' : 'native', number, arguments: given };
    }),
  );
  const found = await outcomes(calls, filter);
  expect(found).toEqual(await outcomes(calls, []));
  expect(found.filter(([, errno]) => errno === eperm)).toEqual([]);
  expect(found).toContainEqual(['no call at all', enosys]);
  expect(found).toContainEqual(['unshare NEWUSER', 0]);
});

/** ioctls on a descriptor that is closed. */
function ioctls(commands: readonly bigint[]): Call[] {
  return commands.map((command): Call => {
    const given = [closed, command, nowhere];
    const called = arm ? systemCalls.ioctl.aarch64 : systemCalls.ioctl.x86_64;
    return { name: command.toString(16), table: 'native', number: called, arguments: given };
  });
}

test('a step between mount namespaces is denied with every size, before the kernel looks at the descriptor', async () => {
  const calls = ioctls([0x8010b70bn, 0x8020b70bn, 0xffffffff_8020b70cn]);
  const named = (errno: number) => calls.map(({ name }) => [name, errno]);
  expect(await outcomes(calls, filter)).toEqual(named(eperm));
  expect(await outcomes(calls, [])).toEqual(named(ebadf));
});

test('where types are ignored, the same numbers of other types are ENOTTY from the least size on', async () => {
  const loose = compileSeccomp({ arch: machine(), granted: 0n, nsfsIgnoresType: true });
  const calls = ioctls([0x8010000bn, 0xc040ff0bn, 0x8008000bn, 0x540bn]);
  expect(await errnosOf(calls, loose)).toEqual([enotty, enotty, ebadf, ebadf]);
  expect(await errnosOf(calls, filter)).toEqual([ebadf, ebadf, ebadf, ebadf]);
});

test('i386’s socketcall is open', async () => {
  const calls: Call[] = [
    { name: 'socketcall', table: 'i386', number: 102, arguments: [1n, nowhere] },
  ];
  expect(await errnosOf(calls, filter)).toEqual(await errnosOf(calls, []));
});

test('each capability that is asked for gives its calls back', async () => {
  const granted = compileSeccomp({ arch: machine(), granted: (1n << 64n) - 1n });
  const free = new Set(deniedCalls.filter(({ grantedBy }) => grantedBy).map(({ call }) => call));
  const injections = Object.values(terminalInjection).map(BigInt);
  for (const [, calls] of denied) {
    const back = calls.filter(({ name, arguments: [, command = 0n] }) => {
      const call = name.split(' ')[0] as CallName;
      return free.has(call) && !(call === 'ioctl' && injections.includes(command));
    });
    expect(back.length).toBeGreaterThan(15);
    expect(await outcomes(back, granted)).toEqual(await outcomes(back, []));
  }
});

test.each(arm ? (['aarch64'] as const) : (['x86_64', 'i386'] as const))(
  '%s: beside a profile the new mount API is absent, and mount(2) and all else are as ever',
  async (table) => {
    const mounts = compileSeccomp({ arch: machine(), granted: 0n, denies: 'mounts' });
    const calls = callsIn(table, newMountCalls);
    expect(calls.length).toBe(newMountCalls.length);
    expect(await outcomes(calls, mounts)).toEqual(calls.map(({ name }) => [name, enosys]));
    // The newest of them may be newer than this kernel.
    const without = await outcomes(calls, []);
    expect(without.filter(([, errno]) => errno === enosys).length).toBeLessThanOrEqual(1);
    const others = deniedIn(table);
    expect(await outcomes(others, mounts)).toEqual(await outcomes(others, []));
  },
);
