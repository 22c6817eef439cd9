/** Files that are alone on the machine with what they make of the host, in whichever lane they run: `/export` of the seeds. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Waits for its turn before the first test of the file, and gives it up after the last, or with this process. */
export function exclusive(): void {
  let giveUp: (() => Promise<void>) | undefined;
  const minutes = 60_000;
  beforeAll(async () => {
    const holder = spawn('flock', ['/var/tmp', '-c', 'echo held; cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(holder, 'close');
    giveUp = async () => {
      holder.stdin.end();
      await ended;
    };
    await once(holder.stdout, 'data');
  }, 2 * minutes);
  afterAll(() => giveUp?.());
}
