/** Starts the attendant of a command: the process on the host that takes it into the container, and knows its end. */
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
  /** The pidfd, and those of the streams: these are closed. */
  readonly descriptors: readonly number[];
  /** Of a command on a terminal: who owns it on the host, and its size. */
  readonly terminal: ({ readonly owner: number } & WindowSize) | undefined;
  /** What the end of its caller means for the command, once it is executed. */
  readonly withoutCaller: 'ends' | 'goes-on';
}

/** One that waits for its plan: its program is loaded by another processor while that is made. */
export interface Attendant {
  readonly channel: Channel;
  readonly executed: Promise<void>;
}

/** The channel is there before the attendant, so that the plan need not wait for it either. */
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
