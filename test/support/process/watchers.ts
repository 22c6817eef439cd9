/** The processes that check the health of the containers of a root, of which there is one at most. Only looks. */
import { eventually } from '../time/eventually';
import { environmentOf, listProcesses, readProcess } from './processes';

export function watchersOf(root: string): number[] {
  return listProcesses().filter((pid) => {
    const { words, state } = readProcess(pid);
    const isWatcher = words.includes('watch-health') && state !== 'Z';
    return isWatcher && environmentOf(pid).includes(`TSLXC_ROOT=${root}`);
  });
}

/** The pid of the only one, within so many milliseconds: what it starts for a check has its words for a moment. */
export function onlyWatcherOf(root: string, milliseconds: number): Promise<number> {
  return eventually(() => {
    const [first = 0, ...others] = watchersOf(root);
    expect([first > 0, others]).toEqual([true, []]);
    return first;
  }, milliseconds);
}
