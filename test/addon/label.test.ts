/**
 * A label is asked for by who is to execute a program, and read from outside once it does. No security module is needed
 * for that to be seen: the score of the OOM killer outlives an execve as well, and lies beside the modules' files.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import { Channel } from '../../lib/container/monitor/channel';
import { encodeFrame } from '../../lib/container/monitor/frames';
import type { Message } from '../../lib/container/monitor/messages';
import { stages } from '../../lib/container/monitor/messages';
import { monitorExecutable } from '../../lib/host/executable';
import { native } from '../../lib/host/native';
import { namespaceFlags } from '../../lib/plan/constants';
import { encodeCommandPlan, encodeOperations } from '../../lib/plan/encode';
import type { Operation } from '../../lib/plan/operation';
import type { CommandHeader } from '../../lib/plan/plan';
import { BareStart } from '../support/domain/bare-start';
import { eventually } from '../support/time/eventually';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import { listProcesses, readProcess } from '../support/process/processes';
import { rejectionOf } from './failure';
import { openStreams, type Streams } from './label-streams';
import { Scratch } from './scratch';

const score = '../oom_score_adj';
const stage = stages.indexOf('label');
const { errno } = constants;

const ask = (value: string): Operation => ({
  op: 'setProcessAttribute',
  attribute: score,
  text: value,
});

interface Labels {
  readonly labelAttribute: string;
  readonly labels: readonly string[];
}

const wrong: readonly (readonly [string, Labels, object])[] = [
  ['another', { labelAttribute: score, labels: ['501', '50'] }, { error: 0, subject: '500' }],
  ['none that is accepted', { labelAttribute: score, labels: [] }, { error: 0, subject: '500' }],
  [
    'none that can be read',
    { labelAttribute: 'nothing', labels: ['500'] },
    { error: errno.ENOENT, syscall: 'openat2' },
  ],
];

describe('init', () => {
  test('it runs with the label that it has asked for', async () => {
    await using start = await BareStart.begin({
      inside: [ask('500')],
      header: { labelAttribute: score, labels: ['0', '500'] },
    });
    const { init } = await start.expect('running');
    expect(readFileSync(`/proc/${init}/oom_score_adj`, 'utf8')).toBe('500\n');
    expect(readFileSync(`/proc/${init}/comm`, 'utf8')).toBe('sleep\n');
  });

  test.each(wrong)(
    'with %s it is killed, and nobody is told that it runs',
    async (_, header, what) => {
      const before = snapshotHost();
      {
        await using start = await BareStart.begin({
          inside: [ask('500')],
          header: { ...header, argv: ['/bin/sleep', '4242.5'] },
        });
        expect(await start.expect('failed')).toMatchObject({ stage, ...what });
        expect(existsSync(start.at('running.json'))).toBe(false);
        expect(processesWith('4242.5')).toEqual([]);
      }
      await expectHostUnchanged(before);
    },
  );

  test('one that has ended at once had its label all the same', async () => {
    for (let i = 0; i < 10; ++i) {
      await using start = await BareStart.begin({
        inside: [ask('500')],
        header: { labelAttribute: score, labels: ['500'], argv: ['/bin/true'] },
      });
      await start.expect('running');
      await start.expect('exited');
    }
  });

  test.each([
    ['another file system', 'proc', 'ENOTSUP'],
    ['something over the kernel’s own file', 'proc/thread-self/attr', 'EXDEV'],
  ])('it is not asked for with %s in the place of /proc', async (_, path, error) => {
    const fake: Operation[] = [
      { op: 'makeNamespacePrivate' },
      { op: 'openTree', tree: 'root', path: '/', depth: 'recursive', automount: 'leave' },
      { op: 'enterTree', tree: 'root' },
      { op: 'makeFilesystem', tree: 'fake', type: 'tmpfs', options: [], attributes: 0 },
      { op: 'attachTree', tree: 'fake', root: 'root', path, missing: 'fail' },
      { op: 'pivotRoot' },
      ask('500'),
    ];
    const newMounts = namespaceFlags.mount;
    const run = native().runOperations(encodeOperations(fake), { join: [], unshare: newMounts });
    expect(await rejectionOf(run)).toMatchObject({ errno: error });
  });
});

describe('init after a reboot', () => {
  const scratch = new Scratch();

  afterAll(() => scratch.dispose());

  /** Its command line is what is looked at: it names the interpreter of the script, which the first life can change. */
  async function reboots(name: string, first: string): Promise<BareStart> {
    const [script, flag] = [scratch.at(name), scratch.at(`${name}.flag`)];
    const gate = scratch.at(`${name}.gate`);
    const lines = [
      '#!/bin/sh -e',
      `if [ -e ${flag} ]; then sleep 1000; exit; fi`,
      `: > ${flag}`,
      first,
      `until [ -e ${gate} ]; do sleep 0.05; done`,
      'exec busybox reboot -f',
    ];
    writeFileSync(script, `${lines.join('\n')}\n`, { mode: 0o755 });
    return BareStart.begin({
      inside: [ask('500')],
      header: {
        restarts: 1,
        argv: [script],
        environment: ['PATH=/usr/bin:/bin'],
        labelAttribute: '../cmdline',
        labels: [`/bin/sh\0-e\0${script}`],
      },
    });
  }

  test('it is looked at again', async () => {
    await using start = await reboots('same', ':');
    await start.expect('running');
    writeFileSync(scratch.at('same.gate'), '');
    const { init } = await start.expect('rebooted');
    expect(readFileSync(`/proc/${init}/oom_score_adj`, 'utf8')).toBe('500\n');
  });

  test('with another label it is killed, and the container has ended', async () => {
    await using start = await reboots('other', `sed -i '1s/-e/-u/' ${scratch.at('other')}`);
    await start.expect('running');
    writeFileSync(scratch.at('other.gate'), '');
    expect(await start.expect('exited')).toMatchObject({ how: 1, status: 1 });
    expect(readFileSync(scratch.at('other'), 'utf8')).toMatch(/^#!\/bin\/sh -u\n/);
    expect(processesWith(scratch.at('other'))).toEqual([]);
  });
});

