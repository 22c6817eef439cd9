/** reap: says everything to the log, and nothing to anybody. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SyscallError } from '../../../lib/errors';
import { FakeConnection } from './fake-connection';
import { run } from './run-main';

let root: string;

beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'reap-'))));
afterEach(() => rmSync(root, { recursive: true }));

function logged(name: string): Record<string, unknown>[] {
  const text = readFileSync(join(root, 'var/log/tslxc/lxc', `${name}.log`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('what the library tells is logged in the file of the domain', async () => {
  const environment = { TSLXC_ROOT: root };
  const ran = await run('reap web', { environment });
  expect(ran).toMatchObject({ status: 0, stdout: '', stderr: '' });
  expect(ran.connection.calls).toEqual([['reap']]);
  const logger = ran.connects[0]?.[1].logger;
  logger?.info({ domain: 'db', exit: { how: 'exited' } }, 'cleaned up');
  logger?.debug({ domain: 'db' }, 'left out');
  logger?.warn({}, 'of none');
  logger?.error({ domain: '../../etc/x', err: new TypeError('bad') }, 'no path');
  expect(logged('db')).toMatchObject([{ level: 30, exit: { how: 'exited' }, msg: 'cleaned up' }]);
  expect(logged('reap')).toMatchObject([
    { level: 40, msg: 'of none' },
    { level: 50, msg: 'no path', err: { message: 'bad' } },
  ]);
});

test('a log that has grown is put aside', async () => {
  const { connects } = await run(`--root ${root} reap`);
  const logger = connects[0]?.[1].logger;
  const filler = 'x'.repeat(300_000);
  for (let count = 0; count < 5; count += 1) logger?.info({ domain: 'db', count, filler }, 'more');
  expect(logged('db').map(({ count }) => count)).toEqual([4]);
});

test('a failure is logged with its fields', async () => {
  const connection = new FakeConnection();
  connection.failure = new SyscallError({ errno: 16, syscall: 'rmdir', path: '/sys/fs/cgroup/x' });
  const ran = await run(`--root ${root} reap`, { connection });
  expect(ran).toMatchObject({ status: 1, stdout: '', stderr: '' });
  expect(logged('reap')).toMatchObject([
    { level: 50, err: { code: 'SYSTEM_ERROR', errno: 16, path: '/sys/fs/cgroup/x' } },
  ]);
});

test('a refused connection is logged too', async () => {
  const ran = await run(`--root ${root} reap a/b`, { refusal: new Error('no') });
  expect(ran).toMatchObject({ status: 1, stdout: '', stderr: '' });
  expect(logged('reap')).toHaveLength(1);
});

test('a log that can not be written hinders nothing', async () => {
  writeFileSync(join(root, 'var'), '');
  expect(await run(`--root ${root} reap`)).toMatchObject({ status: 0, stdout: '', stderr: '' });
});
