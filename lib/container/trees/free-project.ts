/**
 * Finds a free project (a quota id) of a file system, for a tree of its own. One that has files, or limits, is in use,
 * so that the file system's own records alone say which are free: no tree gets the project of another as long as a
 * single file has it.
 */
import { native } from '../../host/native';
import type { ProjectQuota } from '../../host/calls/quota-calls';
import { takeHostLock } from '../../host/state/file-lock';
import { hostProjectsPath } from '../../host/state/state-paths';
import { readText } from '../../host/kernel/text-file';

/** Far from the numbers that administrators, and other programs, begin with. */
const firstProject = 2_000_000_000;

/** Where administrators list their projects: projid(5) and projects(5). */
export const projectLines = {
  '/etc/projid': /^[^#:]+:(\d+)/gm,
  '/etc/projects': /^(\d+):/gm,
} as const;

/** `take` gives the project its first inode, after which it is in use. */
export async function takeFreeProject(
  fd: number,
  step: string,
  take: (project: number) => void,
): Promise<number> {
  using _lock = await takeHostLock({ path: hostProjectsPath, step });
  const known = knownProjects();
  let project = firstProject;
  while (known.has(project) || isUsed(native().projectQuota(fd, project))) project += 1;
  take(project);
  return project;
}

export function isUsed(quota: ProjectQuota | undefined): boolean {
  return quota !== undefined && Object.values(quota).some((value) => value !== 0);
}

function knownProjects(): ReadonlySet<number> {
  return new Set(
    Object.entries(projectLines).flatMap(([path, line]) => projectsIn(readText(path), line)),
  );
}

export function projectsIn(text: string, line: RegExp): number[] {
  return [...text.matchAll(line)].map(([, project]) => Number(project));
}
