/** start: what it asks of the library, and what it tells a parent over the handshake descriptor. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failedReport } from '../../../../../lib/cli/terminal/handshake-report';
import { DefinitionError, SyscallError } from '../../../../../lib/errors';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { FakeTerminal, run } from '../../run-main';

let folder: string;
let file: string;
let fd: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-'));
  file = join(folder, 'handshake');
  fd = openSync(file, 'w');
});

afterEach(() => rmSync(folder, { recursive: true }));

function inactive(failure?: Error): FakeConnection {
  return new FakeConnection([{ name: 'web', ...(failure === undefined ? {} : { failure }) }]);
}

function closed(): boolean {
  try {
    closeSync(fd);
    return false;
  } catch {
    return true;
  }
}

test.each<[string, object]>([
  ['start web', { ownership: 'leave' }],
  ['start web --background', { ownership: 'leave' }],
  ['start web --console-fd 27', { ownership: 'leave', consoleDescriptor: 27 }],
  ['start web --pass-fds 5', { ownership: 'leave', passDescriptors: [5] }],
  ['start web --pass-fds 5,6,7', { ownership: 'leave', passDescriptors: [5, 6, 7] }],
  ['start web --strict', { ownership: 'leave', strict: true }],
])('%s starts with %j', async (words, options) => {
  const { connection, status } = await run(words, { connection: inactive() });
  expect(status).toBe(0);
  const onProgress = expect.any(Function) as unknown;
  const signal = expect.any(AbortSignal) as unknown;
  const onWarning = expect.any(Function) as unknown;
  const given = { ...options, onProgress, onWarning, signal };
  expect(connection.domains[0]?.calls).toEqual([['start', given]]);
});

const warnings = [
  { detail: 'IgnoredElement', message: '<cpu> is ignored: \u001b[31m', element: 'domain/cpu' },
  { detail: 'SharedHostNetwork', message: 'for logs and events' },
] as const;

test('what has no effect of the definition is told on stderr, and nothing else', async () => {
  const connection = new FakeConnection([{ name: 'web', warnings }]);
  const stderr = 'warning: <cpu> is ignored: \\x1b[31m\n';
  const stdout = "Domain 'web' started\n\n";
  expect(await run('start web', { connection })).toMatchObject({ status: 0, stdout, stderr });
  const quiet = new FakeConnection([{ name: 'web', warnings }]);
  expect(await run('-q start web', { connection: quiet })).toMatchObject({ stderr });
});

test('each part that a strict start refuses has a line, and is in the report', async () => {
  const problem = { element: 'domain/cpu', line: 3, column: 5, message: '<cpu>: no' };
  const failure = new DefinitionError('CONFIG_UNSUPPORTED', '1 part:\n  <cpu>: no', {
    element: 'domain/cpu',
    line: 3,
    column: 5,
    problems: [problem],
  });
  const ran = await run(`start web --strict --handshake-fd ${fd}`, {
    connection: inactive(failure),
  });
  expect(ran.stderr).toBe(
    "error: Failed to start domain 'web'\nerror: unsupported configuration: 1 part:\nerror:   <cpu>: no\n",
  );
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ failed: { problems: [problem] } });
});

test('running is one line of JSON, and the descriptor is closed', async () => {
  const ran = await run(`start web --handshake-fd ${fd}`, { connection: inactive() });
  expect(ran).toMatchObject({ status: 0, stdout: "Domain 'web' started\n\n" });
  expect(closed()).toBe(true);
  const text = readFileSync(file, 'utf8');
  expect(text.indexOf('\n')).toBe(text.length - 1);
  expect(JSON.parse(text)).toEqual({
    running: {
      name: 'web',
      uuid: '02169d49-0068-4612-b2de-901c4a14c5a3',
      id: 4711,
      console: '/dev/pts/5',
    },
  });
});

test('a failure is told as data, with the fields of the error', async () => {
  const details = { errno: 2, syscall: 'execve', path: '/sbin/init', step: 'init step 40 of 40' };
  const connection = inactive(new SyscallError(details));
  const ran = await run(`start web --handshake-fd ${fd}`, { connection });
  expect(ran.status).toBe(1);
  expect(closed()).toBe(true);
  const message = 'execve /sbin/init: ENOENT, no such file or directory (init step 40 of 40)';
  expect(ran.stderr).toBe(`error: Failed to start domain 'web'\nerror: ${message}\n`);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    failed: { code: 'SYSTEM_ERROR', message, ...details },
  });
});

test.each<[string, object]>([
  [
    'nosuch',
    { code: 'NO_DOMAIN', message: "Domain not found: No domain with matching name 'nosuch'" },
  ],
  ['web', { code: 'OPERATION_INVALID', message: 'Domain is already active' }],
])('start %s: what the command itself refuses is told too', async (name, failed) => {
  const connection = new FakeConnection([{ name: 'web', id: 7 }]);
  const ran = await run(`start ${name} --handshake-fd ${fd}`, { connection });
  expect(ran.status).toBe(1);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ failed });
});

test('a handshake descriptor that is not open is refused before anything else', async () => {
  closeSync(fd);
  const ran = await run('start web --handshake-fd 999999', { connection: inactive() });
  expect(ran).toMatchObject({ status: 1, connects: [] });
  expect(ran.stderr).toBe('error: handshake descriptor 999999 is not open\n');
});

test('line and column of a definition are in the report', () => {
  const error = new DefinitionError('XML_ERROR', 'bad', {
    element: 'domain/os',
    line: 3,
    column: 5,
  });
  expect(failedReport(error)).toEqual({
    failed: {
      code: 'XML_ERROR',
      message: 'XML error: bad',
      element: 'domain/os',
      line: 3,
      column: 5,
    },
  });
  expect(failedReport(new TypeError('oops'))).toEqual({
    failed: { code: 'INTERNAL_ERROR', message: 'oops' },
  });
});

test('--console attaches once the container runs', async () => {
  closeSync(fd);
  const terminal = new FakeTerminal();
  const connection = inactive();
  terminal.typed.write('\u001d');
  const ran = await run('start web --console', { connection, terminal });
  expect(ran.stdout).toBe(
    "Domain 'web' started\nConnected to domain 'web'\nEscape character is ^] (Ctrl + ])\n\n",
  );
  expect(ran.stderr).toBe('(7 bytes of earlier output dropped)\n');
  expect(terminal.modes).toEqual(['raw', 'normal']);
});
