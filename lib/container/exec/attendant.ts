/**
 * Starts the attendant of a command: the process on the host that brings the command into the container and reports its
 * end.
 */
import { closeSync, constants, openSync } from 'node:fs';
import { monitorExecutable } from '../../host/executable';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { native } from '../../host/native';
import type { WindowSize } from '../../host/native';
import { monitorLeaf } from '../../plan/cgroups/cgroups';
import { Channel } from '../monitor/channel';
import { closeAll } from './command-streams';
import { attendantFailure } from './exec-failure';

/** What an attendant is started with. */
interface Spawn {
  readonly layout: CgroupLayout;
  readonly name: string;
  /** The pidfd of init, then the descriptors of the streams; only the latter are closed. */
  readonly descriptors: readonly number[];
  /** For a command on a terminal: the terminal's owner on the host, and its size. */
  readonly terminal: ({ readonly owner: number } & WindowSize) | undefined;
  /** What the end of its caller means for the command, once it is executed. */
  readonly withoutCaller: 'ends' | 'goes-on';
}

/** An attendant that waits for its plan: another processor loads its program while the plan is made. */
export interface Attendant {
  readonly channel: Channel;
  readonly executed: Promise<void>;
}

/** The channel exists before the attendant runs, so that the plan need not wait for it either. */
export function startAttendant(spawn: Spawn): Attendant {
  try {
    const [near, far] = native().makePair('socket');
    return { channel: Channel.fromDescriptor(near), executed: execute(spawn, far) };
  } catch (error) {
    closeAll(spawn.descriptors.slice(1));
    throw attendantFailure(error, spawn.name);
  }
}

async function execute(
  { layout, name, descriptors, terminal, withoutCaller }: Spawn,
  channel: number,
): Promise<void> {
  const { owner = 0, rows = 0, columns = 0 } = terminal ?? {};
  const { monitorUnified } = monitorLeaf(layout);
  let leaf = -1;
  try {
    if (monitorUnified !== '') {
      leaf = openSync(monitorUnified, constants.O_RDONLY | constants.O_DIRECTORY);
    }
    const program = {
      executable: monitorExecutable(),
      argv: [
        ...['tslxc-monitor', 'exec', '--name', name, '--descriptors', String(descriptors.length)],
        ...(terminal === undefined ? [] : ['--terminal', `${owner}:${rows}:${columns}`]),
        ...(withoutCaller === 'ends' ? [] : ['--detached']),
      ],
      leafCgroup: leaf,
      descriptors,
    };
    await native().executeMonitor(program, channel);
  } finally {
    if (leaf !== -1) closeSync(leaf);
    closeAll([channel, ...descriptors.slice(1)]);
  }
}
