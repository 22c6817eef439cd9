/**
 * Every start that fails is one error, the same from library and command, with step, path and errno; it leaves
 * nothing behind, and the domain starts once its cause is mended. The messages are printed, for people to judge.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { connect } from 'tslxc';
import type { Connection } from 'tslxc';
import { runPaths, statePaths } from '../../lib/host/state/state-paths';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import type { BusyboxRoot } from '../support/root/busybox-root';
import { tracesOf } from '../support/world/container-traces';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { startByCommand, startByLibrary } from '../support/domain/failed-start';
import type { FailureData } from '../support/domain/failed-start';
import { startOnce } from '../support/world/first-start';
import { expectHostUnchanged, snapshotHost } from '../support/world/host-snapshot';
import { runCommand, runSuccessfully, spawnCommand } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';
import { name } from './failure-case';
import { hostFailures, occupyCgroup } from './host-failures';
import { initFailures } from './init-failures';

const printed: string[] = [];

let root: TestRoot;
let busybox: BusyboxRoot;
let connection: Connection;

beforeAll(startOnce);

beforeEach(async () => {
  root = await makeTestRoot();
  busybox = await makeBusyboxRoot();
  connection = await connect('lxc:///', { root: root.path });
});

afterEach(async () => {
  await connection.close();
  await root.remove();
  await busybox.remove();
});

afterAll(() => {
  process.stdout.write(`\n${printed.join('\n')}\n`);
});

/** A row of the table that is printed: the case, then what the command says. */
function print(title: string, stderr: string): void {
  printed.push(`${title}\n${stderr.trimEnd().replace(/^/gm, '    ')}`);
}

async function define(xml: string): Promise<void> {
  await connection.defineDomain(xml);
}

async function expectNothingLeft(): Promise<void> {
  const { directory, exit } = runPaths(statePaths(root.path), name);
  // What `domstate --reason` says of a start that failed.
  const left = existsSync(directory) ? readdirSync(directory) : [];
  expect(left.filter((file) => file !== basename(exit))).toEqual([]);
  const list = await runSuccessfully(['list', '--all'], { root: root.path });
  expect(list).toMatch(new RegExp(`^ - +${name} +shut off$`, 'm'));
}

async function expectStarts(): Promise<void> {
  const domain = await connection.lookupDomainByName(name);
  await domain.start();
  expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
  await domain.destroy();
  await eventually(() => expect(tracesOf(name)).toEqual([]));
}

/** virsh says what failed, then why. */
const commandWords = (failure: FailureData): string =>
  `error: Failed to start domain '${name}'\nerror: ${failure.message}\n`;

const failures = Object.entries({ ...initFailures, ...hostFailures });

test.each(failures)('a start fails when %s', async (title, arrange) => {
  const { xml, within, failure, mend } = await arrange({ root: root.path, busybox: busybox.path });
  try {
    await define(domainXml({ ...xml, name }));
    const before = snapshotHost();
    const attempt = { root: root.path, name, ...(within === undefined ? {} : { within }) };
    const byLibrary = await startByLibrary(attempt);
    const byCommand = await startByCommand(attempt);
    print(title, byCommand.stderr);
    const { step = '', line, column } = byLibrary;
    expect(step).toMatch(failure.step);
    const place = `${failure.element}, line ${line}, column ${column}`;
    const message = failure.message.replace('{step}', step).replace('{place}', place);
    const position = failure.element === undefined ? {} : { line, column };
    expect(byLibrary).toEqual({ ...failure, ...position, step, message });
    expect(byCommand.failure).toEqual(byLibrary);
    expect(byCommand).toMatchObject({ code: 1, stdout: '\n', stderr: commandWords(byLibrary) });
    await expectHostUnchanged(before);
    await expectNothingLeft();
  } finally {
    await mend();
  }
  await expectStarts();
});

test('a start fails when an element is not carried out by this version, and says where it stands', async () => {
  const devices = '<lease><lockspace>l</lockspace><key>k</key></lease>';
  const xml = domainXml({ name, devices });
  await define(xml);
  const attempt = { root: root.path, name };
  const byLibrary = await startByLibrary(attempt);
  const byCommand = await startByCommand(attempt);
  print('an element is not carried out by this version', byCommand.stderr);
  const file = `${statePaths(root.path).definitions}/${name}.xml`;
  const lines = readFileSync(file, 'utf8').split('\n');
  const line = lines.findIndex((text) => text.includes('<lease>')) + 1;
  const column = (lines[line - 1]?.indexOf('<lease>') ?? -1) + 1;
  const element = 'domain/devices/lease';
  expect(byLibrary).toEqual({
    code: 'CONFIG_UNSUPPORTED',
    message:
      'unsupported configuration: <lease> is not carried out by this version: the lease would not be held, ' +
      'and another host might write to the same disk ' +
      `(${element}, line ${line}, column ${column}) of ${file}`,
    element,
    path: file,
    line,
    column,
  });
  expect(byCommand.failure).toEqual(byLibrary);
  expect(byCommand).toMatchObject({ code: 1, stderr: commandWords(byLibrary) });
  await expectNothingLeft();
  await define(domainXml({ name }));
  await expectStarts();
});

test.each(['first', 'last'] as const)(
  'another program in its %s cgroup stays when the caller of a start is killed',
  async (which) => {
    await define(domainXml({ name }));
    const { leave } = await occupyCgroup(which);
    try {
      const env = { TSLXC_FAILPOINT: 'controller:after-targets=killController' };
      const { signal } = await spawnCommand(['start', name], { root: root.path, env });
      expect(signal).toBe('SIGKILL');
      // A list waits a second for what it cleans up.
      await eventually(async () => {
        await runSuccessfully(['list', '--all'], { root: root.path });
        await expectNothingLeft();
      });
    } finally {
      await leave();
    }
    await expectStarts();
  },
);

test('a domain that runs is not started again', async () => {
  await define(domainXml({ name }));
  const domain = await connection.lookupDomainByName(name);
  await domain.start();
  const { id } = domain;
  const byLibrary = await startByLibrary({ root: root.path, name });
  const byCommand = await startByCommand({ root: root.path, name });
  print('it runs already', byCommand.stderr);
  expect(byLibrary).toEqual({
    code: 'OPERATION_INVALID',
    message: 'Requested operation is not valid: Domain is already running',
  });
  // virsh looks by itself before it asks.
  expect(byCommand).toMatchObject({ code: 1, stderr: 'error: Domain is already active\n' });
  expect(byCommand.failure.code).toBe(byLibrary.code);
  expect(domain.id).toBe(id);
  expect(await domain.state()).toEqual({ state: 'running', reason: 'booted' });
  await domain.destroy();
});

test('a name that another uuid has is not defined again, and both are named', async () => {
  const [mine, other] = ['1', '2'].map((digit) => `${digit.repeat(8)}-1111-4111-8111-111111111111`);
  await define(domainXml({ name, uuid: mine ?? '' }));
  const xml = domainXml({ name, uuid: other ?? '' });
  const message = `operation failed: domain '${name}' already exists with uuid ${mine ?? ''}, not ${other ?? ''}`;
  await expect(define(xml)).rejects.toMatchObject({
    code: 'OPERATION_FAILED',
    message,
    domain: name,
  });
  const file = join(root.path, 'other.xml');
  writeFileSync(file, xml);
  const { code, stderr } = await runCommand(['define', file], { root: root.path });
  print('its name is taken', stderr);
  expect(code).toBe(1);
  expect(stderr).toBe(`error: Failed to define domain from ${file}\nerror: ${message}\n`);
  expect((await connection.lookupDomainByName(name)).uuid).toBe(mine);
});
