/**
 * Every test that touches the host leaves it as it was: takes a snapshot of the host, and compares it with the host afterwards.
 *
 * The same commit has to have the same verdict on a machine that others use at the same time: another clone of this project, other
 * programs for containers, people. So of what comes and goes only that counts which can come from these tests; what is left out, and why:
 *
 * - mounts in temporary folders that this process has not made, and in the places where other programs have theirs, such as
 *   /var/lib/docker (made-folders.ts). They also vanish from here when somebody removes their folder in another mount namespace. A mount at any
 *   other place counts, since a container on the host's own root may leave one anywhere;
 * - cgroups below `libvirt` whose mark names a root in such a folder;
 * - processes that neither descend from this one, nor are the package's with a root of these tests, nor are in a PID namespace below those
 *   (own-processes.ts). In a world of the tests' own all count;
 * - pseudo-terminals whose master such a process has;
 * - loop devices whose file these tests have not made;
 * - files in the places where other programs have theirs, such as what skopeo keeps of all layers that anybody has copied.
 *
 * Interfaces, routes and rules count as a whole: tests of networks have a network namespace of their own. test/host/host-snapshot.test.ts
 * shows of each that what a test itself leaves is seen, and what somebody else does is not.
 */
import * as aspects from './host-aspects';
import { ptys } from './host-ptys';
import { isOfOthers } from './made-folders';
import { eventually } from '../time/eventually';

const patience = 5000;

/**
 * Undefined where nothing but these tests changes the host; else scripts/test.js says whether they run `apart`, in a world of
 * their own, or `beside` tests with containers, in a network namespace of their own.
 */
const lane = process.env['TSLXC_TEST_LANE'];

export interface HostSnapshot {
  /** The trees that were asked for, with their files. */
  readonly roots: readonly string[];
  /** Sorted lines by aspect: mounts, links, cgroups, … */
  readonly lines: Readonly<Record<string, readonly string[]>>;
}

/**
 * The host as it is: mounts, links, routes, rules, cgroups, container processes, ptys, loop devices, this process's
 * descriptors, and the files below `roots`.
 */
export function snapshotHost(roots: readonly string[] = []): HostSnapshot {
  const running = aspects.hostProcesses();
  const lines: Record<string, string[]> = {
    ...aspects.network(),
    'servers of networks': aspects.networkServers(running),
    descriptors: aspects.descriptors(),
    ...(lane === 'beside' ? {} : ownWorld(running)),
    // Loop devices are shared by all worlds.
    ...(lane === undefined ? { 'loop devices': aspects.loopDevices() } : {}),
  };
  for (const root of roots) lines[`files of ${root}`] = filesBelow(root);
  for (const list of Object.values(lines)) list.sort();
  return { roots, lines };
}

/**
 * What tests in other lanes change on the host's own root, which all worlds share: a mount target that the host lacks, of the
 * seed's documents.
 */
const placeOfLanes = '/etc/httpd/';

function filesBelow(root: string): string[] {
  const all = aspects.files(root);
  // A test that names such a place itself asks about it.
  const lines = isOfOthers(`${root}/`) ? all : all.filter((line) => !isOfOthers(line));
  return lane === undefined ? lines : lines.filter((line) => !line.startsWith(placeOfLanes));
}

/** What is not of this process's network namespace. */
function ownWorld(running: readonly aspects.HostProcess[]): Record<string, string[]> {
  return {
    mounts: aspects.mounts(),
    cgroups: aspects.cgroups(),
    processes: aspects.processes(running),
    ptys: ptys(),
  };
}

/**
 * Waits up to 5 s for the host to be as in `before` (a monitor's last clean-up takes its time), then
 * throws with what came and what went. Aspects in `except` aren't compared.
 */
export async function expectHostUnchanged(
  before: HostSnapshot,
  { except = [] }: { readonly except?: readonly string[] } = {},
): Promise<void> {
  await eventually(() => {
    const report = describeChanges(before, snapshotHost(before.roots), except);
    if (report !== '') throw new Error(`the host is not as it was\n${report}`);
  }, patience);
}

/** What came (+) and what went (-), by aspect; empty when nothing did. */
export function describeChanges(
  before: HostSnapshot,
  after: HostSnapshot,
  except: readonly string[] = [],
): string {
  return Object.entries(before.lines)
    .filter(([aspect]) => !except.includes(aspect))
    .flatMap(([aspect, old]) => {
      const now = after.lines[aspect] ?? [];
      const changes = [
        ...old.filter((line) => !now.includes(line)).map((line) => `  - ${line}`),
        ...now.filter((line) => !old.includes(line)).map((line) => `  + ${line}`),
      ];
      return changes.length === 0 ? [] : [`${aspect}:`, ...changes];
    })
    .join('\n');
}
