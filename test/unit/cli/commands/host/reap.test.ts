/** reap: says everything to the log, which is all that a monitor has of it, and why it has failed to its caller. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SyscallError } from '../../../../../lib/errors';
import { eventually } from '../../../../support/time/eventually';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { run } from '../../run-main';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'reap-'));
  mkdirSync(logs(), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

function logs(): string {
  return join(root, 'var/log/tslxc/lxc');
}

function logged(name: string): Record<string, unknown>[] {
  const text = readFileSync(join(logs(), `${name}.log`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('what the library tells of no domain is logged, and the rest is left to it', async () => {
  const environment = { TSLXC_ROOT: root };
  const connection = new FakeConnection();
  const ran = await run('reap web', { environment, connection });
  expect(ran).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(ran.connection.calls).toEqual([['reap']]);
  const logger = ran.connects[0]?.[1].logger;
  logger?.info({ domain: 'db', exit: { how: 'exited' } }, 'cleaned up');
  logger?.debug({}, 'left out');
  logger?.warn({}, 'of none');
  await eventually(() => expect(logged('reap')).toMatchObject([{ level: 40, msg: 'of none' }]));
  expect(existsSync(join(logs(), 'db.log'))).toBe(false);
});

test('a failure is logged with its fields, and told', async () => {
  const connection = new FakeConnection();
  connection.failure = new SyscallError({ errno: 16, syscall: 'rmdir', path: '/sys/fs/cgroup/x' });
  const ran = await run(`--root ${root} reap`, { connection });
  expect(ran).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/^error: .*rmdir.*\/sys\/fs\/cgroup\/x.*EBUSY/) as string,
  });
  expect(logged('reap')).toMatchObject([
    { level: 50, err: { code: 'SYSTEM_ERROR', errno: 16, path: '/sys/fs/cgroup/x' } },
  ]);
});

test('a refused connection is logged and told, too', async () => {
  const ran = await run(`--root ${root} reap a/b`, { refusal: new Error('no') });
  expect(ran).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('error: internal error: no\n') as string,
  });
  expect(logged('reap')).toHaveLength(1);
});

test('a log that can not be written hinders nothing', async () => {
  rmSync(join(root, 'var'), { recursive: true });
  writeFileSync(join(root, 'var'), '');
  expect(await run(`--root ${root} reap`)).toMatchObject({ status: 0, stdout: '', stderr: '' });
});
