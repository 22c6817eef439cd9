/** Signals to one process of a container, from outside. */

/** @throws Error when there is no pid, as that of what has ended: kill(2) takes 0 and -1 for many, the tests' own among them. */
export function sendSignal(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined || pid <= 0) throw new Error(`nobody is there to be sent ${signal}`);
  process.kill(pid, signal);
}
