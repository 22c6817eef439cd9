/** The log of the command: its lines are those of the domains' logs, and pino is loaded for the first of them. */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorLines } from '../../../../lib/cli/shell/command-error';
import { openLog } from '../../../../lib/cli/shell/log';
import { DomainLog } from '../../../../lib/host/log/domain-log';

let loads = 0;
jest.mock('pino', () => {
  loads++;
  return jest.requireActual<object>('pino');
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tslxc-unit-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function refusal(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

function linesOf(path: string): Record<string, unknown>[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a command that logs nothing at its level does not load pino', () => {
  const logFile = join(directory, 'command.log');
  const log = openLog({ debug: 3, logFile });
  log.debug({}, 'a step');
  log.info({}, 'done');
  expect(loads).toBe(0);
  expect(linesOf(logFile)).toEqual([]);
  log.warn({}, 'look out');
  expect(loads).toBe(1);
  expect(linesOf(logFile)).toMatchObject([{ level: 40, msg: 'look out' }]);
});

test('opened anew, it goes on in the file that is now at its path', () => {
  const logFile = join(directory, 'command.log');
  const log = openLog({ logFile });
  log.error({}, 'before');
  renameSync(logFile, `${logFile}.1`);
  log.error({}, 'not yet');
  log.reopen();
  log.error({}, 'after');
  const saidIn = (path: string): unknown[] => linesOf(path).map(({ msg }) => msg);
  expect([saidIn(`${logFile}.1`), saidIn(logFile)]).toEqual([['before', 'not yet'], ['after']]);
});

test('if its file can’t be opened anew, it says so in the one of before, and goes on there', () => {
  const logFile = join(directory, 'folder/command.log');
  mkdirSync(join(directory, 'folder'));
  const log = openLog({ logFile });
  renameSync(join(directory, 'folder'), join(directory, 'moved'));
  log.reopen();
  log.error({}, 'after');
  expect(linesOf(join(directory, 'moved/command.log'))).toMatchObject([
    {
      msg: 'the log is not opened anew',
      err: { message: expect.stringContaining(logFile) as string },
    },
    { msg: 'after' },
  ]);
});

test('a file that can’t be opened is told at once', () => {
  const logFile = join(directory, 'missing/command.log');
  const said = refusal(() => openLog({ logFile }));
  expect(errorLines(said)).toEqual([
    'failed to open the log file. check the log file path',
    `open ${logFile}: ENOENT, no such file or directory`,
  ]);
});

test('the command and a domain’s log write the same line for the same record', async () => {
  const err = Object.assign(new TypeError('broken'), { code: 'EIO', size: 2n ** 60n });
  const records = [
    { domain: 'web', id: 7, bytes: 2n ** 64n, nested: { list: [1n, null, 'ö\u0007'] } },
    { domain: 'web', err },
    { domain: 'web', err: 'no error', missing: undefined, level: 'own' },
  ];
  const logFile = join(directory, 'command.log');
  const command = openLog({ debug: 0, logFile });
  const domain = new DomainLog({ directory, level: 'debug' });
  for (const record of records) {
    for (const level of ['debug', 'info', 'warn', 'error'] as const) {
      command[level](record, 'it’s "said"');
      domain[level](record, 'it’s "said"');
    }
  }
  await domain.flush();
  const written = linesOf(join(directory, 'web.log')).map((line) => ({ ...line, time: 0 }));
  expect(written).toHaveLength(12);
  expect(written[4]).toMatchObject({ err: { type: 'TypeError', message: 'broken', code: 'EIO' } });
  expect(linesOf(logFile).map((line) => ({ ...line, time: 0 }))).toEqual(written);
});
