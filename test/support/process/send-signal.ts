/** Signals to one process of a container, from outside. */
import { untilIn } from './processes';

/** @throws Error when there is no pid, as that of what has ended: kill(2) takes 0 and -1 for many, the tests' own among them. */
export function sendSignal(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined || pid <= 0) throw new Error(`no process is there to be sent ${signal}`);
  process.kill(pid, signal);
}

/** Waits for an init to stand at a failpoint at which another process is to be killed: that is done from outside. */
export function untilAtFailpoint(init: number): Promise<void> {
  return untilIn(init, 'sigtimedwait');
}

/** The same to one that may have ended meanwhile, by the end of another. */
export function sendUnlessEnded(pid: number, signal: NodeJS.Signals): void {
  try {
    sendSignal(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Lets an init go on that stands there, unless it has been killed meanwhile. */
export function goOn(init: number): void {
  sendUnlessEnded(init, 'SIGCONT');
}
