/** lib/container/trees/trees.ts: what becomes of a copy while a program of the host uses the tree. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyTree } from '../../../../lib/container/trees/trees';
import { eventually } from '../../../support/time/eventually';
import { errorOf } from '../../driver/refusal';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

removeScratchAfterEach();

let folder: string;
let from: string;

beforeEach(() => {
  folder = scratchDirectory();
  from = join(folder, 'tree');
  mkdirSync(from);
  writeFileSync(join(from, 'file'), 'content');
});

/** Runs Python code that ends with `ready()`, until it is disposed of. */
async function program(code: string): Promise<AsyncDisposable> {
  const whole = `
import fcntl, os, sys, time
folder = sys.argv[1]
def ready():
    print('ready', flush=True)
${code}
time.sleep(1000)`;
  const child = spawn('python3', ['-c', whole, from], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

let copies = 0;
const copy = async (): Promise<string> => {
  const to = join(folder, `copy-${copies++}`);
  await copyTree({ from, to, step: 'copy it' });
  return to;
};

test('a lease refuses the copy, in words, until it is given up', async () => {
  const file = join(from, 'file');
  {
    await using _holder = await program(`
import signal
signal.signal(signal.SIGIO, signal.SIG_IGN)
fd = os.open(folder + '/file', os.O_RDWR)
fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
ready()`);
    expect(await errorOf(copy)).toMatchObject({
      code: 'RESOURCE_BUSY',
      path: file,
      step: 'copy it',
      message: `resource busy: a program has a lease on '${file}' (F_SETLEASE, fcntl(2)), and has been told to give it up: try again`,
    });
  }
  expect(readFileSync(join(await copy(), 'file'), 'utf8')).toBe('content');
});

test('a directory in which entries come and go all the time is refused, with its path', async () => {
  const busy = join(from, 'busy');
  mkdirSync(busy);
  for (let at = 0; at < 300; at += 1) writeFileSync(join(busy, `${at}`), 'x');
  await using _writer = await program(`
ready()
while True:
    os.close(os.open(folder + '/busy/new', os.O_CREAT))
    os.unlink(folder + '/busy/new')`);
  await eventually(async () => {
    expect(await errorOf(copy)).toMatchObject({
      code: 'RESOURCE_BUSY',
      path: busy,
      message: expect.stringContaining(`'${busy}' was changed again and again while`) as string,
    });
  });
});

test('locks and a running program are no obstacle', async () => {
  const path = join(from, 'program');
  copyFileSync('/bin/sleep', path);
  chmodSync(path, 0o755);
  const running = spawn(path, ['1000'], { stdio: 'ignore' });
  await once(running, 'spawn');
  try {
    await using _holder = await program(`
fd = os.open(folder + '/file', os.O_RDWR)
fcntl.flock(fd, fcntl.LOCK_EX)
fcntl.lockf(fd, fcntl.LOCK_EX)
ready()`);
    const to = await copy();
    expect(readFileSync(join(to, 'file'), 'utf8')).toBe('content');
    expect(readFileSync(join(to, 'program'))).toEqual(readFileSync('/bin/sleep'));
  } finally {
    running.kill('SIGKILL');
    await once(running, 'exit');
  }
});
