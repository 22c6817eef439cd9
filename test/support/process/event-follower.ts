/** Processes that follow the event log of a root, as the kernel knows them. Only reads. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { statePaths } from '../../../lib/host/state/state-paths';
import { eventually } from '../time/eventually';

/** Until the process watches the log's folder (proc_pid_fdinfo(5)): what happens from then on, it will be told of. */
export async function untilFollowing(pid: number, root: string): Promise<void> {
  const { ino } = statSync(dirname(statePaths(root).events));
  const watch = new RegExp(`^inotify wd:\\d+ ino:${ino.toString(16)} `, 'm');
  const folder = `/proc/${pid}/fdinfo`;
  await eventually(() => {
    const infos = readdirSync(folder).map((fd) => readFileSync(join(folder, fd), 'latin1'));
    expect(infos.some((info) => watch.test(info))).toBe(true);
  });
}