/** Those that still run with this word; a zombie has none. */
function processesWith(word: string): number[] {
  return listProcesses().filter((pid) => readProcess(pid).words.includes(word));
}

describe('a command', () => {
  let start: BareStart;
  let init: number;

  beforeAll(async () => {
    start = await BareStart.begin({});
    init = native().openPidfd((await start.expect('running')).init);
  });

  afterAll(async () => {
    native().closeDescriptor(init);
    await start[Symbol.asyncDispose]();
  });

  /** By an attendant of its own. */
  async function begin(
    header: Partial<CommandHeader>,
  ): Promise<{ channel: Channel; streams: Streams }> {
    const { mount, pid } = namespaceFlags;
    const plan = {
      header: {
        namespaces: mount | pid,
        unifiedCgroup: '',
        attendantTasks: [],
        deadline: 10_000,
        terminal: 0,
        labelAttribute: '',
        labels: [],
        argv: ['/bin/true'],
        environment: [],
        ...header,
      },
      outside: [ask('500')],
      inside: [],
      command: [{ op: 'resetSignals' } as const],
    };
    const streams = openStreams();
    const fd = await native().startMonitor({
      executable: monitorExecutable(),
      argv: ['tslxc-monitor', 'exec', '--name', 'bare', '--descriptors', '4'],
      cgroups: [],
      leafCgroup: -1,
      plan: encodeFrame({ message: 'plan', bytes: encodeCommandPlan(plan) }),
      descriptors: [init, ...streams.far],
    });
    streams.closeFar();
    const channel = Channel.fromDescriptor(fd);
    channel.ref();
    return { channel, streams };
  }

  async function next(channel: Channel): Promise<Message | undefined> {
    const message = await channel.receive();
    return message?.message === 'spawned' ? next(channel) : message;
  }

  function end(channel: Channel): void {
    channel.send({ message: 'acknowledge' });
    channel.unref();
    channel.close();
  }

  test('it runs with the label that was asked for, its output in pipes of a file system’s own', async () => {
    const { channel, streams } = await begin({
      labelAttribute: score,
      labels: ['500'],
      argv: ['/bin/sh', '-c', 'read word; cat /proc/self/oom_score_adj; echo "$word" >/dev/stdout'],
    });
    expect(await next(channel)).toEqual({ message: 'executed' });
    streams.stdin.end('typed\n');
    expect(await text(streams.stdout)).toBe('500\ntyped\n');
    expect(await next(channel)).toMatchObject({ message: 'exited', how: 0, status: 0 });
    end(channel);
    streams.destroy();
  });

  test('one that has ended at once had its label all the same', async () => {
    for (let i = 0; i < 20; ++i) {
      const { channel, streams } = await begin({ labelAttribute: score, labels: ['500'] });
      expect(await next(channel)).toEqual({ message: 'executed' });
      expect(await next(channel)).toMatchObject({ message: 'exited', how: 0, status: 0 });
      end(channel);
      streams.destroy();
    }
  });

  test.each(wrong)('with %s it is killed', async (_, header, what) => {
    const argv = ['/bin/sleep', '4343.5'];
    const { channel, streams } = await begin({ ...header, argv });
    expect(await next(channel)).toMatchObject({ message: 'failed', stage, ...what });
    end(channel);
    streams.destroy();
    await eventually(() => expect(processesWith('4343.5')).toEqual([]));
  });

  test('one that can’t be executed is reported as that', async () => {
    const { channel, streams } = await begin({
      labelAttribute: score,
      labels: ['500'],
      argv: ['/nowhere'],
    });
    expect(await next(channel)).toMatchObject({ message: 'failed', stage: stages.indexOf('exec') });
    end(channel);
    streams.destroy();
  });
});
