/** logs: what it asks for and how it prints it, and with --follow, what becomes of the signals that end it. */
import { EventEmitter } from 'node:events';
import { main } from '../../../../../lib/cli/shell/invocation';
import { TslxcError } from '../../../../../lib/errors';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { FakeTerminal, run } from '../../run-main';

const failure = new TslxcError('OPERATION_FAILED', 'the log can not be read');

test.each([
  { how: 'ends', domain: { name: 'web', id: 7 }, status: 0, stdout: 'a line\nan older one\n' },
  { how: 'fails', domain: { name: 'web', id: 7, failure }, status: 1, stdout: '' },
])('once it $how, the signals do what they did before', async ({ domain, status, stdout }) => {
  const connection = new FakeConnection([domain]);
  const signals = new EventEmitter();
  expect(await run('logs web --follow', { connection, signals })).toMatchObject({ status, stdout });
  expect(connection.domains[0]?.calls).toContainEqual([
    'logLines',
    expect.objectContaining({ follow: true }),
  ]);
  expect(signals.eventNames()).toEqual([]);
});

test('--timestamps begins each line with its time, and - stands for one that is not known', async () => {
  const connection = new FakeConnection([{ name: 'web', id: 7 }]);
  expect(await run('logs web -t', { connection })).toMatchObject({
    status: 0,
    stdout: '2026-01-02T03:04:05.678Z a line\n- an older one\n',
  });
  expect(await run('logs web --format json', { connection })).toMatchObject({
    stdout: '{"line":"a line","time":"2026-01-02T03:04:05.678Z"}\n{"line":"an older one"}\n',
  });
});

test('--raw and data are not asked for together', async () => {
  const connection = new FakeConnection([{ name: 'web', id: 7 }]);
  expect(await run('logs web --raw --format json', { connection })).toMatchObject({
    status: 1,
    stdout: '',
    stderr: 'error: --raw and --format json are mutually exclusive\n',
  });
  expect((await run('logs web --raw --format text', { connection })).status).toBe(0);
});

test('--raw shows the bytes as they are, with their line ends', async () => {
  const written: Uint8Array[] = [];
  const sink = { write: (data: string | Uint8Array) => void written.push(Buffer.from(data)) };
  const connection = new FakeConnection([{ name: 'web', id: 7 }]);
  const show = async (...words: string[]): Promise<string> => {
    written.splice(0);
    await main(['logs', 'web', ...words], {
      environment: {},
      stdout: sink,
      stderr: sink,
      terminal: new FakeTerminal('pipe'),
      signals: new EventEmitter(),
      connect: () => Promise.resolve(connection.asConnection()),
    });
    return Buffer.concat(written).toString('latin1');
  };
  expect(await show('--raw')).toBe('a \xffline\r\nan older one');
  expect(await show('--raw', '-t')).toBe('2026-01-02T03:04:05.678Z a \xffline\r\n- an older one');
  expect(await show()).toBe('a line\nan older one\n');
});

test('--since and --until are handed on as moments, and what is none is refused before anything is asked', async () => {
  const connection = new FakeConnection([{ name: 'web', id: 7 }]);
  const words = 'logs web --since 2026-01-02T03:04:05Z --until 1767326400';
  expect(await run(words, { connection })).toMatchObject({ status: 0 });
  const asked = {
    since: new Date('2026-01-02T03:04:05Z'),
    until: new Date('2026-01-02T04:00:00Z'),
  };
  expect(connection.domains[0]?.calls).toContainEqual(['logLines', expect.objectContaining(asked)]);
  const refused = await run('logs web --since yesterday', { connection: new FakeConnection([]) });
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain("'yesterday' for <since> option is no moment");
});
