/** Where everything of tslxc stands: what each process waits for, and who holds which lock. For operations that hang. Only reads. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { listProcesses, readProcess } from '../support/process/processes';

/** Processes of the storm and of tslxc, with the kernel's stack of each thread, and the locks of these files, as lines. */
export function describeStandstill(lockFiles: readonly string[]): string[] {
  return [...listProcesses().flatMap(describeProcess), ...describeLocks(lockFiles)];
}

function describeProcess(pid: number): string[] {
  const { words, state, parent } = readProcess(pid);
  if (words.length === 0) return [];
  const head = `${pid} ${state}, child of ${parent}: ${words.join(' ').slice(0, 160)}`;
  const threads = tasksOf(pid).map((task) => {
    const path = `/proc/${pid}/task/${task}`;
    const frames = textOf(`${path}/stack`).match(/(?<=\] )\S+/g) ?? [];
    return `  ${textOf(`${path}/comm`).trim()}: ${frames.slice(0, 6).join(' < ')}`;
  });
  return [head, ...new Set(threads)];
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** As /proc/locks has them. Of an open-file-description lock it does not know the process: who has the file open is told. */
function describeLocks(files: readonly string[]): string[] {
  return files.flatMap((file) => {
    const inode = inodeOf(file);
    if (inode === undefined) return [];
    const lines = textOf('/proc/locks').split('\n');
    const locks = lines.filter((line) => line.includes(`:${inode} `));
    const openers = listProcesses().filter((pid) => hasOpen(pid, inode));
    return [`${file}, open in ${openers.join(', ')}:`, ...locks.map((line) => `  ${line}`)];
  });
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function hasOpen(pid: number, inode: number): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some(
      (fd) => statSync(`${folder}/${fd}`, { throwIfNoEntry: false })?.ino === inode,
    );
  } catch {
    return false;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
