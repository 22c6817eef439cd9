/** What tests of user namespaces need: id maps, and roots that only root can reach. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdtemp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Domain } from 'tslxc';
import { makeBusyboxRoot } from '../root/busybox-root';
import { askConsole } from '../console/console-answer';
import { cgroupsOf, initOf } from '../world/container-traces';
import { removeTree } from '../root/remove-tree';
import { runProgram } from '../process/run-command';

/** One range of an id map: first id inside, first id on the host, how many. */
export type Range = readonly [start: number, target: number, count: number];

/** Ranges that differ for users and groups, so that none is taken for the other. */
export const mappedRoot = { uid: 300_000, gid: 400_000 } as const;

export function idMapXml(
  uids: readonly Range[] = [[0, mappedRoot.uid, 65_536]],
  gids: readonly Range[] = [[0, mappedRoot.gid, 65_536]],
): string {
  const line = (name: string, [start, target, count]: Range): string =>
    `<${name} start='${start}' target='${target}' count='${count}'/>`;
  return [
    '<idmap>',
    ...uids.map((range) => line('uid', range)),
    ...gids.map((range) => line('gid', range)),
    '</idmap>',
  ].join('\n');
}

/** `<tslxc:idmap allocate='auto'>` in its place. */
export const automaticIdMapXml = `<metadata>
<tslxc:container xmlns:tslxc='urn:tslxc:domain:1'><tslxc:idmap allocate='auto'/></tslxc:container>
</metadata>`;

export const privateNetworkXml = '<features><privnet/></features>';

export interface ClosedRoot extends AsyncDisposable {
  /** The root of a container. */
  readonly path: string;
  /** The folder with mode 0700 that it lies in. */
  readonly folder: string;
}

const applets = 'chmod chown id mknod mkdir mount mv stat touch umount unshare'.split(' ');

/** A root of busybox that no user of the host can reach. It lies below `parent`, on its file system. */
export async function makeClosedRoot(parent = '/var/tmp'): Promise<ClosedRoot> {
  const folder = await mkdtemp(join(parent, 'tslxc-closed-'));
  const path = join(folder, 'root');
  const busybox = await makeBusyboxRoot(applets);
  if (statSync(folder).dev === statSync(busybox.path).dev) {
    await rename(busybox.path, path);
  } else {
    const { code, stderr } = await runProgram(['cp', '-a', busybox.path, path]);
    await busybox.remove();
    if (code !== 0) throw new Error(stderr);
  }
  await chmod(path, 0o755);
  return { path, folder, [Symbol.asyncDispose]: () => removeTree(folder) };
}

/** The console replays what was said before: every question has marks of its own. */
let questions = 0;

/** Runs a line in the container's shell; resolves with what it printed, without the line itself. */
export async function runInside(domain: Domain, line: string): Promise<string> {
  questions += 1;
  const [begin, end] = [`begin-${questions}-`, `end-${questions}-`];
  const question = `echo ${begin}$((6 * 7)); ${line}; echo ${end}$((6 * 7))`;
  const output = (await askConsole(domain, question, new RegExp(`${end}42`))).replace(/\r/g, '');
  return output.slice(
    output.indexOf(`${begin}42\n`) + begin.length + 3,
    output.indexOf(`${end}42`),
  );
}

/** The user and group ids, on the host, of every process of a container; and its supplementary groups. */
export async function idsOnHost(name: string): Promise<{ pid: number; ids: string }[]> {
  await initOf(name);
  const cgroup = cgroupsOf(name).at(-1) ?? '';
  // Where its limits could be lifted from inside, the container is below its cgroup.
  const files = ['cgroup.procs', 'init/cgroup.procs'].map((file) => join(cgroup, file));
  const texts = files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'));
  const pids = texts.join('').split('\n').filter(Boolean).map(Number);
  return pids.map((pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (key: string): string =>
      new RegExp(`^${key}:(.*)$`, 'm').exec(status)?.[1]?.trim().replace(/\s+/g, ' ') ?? '';
    return { pid, ids: `${field('Uid')} ${field('Gid')} ${field('Groups')}`.trim() };
  });
}

export function ownerOf(path: string): string {
  const { uid, gid } = statSync(path);
  return `${uid}:${gid}`;
}
