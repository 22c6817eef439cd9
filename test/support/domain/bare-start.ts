/**
 * A start of the monitor alone, from a plan that a test writes: no cgroups, no root of its own, no controller.
 * Init is a program of the host in new namespaces.
 */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Channel } from '../../../lib/container/monitor/channel';
import { encodeFrame } from '../../../lib/container/monitor/frames';
import type { Message, MessageName, MessageNamed } from '../../../lib/container/monitor/messages';
import { monitorExecutable } from '../../../lib/host/executable';
import { native } from '../../../lib/host/native';
import { namespaceFlags } from '../../../lib/plan/constants';
import { encodePlan } from '../../../lib/plan/encode';
import type { Operation } from '../../../lib/plan/operation';
import type { Plan, PlanHeader } from '../../../lib/plan/plan';
import { removeTree } from '../root/remove-tree';

export interface BareStartOptions {
  readonly mapped?: readonly Operation[];
  /** Within the container's namespaces. */
  readonly inside?: readonly Operation[];
  readonly header?: Partial<PlanHeader>;
}

/** What a plan without a root needs to have a console. */
const entry: readonly Operation[] = [
  { op: 'newSession', umask: 0o022 },
  { op: 'makeNamespacePrivate' },
  {
    op: 'makeFilesystem',
    tree: 'devpts',
    type: 'devpts',
    options: ['newinstance', 'mode=0620', 'ptmxmode=0666'],
    attributes: 0,
  },
  { op: 'openConsole', devpts: 'devpts', index: 0, uid: 0 },
];

const leave: readonly Operation[] = [
  { op: 'resetSignals' },
  { op: 'setParentDeathSignal', signal: 9 },
];

export class BareStart implements AsyncDisposable {
  /** The run folder. */
  readonly folder: string;
  readonly channel: Channel;
  readonly #early: Message[] = [];
  #monitor = 0;

  private constructor(folder: string, channel: Channel) {
    this.folder = folder;
    this.channel = channel;
    channel.ref();
  }

  static async begin({ mapped = [], inside = [], header }: BareStartOptions): Promise<BareStart> {
    const folder = mkdtempSync('/var/tmp/tslxc-bare-');
    const plan: Plan = {
      header: { ...bareHeader(folder), ...header },
      outside: [],
      mapped,
      again: [],
      inside: [...becomeRoot(header), ...entry, ...inside, ...leave],
    };
    const fd = await native().startMonitor({
      executable: monitorExecutable(),
      argv: ['tslxc-monitor', '--name', 'bare'],
      cgroups: [],
      leafCgroup: -1,
      plan: encodeFrame({ message: 'plan', bytes: encodePlan(plan) }),
      descriptors: [],
    });
    return new BareStart(folder, Channel.fromDescriptor(fd));
  }

  /** The monitor's pid. */
  async monitor(): Promise<number> {
    if (this.#monitor === 0) this.#monitor = (await this.expect('spawned')).pid;
    return this.#monitor;
  }

  /** Stage 0 and the monitor write in their own time: what comes before is kept. */
  async expect<Name extends MessageName>(name: Name): Promise<MessageNamed<Name>> {
    const isWanted = (message: Message): message is MessageNamed<Name> => message.message === name;
    const early = this.#early.findIndex(isWanted);
    if (early !== -1) return this.#early.splice(early, 1)[0] as MessageNamed<Name>;
    for (;;) {
      const message = await this.channel.receive();
      if (message === undefined) throw new Error(`the monitor ended before it said '${name}'`);
      if (isWanted(message)) return message;
      if (message.message === 'failed') throw new Error(JSON.stringify(message));
      this.#early.push(message);
    }
  }

  /** A file in the run folder. */
  at(name: string): string {
    return join(this.folder, name);
  }

  /** Waits for the monitor, or what it has become, to have ended. */
  async ended(): Promise<void> {
    let pidfd: number;
    try {
      pidfd = native().openPidfd(await this.monitor());
    } catch {
      return;
    }
    const patience = 10_000;
    const hasEnded = await native().waitPidfd(pidfd, patience);
    native().closeDescriptor(pidfd);
    if (!hasEnded) throw new Error('the monitor has not ended');
  }

  /** Ends the container, as its owner does. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.channel.send({ message: 'own' });
    this.channel.send({ message: 'destroy' });
    this.channel.send({ message: 'acknowledge' });
    await this.ended();
    this.channel.unref();
    this.channel.close();
    await removeTree(this.folder);
  }
}

/** In a user namespace init begins as an id that the map may not have. */
function becomeRoot({ uidMap = '' }: Partial<PlanHeader> = {}): Operation[] {
  return uidMap === '' ? [] : [{ op: 'setIds', uid: 0, gid: 0, groups: [] }];
}

function bareHeader(folder: string): PlanHeader {
  const { mount, pid, net } = namespaceFlags;
  return {
    name: 'bare',
    runDirectory: folder,
    namespaces: mount | pid | net,
    uidMap: '',
    gidMap: '',
    namespaceOwner: 0,
    unifiedCgroup: '',
    monitorTasks: [],
    deadline: 5000,
    replayBytes: 4096,
    consoles: 1,
    logDirectory: '',
    logFile: '',
    logBytes: 0,
    outputFiles: [],
    freshOutputFiles: [],
    outputFileBytes: 0,
    outputFileBackups: 0,
    consoleDescriptors: 0,
    passDescriptors: 0,
    standardStreams: 0,
    argv: ['/bin/sleep', '1000'],
    environment: [],
    reapProgram: '/bin/sh',
    reapArgv: ['sh', '-c', `readlink /proc/self/fd/* > ${folder}/reaped`],
    reapEnvironment: ['PATH=/usr/bin:/bin'],
    watchArgv: [],
    watchLocks: '',
    watchByte: 0n,
    endPatience: 0,
    endRequest: [],
    boot: '',
    pause: 0,
    keepNetwork: 0,
    cgroups: [],
    recorded: [],
    restarts: 0,
    autodestroy: 0,
    labelAttribute: '',
    labels: [],
    failpoint: 0,
    failAction: 0,
    failCount: 1,
  };
}
