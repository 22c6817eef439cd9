/** A process that holds a flock(2), and may be stopped. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { eventually } from '../time/eventually';

export interface FlockHolder extends AsyncDisposable {
  readonly pid: number;
}

/** Resolves when it has the lock of the file or folder; disposing of it kills it. */
export async function holdFlock(path: string): Promise<FlockHolder> {
  // By exec, in the process itself: it is what the kernel knows as the holder.
  const child = spawn('flock', ['--no-fork', path, 'sleep', '1000'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const { pid = 0 } = child;
  const line = new RegExp(`FLOCK .* ${pid} [0-9a-f:]+:${statSync(path).ino} `);
  await eventually(() => expect(readFileSync('/proc/locks', 'latin1')).toMatch(line));
  return {
    pid,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
