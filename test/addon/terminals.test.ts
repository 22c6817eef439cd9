/** Pseudoterminals. */
import {
  constants as fs,
  fchownSync,
  fstatSync,
  readFileSync,
  readSync,
  readlinkSync,
  statSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { native } from '../../lib/host/native';
import { runProgram } from '../support/process/run-command';
import { eventually } from '../support/time/eventually';
import { failureOf } from './failure';
import { nodeWords } from './node-child';
import { Scratch, badDescriptor } from './scratch';

const scratch = new Scratch();

afterAll(() => scratch.dispose());

function open(): { master: number; slave: number; path: string } {
  const pty = native().openPty();
  scratch.keep(pty.master);
  scratch.keep(pty.slave);
  return pty;
}

function read(fd: number): string {
  const buffer = Buffer.alloc(64);
  return buffer.toString('latin1', 0, readSync(fd, buffer));
}

describe('openPty', () => {
  test('what is typed at the master is echoed, with a carriage return', async () => {
    const pty = open();
    expect(pty.path).toBe(readlinkSync(`/proc/self/fd/${pty.slave}`));
    writeSync(pty.master, 'word\n');
    expect(read(pty.slave)).toBe('word\n');
    // The kernel wakes who reads the line, and goes on with the echo then: a letter after the other.
    let echo = '';
    await eventually(() => {
      echo += read(pty.master);
      expect(echo).toBe('word\r\n');
    });
    expect(() => read(pty.master)).toThrow(/EAGAIN/);
  });

  test('without a free descriptor it is EMFILE', async () => {
    const [node, ...words] = nodeWords(`
      try { for (;;) fs.openSync('/dev/null'); } catch {}
      try { addon.openPty(); } catch ({ errno, syscall, path }) {
        console.log(JSON.stringify({ errno, syscall, path }));
      }`);
    const { stdout } = await runProgram([
      'sh',
      '-c',
      'ulimit -n 64; exec "$@"',
      'sh',
      node,
      ...words,
    ]);
    expect(JSON.parse(stdout)).toEqual({ errno: 24, syscall: 'open', path: '/dev/ptmx' });
  });
});

describe('makePair', () => {
  test('what goes in at one end of a pipe comes out at the other', () => {
    const [from, to] = native().makePair('pipe');
    scratch.keep(from);
    scratch.keep(to);
    writeSync(to, 'word');
    expect(read(from)).toBe('word');
  });

  test('a socket takes it both ways', () => {
    const [one, other] = native().makePair('socket');
    scratch.keep(one);
    scratch.keep(other);
    writeSync(one, 'there');
    writeSync(other, 'back');
    expect([read(other), read(one)]).toEqual(['there', 'back']);
  });

  test.each([
    ['pipe', 'pipe2'],
    ['socket', 'socketpair'],
  ])('without a free descriptor a %s is EMFILE', async (kind, syscall) => {
    const words = nodeWords(`
      try { for (;;) fs.openSync('/dev/null'); } catch {}
      try { addon.makePair('${kind}'); } catch ({ errno, syscall }) {
        console.log(JSON.stringify({ errno, syscall }));
      }`);
    const limited = ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh', ...words];
    expect(JSON.parse((await runProgram(limited)).stdout)).toEqual({ errno: 24, syscall });
  });
});

describe('makeFifos', () => {
  const made = (count: number, ...options: string[]): [number, number][] => {
    const fifos = native().makeFifos(count, options);
    for (const fd of fifos.flat()) scratch.keep(fd);
    return fifos;
  };

  test('each is a pipe of its own, in a file system that no mount table has', () => {
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    const [one, other] = made(2, 'source=tslxc') as [[number, number], [number, number]];
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(mounts);
    const states = [...one, ...other].map((fd) => fstatSync(fd));
    expect(states.every((state) => state.isFIFO())).toBe(true);
    expect(new Set(states.map(({ ino }) => ino)).size).toBe(2);
    writeSync(one[1], 'one');
    writeSync(other[1], 'other');
    expect([read(one[0]), read(other[0])]).toEqual(['one', 'other']);
    expect(statfsSync(`/proc/self/fd/${one[0]}`).type).toBe(0x0102_1994); // TMPFS_MAGIC
  });

  test('an end can be opened anew by /proc, and none blocks or is inherited', () => {
    const [[from, to]] = made(1) as [[number, number]];
    const flags = [from, to].map((fd) => /^flags:\t(.*)$/m.exec(fdinfo(fd))?.[1]);
    // O_CLOEXEC; O_RDONLY and O_WRONLY; no O_NONBLOCK
    expect(flags.map((octal) => parseInt(octal ?? '', 8) & 0o2004003)).toEqual([
      0o2000000, 0o2000001,
    ]);
    writeSync(scratch.open(`/proc/self/fd/${to}`, fs.O_WRONLY), 'word');
    expect(read(from)).toBe('word');
  });

  test('when every writing end is closed there is nothing more to read', () => {
    const [[from, to]] = native().makeFifos(1, []) as [[number, number]];
    scratch.keep(from);
    native().closeDescriptor(to);
    expect(read(from)).toBe('');
  });

  test('an option that a tmpfs does not have is EINVAL', () => {
    expect(failureOf(() => native().makeFifos(3, ['nonsense=1']))).toMatchObject({
      errno: 'EINVAL',
      syscall: 'fsconfig',
    });
  });
});

const fdinfo = (fd: number): string => readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');

describe('makeNull', () => {
  const made = (...options: string[]): number => scratch.keep(native().makeNull(options));

  test('it takes everything and gives nothing, as /dev/null, of which it is another node', () => {
    const fd = made('source=tslxc');
    const state = fstatSync(fd);
    const host = statSync('/dev/null');
    expect([state.isCharacterDevice(), state.rdev]).toEqual([true, host.rdev]);
    expect(state.dev).not.toBe(host.dev);
    writeSync(fd, 'word');
    expect(read(fd)).toBe('');
  });

  test('its owner is its own, and it is not inherited', () => {
    const [one, other] = [made(), made()];
    fchownSync(one, 1000, 1000);
    expect([one, other].map((fd) => fstatSync(fd).uid)).toEqual([1000, 0]);
    expect(statSync('/dev/null').uid).toBe(0);
    const flags = parseInt(/^flags:\t(.*)$/m.exec(fdinfo(one))?.[1] ?? '', 8);
    expect(flags & 0o2000003).toBe(0o2000002); // O_CLOEXEC, O_RDWR
  });

  test('an option that a tmpfs does not have is EINVAL', () => {
    expect(failureOf(() => native().makeNull(['nonsense=1']))).toMatchObject({
      errno: 'EINVAL',
      syscall: 'fsconfig',
    });
  });
});

describe('makeRaw', () => {
  test('a raw terminal neither echoes nor waits for a line', () => {
    const pty = open();
    native().makeRaw(pty.slave);
    writeSync(pty.master, '\x03x');
    expect(read(pty.slave)).toBe('\x03x');
    expect(() => read(pty.master)).toThrow(/EAGAIN/);
  });

  test('what is no terminal is ENOTTY', () => {
    const file = scratch.open('/dev/null');
    expect(failureOf(() => native().makeRaw(file))).toEqual({
      errno: 'ENOTTY',
      syscall: 'tcgetattr',
    });
  });
});

describe('setWindowSize', () => {
  test('both ends have the new size', () => {
    const pty = open();
    native().setWindowSize(pty.master, { rows: 50, columns: 132 });
    expect(native().windowSize(pty.slave)).toEqual({ rows: 50, columns: 132 });
  });

  test('what is no terminal is ENOTTY', () => {
    const file = scratch.open('/dev/null');
    expect(failureOf(() => native().setWindowSize(file, { rows: 1, columns: 1 }))).toEqual({
      errno: 'ENOTTY',
      syscall: 'ioctl',
      path: 'TIOCSWINSZ',
    });
  });
});

describe('windowSize', () => {
  test('a new terminal has none', () => {
    expect(native().windowSize(open().master)).toEqual({ rows: 0, columns: 0 });
  });

  test('what is no descriptor is EBADF', () => {
    expect(failureOf(() => native().windowSize(badDescriptor))).toEqual({
      errno: 'EBADF',
      syscall: 'ioctl',
      path: 'TIOCGWINSZ',
    });
  });
});
