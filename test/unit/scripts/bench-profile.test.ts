/** What `npm run bench:profile` reads of strace's output and of V8's CPU profile. */
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

interface Traced {
  readonly kind: string;
  readonly calls: number;
  readonly counts: readonly (readonly [string, number])[];
  readonly first: number;
  readonly last: number;
}

function script(name: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(join(packageRoot, 'scripts/bench/profile', name));
}

const { summarizeTrace } = script('trace.js') as {
  summarizeTrace: (text: string, window: { begin: number; end: number }) => Traced[];
};
const { selfTimes } = script('cpu-profile.js') as {
  selfTimes: (profile: object) => [string, number][];
};

/** A caller (10) with a thread (11) that makes stage 0 (20), which makes the monitor (21), which makes init (22). */
const trace = `10 100.000000 epoll_wait(13, [], 1024, 0) = 0
10 100.001000 clone3({flags=CLONE_VM|CLONE_THREAD, exit_signal=0} => {parent_tid=[11]}, 88) = 11
11 100.002000 openat(AT_FDCWD, "/proc/self/fd", O_RDONLY <unfinished ...>
10 100.002100 write(5, "x", 1) = 1
11 100.002200 <... openat resumed>) = 7
11 100.003000 vfork( <unfinished ...>
20 100.003500 execve("/proc/self/fd/9", ["tslxc-monitor"], 0x7ffc /* 1 var */) = 0
11 100.003600 <... vfork resumed>) = 20
20 100.004000 clone3({flags=CLONE_PIDFD|CLONE_INTO_CGROUP, exit_signal=0}, 88) = 21
20 100.004100 exit_group(0) = ?
20 100.004200 +++ exited with 0 +++
21 100.005000 recvmsg(3, {msg_name=NULL}, 0) = 12
21 100.005500 clone3({flags=CLONE_NEWNS|CLONE_NEWPID, exit_signal=SIGCHLD}, 88) = 22
22 100.006000 mount("a", "b", NULL, MS_BIND, NULL) = 0
22 100.006100 mount("c", "d", NULL, MS_BIND, NULL) = -1 EBUSY (Device or resource busy)
22 100.006200 clone(child_stack=NULL, flags=SIGCHLD) = 2
10 100.007000 --- SIGCHLD {si_signo=SIGCHLD, si_pid=20} ---
22 100.009000 write(1, "later", 5) = 5
`;

test('calls are counted for each process of a start, within the time of it', () => {
  const found = summarizeTrace(trace, { begin: 100_000.5, end: 100_008 });
  const rounded = found.map((one) => ({
    ...one,
    first: Math.round(one.first * 10) / 10,
    last: Math.round(one.last * 10) / 10,
  }));
  expect(rounded).toEqual([
    {
      kind: 'caller',
      calls: 4,
      counts: [
        ['clone3', 1],
        ['openat', 1],
        ['write', 1],
        ['vfork', 1],
      ],
      first: 0.5,
      last: 2.5,
    },
    {
      kind: 'stage 0',
      calls: 3,
      counts: [
        ['execve', 1],
        ['clone3', 1],
        ['exit_group', 1],
      ],
      first: 3,
      last: 3.6,
    },
    {
      kind: 'monitor',
      calls: 2,
      counts: [
        ['recvmsg', 1],
        ['clone3', 1],
      ],
      first: 4.5,
      last: 5,
    },
    {
      kind: 'init',
      calls: 3,
      counts: [
        ['mount', 2],
        ['clone', 1],
      ],
      first: 5.5,
      last: 5.7,
    },
  ]);
});

test('an empty trace has no processes', () => {
  expect(summarizeTrace('', { begin: 0, end: 1 })).toEqual([]);
});

test('functions have the time from their samples to the next, those of one place together', () => {
  const frame = (functionName: string, url: string, lineNumber: number) => ({
    functionName,
    url,
    lineNumber,
  });
  const nodes = [
    { id: 1, callFrame: frame('(idle)', '', -1) },
    { id: 2, callFrame: frame('start', 'file:///dist/bundle/parts.js', 41) },
    { id: 3, callFrame: frame('start', 'file:///dist/bundle/parts.js', 41) },
    { id: 4, callFrame: frame('', '/dist/bundle/parts.js', 9) },
  ];
  const samples = [1, 2, 3, 4];
  const timeDeltas = [5, 100, 30, 20];
  expect(selfTimes({ nodes, samples, timeDeltas })).toEqual([
    ['(idle)', 100],
    ['start parts.js:42', 50],
    ['(anonymous) parts.js:10', 0],
  ]);
});
