/** Reaching a failpoint in the caller: does nothing unless a test has armed this one. */
import { armedFailpoint } from './failpoints';
import type { Failpoint } from './failpoints';

/** How often the armed one has been reached. */
let times = 0;

/** `monitor` is the monitor's pid where it is known. */
export function reach(point: Failpoint, monitor?: number): void {
  if (process.env['TSLXC_FAILPOINT'] === undefined) return;
  const armed = armedFailpoint(process.env);
  if (armed?.point !== point) return;
  times += 1;
  if (times !== armed.count) return;
  switch (armed.action) {
    case 'killSelf':
    case 'killController':
      process.kill(process.pid, 'SIGKILL');
      return;
    case 'stopSelf':
      process.kill(process.pid, 'SIGSTOP');
      return;
    case 'killMonitor':
      if (monitor !== undefined) process.kill(monitor, 'SIGKILL');
      return;
    case 'none':
  }
}
