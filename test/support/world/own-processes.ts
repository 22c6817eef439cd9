/**
 * Which processes of the host these tests have started, or the package for them, and which come from somebody else who uses the
 * machine: another clone of this project, in a PID namespace of its own or not, or another program for containers. Only reads.
 */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { environmentOf, readProcess } from '../process/processes';
import { isInMade, isOfOthers } from './made-folders';

/**
 * In a world of the tests' own, which scripts/own-world.sh makes, all processes are theirs, also one whose parent has ended.
 * Undefined, or `beside`: on the host itself.
 */
const lane = process.env['TSLXC_TEST_LANE'];
const isOwnWorld = lane !== undefined && lane !== 'beside';

/**
 * Whether a process comes from these tests: it descends from this one; or it is the package's, as is a monitor, which descends from nobody,
 * and works below a root in a folder of theirs, or in no place that others share; or it is in a PID namespace below such a one. In a PID
 * namespace, what has lost its parent is told by its cgroup.
 */
export function isOurs(pid: number): boolean {
  if (isOwnWorld || descends(pid)) return true;
  const top = outermost(pid);
  if (top === undefined) return isInOurCgroup(pid);
  return descends(top) || (isOfPackage(top) && worksForUs(top));
}

function descends(pid: number): boolean {
  return pid === process.pid || (pid > 1 && descends(readProcess(pid).parent));
}

/** The process itself, or the next one above it, that is in no PID namespace below ours; undefined if that is init, or has gone. */
function outermost(pid: number): number | undefined {
  if (pid <= 1) return undefined;
  const { depth, parent } = readProcess(pid);
  if (depth === 0) return undefined;
  return depth === 1 ? pid : outermost(parent);
}

function isOfPackage(pid: number): boolean {
  return readProcess(pid).words.some((word) => /(^|\/)tslxc|cli\/main\.js/.test(word));
}

/** By the root that it is told, and the files that it has open: those of a run folder and of a log, of a monitor. */
function worksForUs(pid: number): boolean {
  const root = environmentOf(pid).find((line) => line.startsWith('TSLXC_ROOT='));
  const paths = [...openFiles(pid), ...(root === undefined ? [] : [root.replace(/^.*?=/, '')])];
  return paths.some(isInMade) || !paths.some(isOfOthers);
}

/** A container's init that has outlived its monitor is still in the cgroup of the container, in each hierarchy that has one. */
function isInOurCgroup(pid: number): boolean {
  return /:\/(.*\/)?libvirt(\/|$)/m.test(
    tolerant(() => readFileSync(`/proc/${pid}/cgroup`, 'utf8'), ''),
  );
}

function openFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  const names = tolerant(() => readdirSync(folder), []);
  return names.map((name) => tolerant(() => readlinkSync(`${folder}/${name}`), ''));
}

/** What has gone has nothing open, and is in no cgroup. */
function tolerant<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
