/** start --foreground and run: signals, the supervisor's notice, and the exit status. */
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInForeground } from '../../../../lib/cli/terminal/foreground';
import { TslxcError } from '../../../../lib/errors';
import type { ExitRecord } from '../../../../lib/container/record/exit-record';
import { FakeConnection } from '../../../support/fake/connection/fake-connection';
import { exitRecord } from '../../../support/fake/host/fake-host';
import { run } from '../run-main';

class Queue<T> {
  readonly #items: T[] = [];
  readonly #waiters: ((item: T) => void)[] = [];

  push(item: T): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#items.push(item);
    else waiter(item);
  }

  next(): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve) => this.#waiters.push(resolve));
  }
}

class Supervision {
  readonly signals = new EventEmitter();
  readonly calls: string[] = [];
  readonly notices: [string, string][] = [];
  readonly environment: Record<string, string | undefined> = { NOTIFY_SOCKET: '/run/notify' };
  end: (record: Partial<ExitRecord>) => void = () => undefined;
  /** What state() says, one a call; shut off when there is none left. */
  readonly states: ('running' | 'gone')[] = [];
  /** What comes of a shutdown: by default init never answers. */
  shutdown: () => Promise<'stopped' | 'rebooted'> = () => new Promise(() => undefined);
  runsAs: 'service' | 'program' = 'service';
  readonly left = new AbortController();

  run(start: (signal: AbortSignal) => Promise<void> = () => Promise.resolve()): Promise<number> {
    const ends = new Queue<ExitRecord>();
    this.end = (record): void => ends.push(exitRecord(record));
    const called = async (call: string): Promise<void> => {
      this.calls.push(call);
      await Promise.resolve();
    };
    return runInForeground({
      context: { signals: this.signals, environment: this.environment },
      domain: {
        sendSignal: (number) => called(`signal ${number}`),
        shutdown: async ({ mode, timeout }) => {
          await called(`shutdown ${String(mode)} ${timeout ?? ''}`);
          return { outcome: await this.shutdown() };
        },
        destroy: async () => {
          await called('destroy');
          this.end({ how: 'killed', signal: 9, requested: 'destroy' });
        },
        wait: () => ends.next(),
        state: async () => {
          await called('state');
          const state = this.states.shift();
          if (state === 'gone') throw new TslxcError('NO_DOMAIN', 'gone');
          if (state === 'running') return { state, reason: 'booted' };
          return { state: 'shutoff', reason: 'shutdown' };
        },
      },
      runsAs: this.runsAs,
      left: this.left.signal,
      start,
      notify: (socket, text) => this.notices.push([socket, text]),
      patience: 20,
    });
  }

  signal(name: NodeJS.Signals): void {
    this.signals.emit(name, name);
  }
}

test('READY=1 is sent once the container runs, and the variable is gone before', async () => {
  const supervision = new Supervision();
  const status = supervision.run(async () => {
    await sleep(1);
    expect(supervision.environment).toEqual({});
    expect(supervision.notices).toEqual([]);
  });
  await sleep(10);
  expect(supervision.notices).toEqual([['/run/notify', 'READY=1']]);
  supervision.end({ code: 3 });
  expect(await status).toBe(3);
  expect(supervision.signals.eventNames()).toEqual([]);
});

test.each<[NodeJS.Signals, number]>([
  ['SIGHUP', 1],
  ['SIGUSR1', 10],
  ['SIGUSR2', 12],
])('%s goes to init', async (name, number) => {
  const supervision = new Supervision();
  const status = supervision.run();
  await sleep(1);
  supervision.signal(name);
  supervision.end({ how: 'killed', signal: number });
  expect(await status).toBe(128 + number);
  expect(supervision.calls).toEqual([`signal ${number}`, 'state']);
});

