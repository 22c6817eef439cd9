/** The log of each domain: lines as pino writes them, in time, and never in the caller's way. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DomainLog, bothLoggers } from '../../../../lib/host/log/domain-log';

let directory: string;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'tslxc-unit-')), 'logs');
  mkdirSync(directory);
});

afterEach(() => rmSync(join(directory, '..'), { recursive: true }));

function linesOf(name: string): Record<string, unknown>[] {
  const text = readFileSync(join(directory, name), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('each domain has a file of its own, with level, time, pid and the fields', async () => {
  const log = new DomainLog({ directory, level: 'info' });
  log.info({ domain: 'web', id: 7, big: 5n }, 'container started');
  log.warn({ domain: 'web' }, 'look out');
  log.error({ domain: 'other', err: new Error('broken') }, 'failed');
  log.debug({ domain: 'web' }, 'not at this level');
  log.info({}, 'concerns no domain');
  await log.flush();
  expect(readdirSync(directory).sort()).toEqual(['other.log', 'web.log']);
  expect(linesOf('web.log')).toMatchObject([
    {
      level: 30,
      pid: process.pid,
      name: 'tslxc',
      domain: 'web',
      id: 7,
      big: '5',
      msg: 'container started',
    },
    { level: 40, msg: 'look out' },
  ]);
  expect(linesOf('other.log')).toMatchObject([{ level: 50, err: { message: 'broken' } }]);
  expect(statSync(join(directory, 'web.log')).mode & 0o777).toBe(0o600);
});

test('at debug level every step is there, and what concerns no domain where it is asked for', async () => {
  const log = new DomainLog({ directory, fallback: 'reap', level: 'debug' });
  log.debug({ domain: 'web' }, 'a step');
  log.debug({ domain: '../evil' }, 'no path');
  await log.flush();
  expect(linesOf('web.log')).toMatchObject([{ level: 20, msg: 'a step' }]);
  expect(linesOf('reap.log')).toMatchObject([{ domain: '../evil', msg: 'no path' }]);
});

test('lines are written without being asked for, and in their order', async () => {
  const log = new DomainLog({ directory, level: 'info' });
  log.info({ domain: 'web' }, 'one');
  await new Promise((resolve) => setTimeout(resolve, 200));
  log.info({ domain: 'web' }, 'two');
  log.info({ domain: 'web' }, 'three');
  await log.flush();
  expect(linesOf('web.log').map(({ msg }) => msg)).toEqual(['one', 'two', 'three']);
});

test('a file that has grown too long is put aside', async () => {
  const log = new DomainLog({ directory, level: 'info' });
  log.info({ domain: 'web' }, 'one');
  await log.flush();
  writeFileSync(join(directory, 'web.log'), 'x'.repeat(2 ** 20 + 1));
  log.info({ domain: 'web' }, 'two');
  await log.flush();
  expect(statSync(join(directory, 'web.log.1')).size).toBe(2 ** 20 + 1);
  expect(linesOf('web.log')).toMatchObject([{ msg: 'two' }]);
});

test('a place where nothing can be written is not an error', async () => {
  rmSync(directory, { recursive: true });
  const log = new DomainLog({ directory, level: 'info' });
  log.info({ domain: 'web' }, 'one');
  log.writeNow();
  log.info({ domain: 'web' }, 'two');
  await expect(log.flush()).resolves.toBeUndefined();
  expect(existsSync(directory)).toBe(false);
});

test('a process that ends at once has written all the same', () => {
  const log = new DomainLog({ directory, level: 'info' });
  log.info({ domain: 'web' }, 'last words');
  process.emit('exit', 0);
  expect(linesOf('web.log')).toMatchObject([{ msg: 'last words' }]);
});

test('two loggers hear the same', () => {
  const heard: string[] = [];
  const to = (name: string) => (_: object, message: string) => heard.push(`${name} ${message}`);
  const logger = (name: string) => ({
    debug: to(name),
    info: to(name),
    warn: to(name),
    error: to(name),
  });
  bothLoggers(logger('one'), logger('two')).warn({}, 'hot');
  expect(heard).toEqual(['one hot', 'two hot']);
});
