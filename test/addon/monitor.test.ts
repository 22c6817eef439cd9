/** Starting a monitor: a shell plays its stage 0 here, and its child the monitor. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { native } from '../../lib/host/native';
import type { MonitorRequest } from '../../lib/host/native';
import { encodeFrame } from '../../lib/container/monitor/frames';
import { rejectionOf } from './failure';
import { CgroupTree, unified } from './cgroup-tree';
import { Scratch, badDescriptor, pathOnly } from './scratch';

const scratch = new Scratch();
const shell = scratch.open('/bin/sh', pathOnly);

afterAll(() => scratch.dispose());

/** A request whose stage 0 runs `script`. */
function request(script: string, more: Partial<MonitorRequest> = {}): MonitorRequest {
  return {
    executable: shell,
    argv: ['stage-zero', '-c', script],
    cgroups: [],
    leafCgroup: -1,
    plan: new Uint8Array(),
    descriptors: [],
    ...more,
  };
}

/** All that the monitor writes into the channel until it closes it. */
async function said(script: string, more: Partial<MonitorRequest> = {}): Promise<string> {
  const fd = await native().startMonitor(request(script, more));
  return text(new Socket({ fd }));
}

describe('startMonitor', () => {
  test('it has the null device, the channel, and its own session', async () => {
    const script =
      'exec >&3; readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2; cut -d" " -f1,6 /proc/$$/stat';
    const lines = (await said(`exec 9>&1; ${script}`)).trim().split('\n');
    expect(lines.slice(0, 1)).toEqual(['/dev/null']);
    expect(lines[1]).toMatch(/^socket:/); // 1 is the channel by now
    expect(lines[2]).toBe('/dev/null');
    const [pid, session] = (lines[3] ?? '').split(' ');
    expect(session).toBe(pid);
  });

  test('its descriptors are what it was given, in order', async () => {
    const files = Array.from({ length: 40 }, (_, index) => {
      const path = scratch.at(`given-${index}`);
      writeFileSync(path, '');
      return { path, fd: scratch.open(path) };
    }).reverse();
    const descriptors = files.map(({ fd }) => fd);
    const leaf = scratch.open(scratch.path);
    // 4 is left out by its name: the shell itself has it while it looks, and only then.
    const list = `[ -e /proc/self/fd/4 ] && echo '4 open' >&3
      for fd in /proc/$$/fd/*; do
        case $fd in */4) ;; *) echo \${fd##*/} $(readlink $fd) >&3 ;; esac
      done`;
    const lines = (await said(list, { descriptors, leafCgroup: leaf })).trim().split('\n');
    const found = new Map(lines.map((line) => line.split(' ') as [string, string]));
    expect(found.get('5')).toBe(scratch.path);
    expect(found.has('4')).toBe(false);
    files.forEach(({ path }, index) => expect(found.get(String(6 + index))).toBe(path));
  });

  test('its environment is the search path alone, and its signals are the default', async () => {
    const script = 'cat /proc/$$/environ >&3; grep -E "^Sig(Blk|Ign)" /proc/self/status >&3';
    expect(await said(script)).toBe(
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin\0SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n',
    );
  });

  test('argv is what ps shows', async () => {
    expect(await said('tr "\\0" " " < /proc/$$/cmdline >&3; : more')).toMatch(/^stage-zero -c tr /);
  });

  test('the promise resolves when stage 0 has ended, while the monitor lives', async () => {
    const plan = Buffer.from('the plan\n');
    const fd = await native().startMonitor(
      request('{ read line; echo "$line, read"; read more; echo "$more"; } <&3 >&3 &', { plan }),
    );
    // O_CLOEXEC | O_NONBLOCK | O_RDWR
    expect(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')).toMatch(/flags:\s*02004002/);
    const socket = new Socket({ fd });
    socket.write('more\n');
    expect(await text(socket)).toBe('the plan, read\nmore\n');
  });

  test.each([100_000, 4 << 20, 40 << 20])('a plan of %d bytes arrives whole', async (size) => {
    const plan = randomBytes(size);
    const hash = createHash('sha256').update(plan).digest('hex');
    const sum = `head -c ${size} <&3 | sha256sum >&3`;
    expect(await said(`{ ${sum}; } &`, { plan })).toBe(`${hash}  -\n`);
  });

  test('a monitor that dies before it has read its plan is an end-of-file', async () => {
    expect(await said('echo refused >&3', { plan: randomBytes(40 << 20) })).toMatch(
      /^(refused\n)?$/,
    );
  });

  test('cgroups are made before it is told to go on', async () => {
    const tree = new CgroupTree(unified ?? '');
    const path = join(tree.path, 'made');
    const cgroups = [{ step: 'make', path, existing: 'exclusive' }] as const;
    const plan = Buffer.from('the plan\n');
    const told = encodeFrame({ message: 'continue' });
    const hear = `read line; head -c ${told.length} | od -An -v -tx1 | tr -d ' \n'`;
    const script = `{ ${hear}; test -d '${path}' && echo " there after $line"; } <&3 >&3 &`;
    expect(await said(script, { cgroups, plan })).toBe(
      `${told.toString('hex')} there after the plan\n`,
    );
    tree.dispose();
  });

  test('a failed cgroup step says which; what was spawned may not go on, and has ended', async () => {
    const path = '/sys/fs/cgroup/tslxc-none/below';
    const [witness, end] = [scratch.at('witness'), scratch.at('end')];
    const cgroups = [{ step: 'make', path, existing: 'shared' }] as const;
    const plan = Buffer.from('the plan\n');
    const goOn = `[ "$(head -c 1 <&3 | wc -c)" = 1 ]`;
    const script = `{ read line <&3; ${goOn} && : > '${witness}'; sleep 0.1; : > '${end}'; } &`;
    expect(await rejectionOf(native().startMonitor(request(script, { cgroups, plan })))).toEqual({
      errno: 'ENOENT',
      syscall: 'mkdir',
      path,
    });
    expect([witness, end].map((file) => existsSync(file))).toEqual([false, true]);
  });

  test('a stage 0 that can’t clone says why', async () => {
    expect(await rejectionOf(native().startMonitor(request('exit 11')))).toEqual({
      errno: 'EAGAIN',
      syscall: 'clone3',
      path: 'stage 0',
    });
  });

  test('a stage 0 that fails otherwise is ECHILD', async () => {
    for (const script of ['exit 255', 'kill -KILL $$']) {
      expect(await rejectionOf(native().startMonitor(request(script)))).toEqual({
        errno: 'ECHILD',
        syscall: 'waitpid',
        path: 'stage 0',
      });
    }
  });

  test('a file that cannot be executed is EACCES', async () => {
    writeFileSync(scratch.at('text'), 'no program');
    const executable = scratch.open(scratch.at('text'), pathOnly);
    expect(await rejectionOf(native().startMonitor(request('', { executable })))).toEqual({
      errno: 'EACCES',
      syscall: 'posix_spawn',
      path: 'stage-zero',
    });
  });

  test('a descriptor that is none is EBADF', async () => {
    const bad = request('', { descriptors: [badDescriptor] });
    expect(await rejectionOf(native().startMonitor(bad))).toEqual({
      errno: 'EBADF',
      syscall: 'fcntl',
    });
  });

  test('a hundred at once have a channel each', async () => {
    const all = Array.from({ length: 100 }, (_, index) => said(`echo ${index} >&3`));
    expect(await Promise.all(all)).toEqual(all.map((_, index) => `${index}\n`));
  });
});

describe('instructMonitor', () => {
  const plan = Buffer.from('the plan\n');
  const told = encodeFrame({ message: 'continue' });

  /** A waiting monitor that runs `script`; its channel. */
  const waiting = (script: string): Promise<number> => native().startMonitor(request(script));

  test('a monitor that waits gets its plan, and goes on when its cgroups are made', async () => {
    const tree = new CgroupTree(unified ?? '');
    const path = join(tree.path, 'made');
    const cgroups = [{ step: 'make', path, existing: 'exclusive' }] as const;
    const hear = `read line; head -c ${told.length} | od -An -v -tx1 | tr -d ' \n'`;
    const script = `{ ${hear}; test -d '${path}' && echo " there after $line"; } <&3 >&3 &`;
    const fd = await waiting(script);
    await native().instructMonitor(fd, { plan, cgroups });
    expect(await text(new Socket({ fd }))).toBe(`${told.toString('hex')} there after the plan\n`);
    tree.dispose();
  });

  test('a plan of more than a socket takes arrives whole', async () => {
    const large = randomBytes(4 << 20);
    const hash = createHash('sha256').update(large).digest('hex');
    const hear = `head -c ${large.length} | sha256sum; head -c ${told.length} > /dev/null`;
    const fd = await waiting(`{ ${hear}; } <&3 >&3 &`);
    await native().instructMonitor(fd, { plan: large, cgroups: [] });
    expect(await text(new Socket({ fd }))).toBe(`${hash}  -\n`);
  });

  test('a failed cgroup step says which; the monitor may not go on, and has ended', async () => {
    const path = '/sys/fs/cgroup/tslxc-none/below';
    const [witness, end] = [scratch.at('later-witness'), scratch.at('later-end')];
    const cgroups = [{ step: 'make', path, existing: 'shared' }] as const;
    const goOn = `[ "$(head -c 1 <&3 | wc -c)" = 1 ]`;
    const script = `{ read line <&3; ${goOn} && : > '${witness}'; sleep 0.1; : > '${end}'; } &`;
    const fd = scratch.keep(await waiting(script));
    expect(await rejectionOf(native().instructMonitor(fd, { plan, cgroups }))).toEqual({
      errno: 'ENOENT',
      syscall: 'mkdir',
      path,
    });
    expect([witness, end].map((file) => existsSync(file))).toEqual([false, true]);
  });

  test('one that has died meanwhile is an end-of-file', async () => {
    const fd = await waiting('exit 0');
    await native().instructMonitor(fd, { plan, cgroups: [] });
    expect(await text(new Socket({ fd }))).toBe('');
  });
});

describe('executeMonitor', () => {
  const execute = async (script: string, more: Partial<MonitorRequest> = {}): Promise<string> => {
    const [near, far] = native().makePair('socket');
    const socket = new Socket({ fd: near });
    socket.write('the plan\n');
    try {
      await native().executeMonitor(request(script, more), far);
    } finally {
      native().closeDescriptor(far);
      if (more.executable !== undefined) socket.destroy();
    }
    return text(socket);
  };

  test('the monitor has the channel that it is given, with what was said before', async () => {
    expect(await execute('read line <&3; echo "$line, read" >&3')).toBe('the plan, read\n');
  });

  test('what can not be executed says why', async () => {
    writeFileSync(scratch.at('no-program'), 'no program');
    const executable = scratch.open(scratch.at('no-program'), pathOnly);
    expect(await rejectionOf(execute('', { executable }))).toEqual({
      errno: 'EACCES',
      syscall: 'posix_spawn',
      path: 'stage-zero',
    });
  });
});

test('the channel has no byte of the plan in it for the caller', async () => {
  const fd = scratch.keep(
    await native().startMonitor(request('sleep 60 <&3 & echo $! >&3', { plan: Buffer.alloc(10) })),
  );
  const buffer = Buffer.alloc(20);
  const pid = Number(buffer.toString('latin1', 0, readSync(fd, buffer)));
  expect(() => readSync(fd, buffer)).toThrow(/EAGAIN/);
  process.kill(pid, 'SIGKILL');
});
