/** suspend, resume, shutdown, reboot: what is asked of whom, and what is said of it. */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { InitKind } from '../../../../lib/plan/process/end-request';
import { Connection } from '../../../../lib/driver/connection';
import type { Domain } from '../../../../lib/driver/domain';
import { parseDomainEvent } from '../../../../lib/driver/events/event-log';
import { SyscallError } from '../../../../lib/errors';
import { statePaths } from '../../../../lib/host/state/state-paths';
import { domainXml } from '../../../support/domain/domain-xml';
import { eventually } from '../../../support/time/eventually';
import { exitRecord, FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;
let connection: Connection;
let domain: Domain;

beforeEach(async () => {
  host = new FakeHost(scratchDirectory());
  connection = host.connect();
  domain = await connection.defineDomain(domainXml({ name: 'web' }));
});

afterEach(async () => {
  await connection.close();
});

function initIs(kind: InitKind, heeded: readonly number[] = [], pipe = false): void {
  host.init = {
    ...host.init,
    kindOf: () => kind,
    heeds: (_, signal) => heeded.includes(signal),
    requestLevel: (_, level) => {
      if (pipe) host.asked.push(`level ${level}`);
      return Promise.resolve(pipe ? 'taken' : 'none');
    },
  };
}

const rebootPatience = 120_000;

describe('init is asked by what it understands', () => {
  const every = Array.from({ length: 64 }, (_, index) => index + 1);
  const intend = `intend reboot ${rebootPatience}`;
  // What a reboot before has said of the next end holds no more.
  const none = 'intend none 0';

  test.each<[InitKind, 'pipe' | 'no pipe', string[], string[]]>([
    ['systemd', 'no pipe', [none, 'signal 38'], [intend, 'signal 39']],
    ['systemd', 'pipe', [none, 'signal 38'], [intend, 'signal 39']],
    ['busybox', 'no pipe', [none, 'signal 12'], [intend, 'signal 15']],
    ['other', 'pipe', [none, 'level 0'], [intend, 'level 6']],
    ['other', 'no pipe', [none, none, 'signal 15'], [intend, none, intend, 'signal 15']],
  ])('%s with %s', async (kind, pipe, ...[shutdown, reboot]) => {
    initIs(kind, every, pipe === 'pipe');
    await domain.start();
    expect(await domain.shutdown()).toMatchObject({ outcome: 'asked' });
    expect(host.asked.splice(0)).toEqual(shutdown);
    await domain.reboot();
    expect(host.asked).toEqual(reboot);
  });

  test('SIGPWR is for those that have no handler for SIGTERM', async () => {
    initIs('other', [30]);
    await domain.start();
    expect(await domain.shutdown()).toEqual({ by: 'signal', signal: 30, outcome: 'asked' });
  });

  test('the signal of the definition comes first, and is no reboot', async () => {
    initIs('systemd', every, true);
    const own = "<t:stop signal='SIGQUIT'/>";
    const elements = `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>${own}</t:container></metadata>`;
    await connection.defineDomain(domainXml({ name: 'web', elements }));
    await domain.start();
    expect(await domain.shutdown()).toMatchObject({ by: 'signal', signal: 3 });
    await domain.shutdown({ mode: 'signal' });
    await domain.reboot();
    expect(host.asked.filter((text) => text.startsWith('signal'))).toEqual([
      'signal 3',
      'signal 3',
      'signal 39',
    ]);
  });

  test('mode signal is what libvirt sends, modes are tried in turn', async () => {
    initIs('systemd', every);
    await domain.start();
    await domain.shutdown({ mode: 'signal' });
    await domain.reboot({ mode: ['initctl', 'signal'] });
    expect(host.asked.filter((text) => text.startsWith('signal'))).toEqual([
      'signal 15',
      'signal 1',
    ]);
  });
});

test('nothing is sent to an init that would not notice, and the answer says so', async () => {
  await domain.start();
  const error = { code: 'OPERATION_UNSUPPORTED', domain: 'web' };
  await expect(domain.shutdown()).rejects.toMatchObject({
    ...error,
    message: expect.stringMatching(/no initctl pipe: destroy the domain to end it$/) as string,
  });
  await expect(domain.shutdown({ mode: 'initctl' })).rejects.toMatchObject({
    ...error,
    message: 'Operation not supported: Container does not provide an initctl pipe',
  });
  // The monitor alone hears that an end would be no reboot.
  expect(new Set(host.asked)).toEqual(new Set(['intend none 0']));
});

test('a destroy does not wait for a look into the container, and the one who looks hears of it', async () => {
  let answer: (pipe: 'none') => void = () => undefined;
  const search = new Promise<'none'>((resolve) => (answer = resolve));
  let isAlive = true;
  initIs('other');
  host.init = { ...host.init, isAlive: () => isAlive, requestLevel: () => search };
  await domain.start();
  const asked = domain.shutdown({ timeout: 5000 }).catch((error: unknown) => error);
  await eventually(() => expect(host.asked).toEqual(['intend none 0']));
  await domain.destroy();
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
  isAlive = false;
  answer('none');
  expect(await asked).toMatchObject({
    code: 'OPERATION_INVALID',
    message: "Requested operation is not valid: init of domain 'web' ended before it was asked to",
  });
});

test('an init that ends before its signal is sent is no error of a system call', async () => {
  initIs('other', [15]);
  await domain.start();
  host.failSignal = new SyscallError({
    errno: constants.errno.ESRCH,
    syscall: 'pidfd_send_signal',
  });
  const ended = {
    code: 'OPERATION_INVALID',
    message: "Requested operation is not valid: init of domain 'web' ended before it was asked to",
  };
  await expect(domain.shutdown()).rejects.toMatchObject(ended);
  await expect(domain.reboot()).rejects.toMatchObject(ended);
  host.failSignal = new SyscallError({
    errno: constants.errno.EPERM,
    syscall: 'pidfd_send_signal',
  });
  await expect(domain.shutdown()).rejects.toMatchObject({ code: 'SYSTEM_ERROR' });
});

test.each([
  ['initctl', ': destroy the domain to end it'],
  [
    'auto',
    ', and init has no handler for a signal that asks it to end: destroy the domain to end it',
  ],
] as const)('a pipe that is not found in time is told of, with mode %s', async (mode, rest) => {
  initIs('other');
  const searched: number[] = [];
  host.init = {
    ...host.init,
    requestLevel: ({ within }) => {
      searched.push(within);
      return Promise.resolve('late');
    },
  };
  await domain.start();
  for (const timeout of [10, 2000, undefined]) {
    const options = timeout === undefined ? { mode } : { mode, timeout };
    await expect(domain.shutdown(options)).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT' });
  }
  expect(searched).toEqual([1000, 2000, 3000]);
  await expect(domain.shutdown({ mode, timeout: 2000 })).rejects.toMatchObject({
    message: `Timed out during operation: a file system of domain 'web' has not answered for 2 s${rest}`,
  });
  initIs('other', [15]);
  host.init = { ...host.init, requestLevel: () => Promise.resolve('late') };
  expect(await domain.shutdown()).toEqual({ by: 'signal', signal: 15, outcome: 'asked' });
});

test('an older monitor is asked only for what it sees by itself', async () => {
  host.version = 1;
  initIs('systemd', [38, 39]);
  await domain.start();
  await domain.reboot();
  initIs('other', [15]);
  await domain.shutdown();
  await expect(domain.reboot()).rejects.toMatchObject({ code: 'OPERATION_UNSUPPORTED' });
  await expect(domain.destroy({ graceful: true })).rejects.toMatchObject({
    code: 'OPERATION_UNSUPPORTED',
  });
  expect(host.asked).toEqual(['signal 39', 'signal 15']);
});

test('with a timeout the answer is how it ended, or that it runs on', async () => {
  initIs('other', [15]);
  await domain.start();
  await expect(domain.shutdown({ timeout: 60 })).rejects.toMatchObject({
    code: 'OPERATION_TIMEOUT',
    message: expect.stringContaining("init of domain 'web' was asked by signal 15") as unknown,
  });
  const answer = domain.shutdown({ timeout: 5000 });
  setTimeout(() => host.end('web', exitRecord({ code: 7 })), 50);
  expect(await answer).toMatchObject({ outcome: 'stopped', exit: { how: 'exited', code: 7 } });
});

test.each([{ mode: 'acpi' as 'auto' }, { mode: [] }, { timeout: -1 }, { timeout: NaN }])(
  '%j is an invalid argument',
  async (options) => {
    await domain.start();
    await expect(domain.shutdown(options)).rejects.toMatchObject({ code: 'INVALID_ARG' });
  },
);

test('a paused domain is so for every caller, until it is resumed, and each change is told once', async () => {
  await domain.start();
  const other = host.connect();
  const same = await other.lookupDomainByName('web');
  await domain.suspend();
  await same.suspend();
  expect(host.lastEvent()).toMatchObject({ event: 'suspended', detail: 'paused' });
  expect(await same.state()).toEqual({ state: 'paused', reason: 'user' });
  expect((await same.info()).state).toEqual({ state: 'paused', reason: 'user' });
  await expect(same.shutdown()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
  await expect(same.reboot()).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
  await same.resume();
  expect(host.lastEvent()).toMatchObject({ event: 'resumed', detail: 'unpaused' });
  expect(await domain.state()).toEqual({ state: 'running', reason: 'unpaused' });
  await expect(domain.resume()).rejects.toMatchObject({
    message: 'Requested operation is not valid: domain is already running',
  });
  await other.close();
});

test('a domain whose init ends just now is not paused, and its next life is not stopped', async () => {
  await domain.start();
  const refused = {
    code: 'OPERATION_INVALID',
    message:
      'Requested operation is not valid: init has ended: the domain is being rebooted, or goes off',
  };
  for (const looks of [[true], [false, true]]) {
    host.init = { ...host.init, isKilled: () => looks.shift() !== false };
    await expect(domain.suspend()).rejects.toMatchObject(refused);
    expect(looks).toEqual([]);
    expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
  }
});

test('a paused domain is destroyed', async () => {
  await domain.start();
  await domain.suspend();
  await domain.destroy();
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
});

test.each<readonly [string, () => Promise<unknown>]>([
  ['state', () => domain.state()],
  ['a look for its name', () => connection.lookupDomainByName('web')],
  ['a list', () => connection.listDomains()],
])('a reboot that its helper could not tell of is told once by %s', async (_, look) => {
  await domain.start({ ownership: 'leave' });
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error('it does not run');
  host.states.set('web', { ...state, running: { ...state.running, boots: 1 } });
  const told = (): string[] =>
    readFileSync(statePaths(host.root).events, 'utf8')
      .split('\n')
      .flatMap((line) => parseDomainEvent(line)?.event ?? []);
  for (const _ of ['first', 'second']) {
    await look();
    expect(told().slice(-2)).toEqual(['started', 'reboot']);
  }
});

test('reboots are told by the process that comes next, once for each, before what follows', async () => {
  await domain.start({ ownership: 'leave' });
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error('it should run');
  host.states.set('web', { ...state, running: { ...state.running, boots: 2 } });
  const told: string[] = [];
  const events = connection.events();
  expect(await connection.reap()).toBe(0);
  await connection.reap();
  await domain.destroy();
  for await (const { event } of events) {
    told.push(event);
    if (event === 'stopped') break;
  }
  expect(told).toEqual(['reboot', 'reboot', 'stopped']);
});

describe('without room for records', () => {
  const full = (): Error =>
    new SyscallError({ errno: constants.errno.ENOSPC, syscall: 'write', path: 'start.json' });

  test('what has been resumed is: that is said, and the log tells what is not on record', async () => {
    await domain.start({ ownership: 'leave' });
    await domain.suspend();
    host.failReplace = full();
    await domain.resume();
    expect(await domain.state()).toMatchObject({ state: 'running' });
    expect(host.lastEvent()).toMatchObject({ event: 'resumed', detail: 'unpaused' });
    expect(host.lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'that it was resumed is not on record',
        fields: { domain: 'web', err: host.failReplace },
      }),
    );
  });

  test('a shutdown that can not be put on record is refused, and its connection to the monitor closed', async () => {
    const restart = "<t:restart policy='on-failure'/>";
    const elements = `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>${restart}</t:container></metadata>`;
    const session = host.session();
    const connect = session.containers.connectMonitor.bind(session.containers);
    await using own = Connection.of(session, 'lxc:///');
    const other = await own.defineDomain(domainXml({ name: 'other', elements }));
    await other.start({ ownership: 'leave' });
    host.failReplace = full();
    const close = jest.fn();
    const connected = jest.spyOn(session.containers, 'connectMonitor');
    connected.mockImplementation(async (paths, name) => {
      const monitor = await connect(paths, name);
      if (monitor !== undefined) jest.spyOn(monitor, 'close').mockImplementation(close);
      return monitor;
    });
    await expect(other.shutdown()).rejects.toMatchObject({ errno: constants.errno.ENOSPC });
    expect(connected).toHaveBeenCalled();
    expect(close).toHaveBeenCalledTimes(connected.mock.calls.length);
    expect(host.asked).toEqual([]);
  });

  test('what has rebooted is listed, and can be destroyed', async () => {
    await domain.start({ ownership: 'leave' });
    const state = host.state('web');
    if (state.phase !== 'running') throw new Error('it should run');
    host.states.set('web', { ...state, running: { ...state.running, boots: 1 } });
    host.failReplace = full();
    expect((await connection.listDomains()).map(({ name }) => name)).toEqual(['web']);
    expect(await domain.state()).toMatchObject({ state: 'running' });
    await domain.destroy();
    expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'destroyed' });
  });
});

test('closing a connection ends what was bonded to it, and nothing else', async () => {
  const other = host.connect();
  const bonded = await other.lookupDomainByName('web');
  await bonded.start({ autodestroy: true });
  const free = await other.createDomain(domainXml({ name: 'free' }));
  await other.close();
  expect(await domain.state()).toMatchObject({ reason: 'destroyed' });
  expect(host.state('free').phase).toBe('running');
  expect(free.name).toBe('free');
});

test('closing a connection does not end what another has started since, in the place of what was bonded to it', async () => {
  const owner = host.connect();
  const bonded = await owner.lookupDomainByName('web');
  await bonded.start({ autodestroy: true });
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error('it should run');
  // Another process is the first to see its end, and its owner hears of that later.
  const onExited = host.running.get('web')?.start.onExited;
  host.states.set('web', { phase: 'ended', start: state.start, exit: exitRecord() });
  await domain.start({ ownership: 'leave' });
  onExited?.();
  await owner.close();
  expect(await domain.state()).toMatchObject({ state: 'running' });
});