test.each<NodeJS.Signals>(['SIGTERM', 'SIGINT', 'SIGQUIT'])(
  '%s is a shutdown, and however init answers it the status is 0',
  async (name) => {
    const supervision = new Supervision();
    supervision.shutdown = async () => {
      supervision.end({ how: 'exited', code: 143 });
      return Promise.resolve('stopped');
    };
    const status = supervision.run();
    await sleep(1);
    supervision.signal(name);
    expect(await status).toBe(0);
    expect(supervision.calls).toEqual(['shutdown auto 20', 'state']);
  },
);

test.each([
  ['can’t be asked', () => Promise.reject(new TslxcError('OPERATION_UNSUPPORTED', 'no handler'))],
  ['runs on', () => Promise.reject(new TslxcError('OPERATION_TIMEOUT', 'runs on'))],
  ['answers with a reboot', () => Promise.resolve('rebooted' as const)],
])('an init that %s is destroyed', async (_, answer) => {
  const supervision = new Supervision();
  supervision.shutdown = answer;
  const status = supervision.run();
  await sleep(1);
  supervision.signal('SIGTERM');
  expect(await status).toBe(0);
  expect(supervision.calls).toEqual(['shutdown auto 20', 'destroy', 'state']);
});

test('a second signal destroys it at once', async () => {
  const supervision = new Supervision();
  const status = supervision.run();
  await sleep(1);
  supervision.signal('SIGTERM');
  supervision.signal('SIGINT');
  expect(await status).toBe(0);
  expect(supervision.calls).toEqual(['shutdown auto 20', 'destroy', 'state']);
});

test.each<[string, () => Partial<ExitRecord>, number]>([
  ['exits', () => ({ how: 'exited', code: 9 }), 9],
  ['is ended by the signal', () => ({ how: 'killed', signal: 15 }), 143],
  ['exits with 0', () => ({ how: 'exited', code: 0 }), 0],
])(
  'of run that is told to end, the status is that of a program that %s',
  async (_, end, expected) => {
    const supervision = new Supervision();
    supervision.runsAs = 'program';
    supervision.shutdown = async () => {
      supervision.end(end());
      return Promise.resolve('stopped');
    };
    const status = supervision.run();
    await sleep(1);
    supervision.signal('SIGTERM');
    expect(await status).toBe(expected);
  },
);

test.each(['once', 'twice'])(
  'of run that is told to end %s, the status is 137 where the program had to be killed',
  async (times) => {
    const supervision = new Supervision();
    supervision.runsAs = 'program';
    if (times === 'once') supervision.shutdown = () => Promise.reject(new Error('no handler'));
    const status = supervision.run();
    await sleep(1);
    supervision.signal('SIGINT');
    if (times === 'twice') supervision.signal('SIGINT');
    expect(await status).toBe(137);
  },
);

test('run ends its program when the terminal goes, and a supervisor’s service gets the signal', async () => {
  const supervision = new Supervision();
  supervision.runsAs = 'program';
  supervision.shutdown = () => Promise.reject(new Error('no handler'));
  const status = supervision.run();
  await sleep(1);
  supervision.signal('SIGHUP');
  expect(await status).toBe(137);
  expect(supervision.calls).toEqual(['shutdown auto 20', 'destroy', 'state']);
});

test('who leaves the terminal ends the program, and kills it by a signal after that', async () => {
  const supervision = new Supervision();
  supervision.runsAs = 'program';
  const status = supervision.run();
  await sleep(1);
  supervision.left.abort();
  expect(supervision.calls).toEqual(['shutdown auto 20']);
  supervision.signal('SIGINT');
  expect(await status).toBe(137);
  expect(supervision.calls).toEqual(['shutdown auto 20', 'destroy', 'state']);
});

test('of a container whose monitor was lost, there is no status of its program', async () => {
  const supervision = new Supervision();
  const status = supervision.run();
  await sleep(1);
  supervision.end({ how: 'lost' });
  await expect(status).rejects.toMatchObject({
    message: expect.stringContaining('its monitor ended, and the container with it') as string,
    status: 125,
  });
});

