/** The processes that look at paths of the host for a caller. Only reads. */
import { listProcesses, readProcess } from './processes';

export const lookers = (): number[] =>
  listProcesses().filter((pid) => readProcess(pid).words.join(' ') === 'tslxc-look look');