test('a shutdown that is answered too late destroys nothing', async () => {
  const supervision = new Supervision();
  let refuse: (error: Error) => void = () => undefined;
  supervision.shutdown = () => new Promise((_, reject) => (refuse = reject));
  const status = supervision.run();
  await sleep(1);
  supervision.signal('SIGTERM');
  await sleep(1);
  supervision.end({ code: 0 });
  expect(await status).toBe(0);
  refuse(new TslxcError('OPERATION_ABORTED', 'over'));
  await sleep(1);
  expect(supervision.calls).toEqual(['shutdown auto 20', 'state']);
});

test('an init that ignores SIGHUP goes on', async () => {
  const supervision = new Supervision();
  const status = supervision.run();
  await sleep(1);
  supervision.signal('SIGHUP');
  await sleep(40);
  expect(supervision.calls).toEqual(['signal 1']);
  supervision.end({ code: 0 });
  expect(await status).toBe(0);
});

test('SIGTERM during the start abandons it', async () => {
  const supervision = new Supervision();
  const status = supervision.run(async (signal) => {
    supervision.signal('SIGHUP');
    expect(signal.aborted).toBe(false);
    supervision.signal('SIGTERM');
    expect(signal.aborted).toBe(true);
    await Promise.resolve();
    throw new TslxcError('OPERATION_ABORTED', 'start');
  });
  expect(await status).toBe(143);
  expect(supervision.notices).toEqual([]);
  expect(supervision.signals.eventNames()).toEqual([]);
});

test('SIGTERM that comes too late to abandon the start is a shutdown', async () => {
  const supervision = new Supervision();
  const status = supervision.run(async () => {
    supervision.signal('SIGTERM');
    await Promise.resolve();
  });
  await sleep(1);
  expect(supervision.calls).toEqual(['shutdown auto 20']);
  supervision.end({ code: 0 });
  expect(await status).toBe(0);
});

test('a container that is started again at its end is waited for again', async () => {
  const supervision = new Supervision();
  supervision.states.push('running');
  const status = supervision.run();
  await sleep(1);
  supervision.end({ how: 'killed', signal: 1 });
  await sleep(5);
  supervision.end({ code: 4 });
  expect(await status).toBe(4);
  expect(supervision.calls).toEqual(['state', 'state']);
});

test('after SIGTERM a container that was started again is destroyed', async () => {
  const supervision = new Supervision();
  supervision.states.push('running');
  const status = supervision.run();
  await sleep(1);
  supervision.signal('SIGTERM');
  supervision.end({ code: 0 });
  expect(await status).toBe(0);
  expect(supervision.calls).toEqual(['shutdown auto 20', 'state', 'destroy', 'state']);
});

test('a transient domain that is gone with its container has ended', async () => {
  const supervision = new Supervision();
  supervision.states.push('gone');
  const status = supervision.run();
  await sleep(1);
  supervision.end({ code: 6 });
  expect(await status).toBe(6);
});

test('a failed start is an error, and says nothing to the supervisor', async () => {
  const supervision = new Supervision();
  const status = supervision.run(() => Promise.reject(new TslxcError('OPERATION_FAILED', 'no')));
  await expect(status).rejects.toThrow('operation failed: no');
  expect(supervision.notices).toEqual([]);
});

test('the command holds the container, and ends with its exit code', async () => {
  const exit: ExitRecord = { how: 'exited', code: 7, time: 0, boot: '' };
  const connection = new FakeConnection([{ name: 'web', exit }]);
  const ran = await run('start web --foreground', { connection });
  expect(ran).toMatchObject({ status: 7, stdout: "Domain 'web' started\n\n", stderr: '' });
  const [start] = connection.domains[0]?.calls ?? [];
  expect(start).toEqual(['start', expect.objectContaining({ autodestroy: true })]);
  expect(connection.calls).toContainEqual(['ref']);
});
