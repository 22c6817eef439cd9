/** The shell: commands from a pipe or a terminal, on one connection. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../../support/time/eventually';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';
import { FakeConnection } from '../../../support/fake/connection/fake-connection';
import { FakeTerminal, run } from '../run-main';
import type { Ran } from '../run-main';

removeScratchAfterEach();

const welcome =
  'Welcome to tslxc, the interactive terminal for containers.\n\n' +
  "Type:  'help' for help with commands\n       'quit' to quit\n\n";

const before = process.cwd();
afterEach(() => process.chdir(before));

/** Runs the shell on what a pipe says. */
async function piped(text: string | Buffer, words: readonly string[] = ['-q']): Promise<Ran> {
  const terminal = new FakeTerminal('pipe');
  terminal.typed.end(text);
  return run(words, { terminal, connection: new FakeConnection([{ name: 'web', id: 7 }]) });
}

test('a command string has several commands, on one connection', async () => {
  const connection = new FakeConnection([{ name: 'web', id: 7 }]);
  const ran = await run(['-q', 'uri; domid web'], { connection });
  expect(ran).toMatchObject({ status: 0, stdout: 'lxc:///\n7\n', stderr: '' });
  expect([ran.connects.length, connection.closed]).toEqual([1, 1]);
});

test('the status of a command string is that of its last command', async () => {
  expect(await run(['-q', 'domid none; uri'])).toMatchObject({
    status: 0,
    stdout: 'lxc:///\n',
    stderr: "error: failed to get domain 'none'\n",
  });
  expect((await run(['-q', 'uri; domid none'])).status).toBe(1);
});

test.each([
  ['uri; nosuch', "error: unknown command: 'nosuch'\n"],
  ['uri; domid', "error: command 'domid' requires <domain> option\n"],
  ['uri; desc web "x', 'error: missing "\n'],
])('nothing of %j is run', async (text, stderr) => {
  expect(await run([text])).toMatchObject({ status: 1, stdout: '', stderr, connects: [] });
});

test('exit and quit end a command string, and nothing follows them', async () => {
  for (const verb of ['exit', 'quit']) {
    expect(await run([`uri; ${verb}; uri`])).toMatchObject({ status: 0, stdout: 'lxc:///\n\n' });
  }
});

test('commands from a pipe are run line by line, whatever becomes of each', async () => {
  const ran = await piped('uri\n# a comment\n\nnosuch\ndomid web; uri\n', []);
  expect(ran.stderr).toBe("error: unknown command: 'nosuch'\n");
  const prompt = 'tslxc # ';
  expect(ran.stdout).toBe(
    `${welcome}${prompt}uri\nlxc:///\n\n${prompt}# a comment\n${prompt}\n${prompt}nosuch\n` +
      `${prompt}domid web; uri\n7\n\nlxc:///\n\n${prompt}\n`,
  );
  expect([ran.connects.length, ran.connection.closed]).toEqual([1, 1]);
});

test.each([
  [
    'desc web caf\xe9',
    String.raw`desc web caf\xe9`,
    "is not UTF-8, and would be changed: its bytes can't be passed on",
  ],
  ['define w\0b', String.raw`define w\x00b`, 'has a NUL, which no name and no path can have'],
])('the line %j is refused by name, and the next one run', async (line, shown, why) => {
  const ran = await piped(Buffer.from(`${line}\nuri\n`, 'latin1'));
  expect(ran.stderr).toBe(`error: the line $'${shown}' ${why}\n`);
  expect(ran.stdout).toContain('tslxc # uri\nlxc:///\n');
  expect([ran.status, ran.connection.domains[0]?.calls]).toEqual([0, []]);
});

test('the replacement character itself is taken, and a character that comes in two pieces', async () => {
  const terminal = new FakeTerminal('pipe');
  const bytes = Buffer.from('echo \ufffd ü\n');
  terminal.typed.write(bytes.subarray(0, -2));
  setImmediate(() => terminal.typed.end(bytes.subarray(-2)));
  const { stdout, stderr } = await run(['-q'], { terminal });
  expect([stdout, stderr]).toEqual(['tslxc # echo \ufffd ü\n\ufffd ütslxc # \n', '']);
});

test('a line that is too long is refused, and the next one run', async () => {
  const long = `echo ${'x'.repeat(11 * 1024 * 1024)}`;
  const ran = await piped(`${long}\nuri\n`);
  expect(ran.stderr).toMatch(/^error: the line \$'echo x{395}'… is longer than 10 MiB\n$/);
  expect(ran.stdout.endsWith('tslxc # uri\nlxc:///\ntslxc # \n')).toBe(true);
});

test('a file with the line ends of DOS is run as virsh runs it', async () => {
  expect(await piped('uri\r\ndomid web\r\n')).toMatchObject({
    stdout: 'tslxc # uri\nlxc:///\ntslxc # \ntslxc # domid web\n7\ntslxc # \ntslxc # \n',
    stderr: '',
  });
});

test('input that can not be read is an error, and of its last line nothing is run', async () => {
  const terminal = new FakeTerminal('pipe');
  terminal.typed.write('uri\ndomid');
  const gone = Object.assign(new Error('EISDIR'), { errno: -21, code: 'EISDIR', syscall: 'read' });
  setImmediate(() => terminal.typed.destroy(gone));
  const { status, stdout, stderr } = await run(['-q'], { terminal });
  expect([status, stdout]).toEqual([1, 'tslxc # uri\nlxc:///\ntslxc # ']);
  expect(stderr).toBe(
    'error: failed to read the commands\n' +
      'error: read: EISDIR, illegal operation on a directory (read standard input)\n',
  );
});

test('input that is open for writing only, as under nohup, is empty for the shell too', async () => {
  const terminal = new FakeTerminal('pipe');
  const gone = Object.assign(new Error('EBADF'), { errno: -9, code: 'EBADF', syscall: 'read' });
  setImmediate(() => terminal.typed.destroy(gone));
  expect(await run(['-q'], { terminal })).toMatchObject({ status: 0, stderr: '' });
});

test('a last line without an end is run, and exit leaves the rest', async () => {
  expect((await piped('uri')).stdout).toBe('tslxc # uri\nlxc:///\ntslxc # \n');
  expect((await piped('exit\nuri\n')).stdout).toBe('tslxc # exit\n\n');
});

test('a command of a pipe gets nothing of the commands after it', async () => {
  const terminal = new FakeTerminal('pipe');
  const listeners = (): number => terminal.typed.listenerCount('data');
  const counts: number[] = [];
  const connection = new FakeConnection([{ name: 'web', id: 7 }]);
  const lookup = connection.lookupDomainByName.bind(connection);
  connection.lookupDomainByName = (name) => {
    counts.push(listeners());
    return lookup(name);
  };
  terminal.typed.end('domid web\n');
  await run(['-q'], { terminal, connection });
  expect(counts).toEqual([0]);
});

test('cd and pwd are about the shell itself', async () => {
  const folder = scratchDirectory();
  const { stdout, stderr } = await piped(`cd ${folder}\npwd\ncd none\n`);
  expect(stdout).toContain(`tslxc # pwd\n${folder}\n`);
  expect(stderr).toBe('error: cd: No such file or directory: none\n');
  process.chdir('/');
  expect(await run(['-q', `cd ${folder}`])).toMatchObject({ status: 0, stderr: '' });
  expect(process.cwd()).toBe(folder);
  // As in virsh, an empty name is none: it is home that is meant.
  process.chdir('/');
  const environment = { HOME: folder };
  expect(await run(['-q', 'cd', ''], { environment })).toMatchObject({ status: 0, stderr: '' });
  expect(process.cwd()).toBe(folder);
});

test('connect opens another connection, and the prompt tells a read-only one', async () => {
  const ran = await piped('uri\nconnect --readonly\nuri\nconnect lxc:///system\nuri\n');
  expect(ran.stdout).toContain(
    'tslxc > uri\nlxc:///\ntslxc > connect lxc:///system\ntslxc # uri\n',
  );
  expect(ran.connects).toEqual([
    ['lxc:///', { access: 'read-write' }],
    ['lxc:///', { access: 'read-only' }],
    ['lxc:///system', { access: 'read-write' }],
  ]);
  expect(ran.connection.closed).toBe(3);
});

test('a connection that is refused can be tried again', async () => {
  const terminal = new FakeTerminal('pipe');
  terminal.typed.end('uri\nuri\n');
  const ran = await run(['-q'], { terminal, refusal: new Error('no') });
  expect(ran.connects).toHaveLength(2);
});

test('echo quotes for a shell and for XML', async () => {
  for (const [words, stdout] of [
    [['echo', 'a', 'b'], 'a b'],
    [['echo', '--shell', 'a b', 'c', "it's"], String.raw`'a b' c 'it'\''s'`],
    [['echo', '--xml', `<a b="c">`], '&lt;a b=&quot;c&quot;&gt;'],
    [['echo', '--split', 'a,b,,c'], 'a\nb,c\n'],
    [['echo', '--prefix', 'p:', 'x'], 'p:x'],
    [['echo'], ''],
  ] as const) {
    expect((await run(['-q', ...words])).stdout).toBe(stdout);
  }
  expect((await run(['echo', 'a'])).stdout).toBe('a\n');
  expect(await run(['-q', 'echo', '--err', 'x'])).toMatchObject({
    stdout: '',
    stderr: 'error: x\n',
  });
});

test('-t tells how long each command took, in the place of the empty line', async () => {
  const { stdout } = await run(['-t', 'uri; uri']);
  expect(stdout).toMatch(/^(lxc:\/\/\/\n\n\(Time: \d+\.\d{3} ms\)\n\n){2}$/);
});

describe('on a terminal', () => {
  async function typed(
    lines: readonly (string | Buffer)[],
    environment: Record<string, string> = {},
  ): Promise<Ran & { readonly terminal: FakeTerminal; readonly shown: string }> {
    const terminal = new FakeTerminal('tty');
    for (const line of lines) {
      terminal.typed.write(line);
      terminal.typed.write('\r');
    }
    terminal.typed.end();
    let shown = '';
    terminal.shown.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    const connection = new FakeConnection([{ name: 'web', id: 7 }]);
    return { ...(await run(['-q'], { terminal, environment, connection })), terminal, shown };
  }

  test('lines are edited while they are typed, and the terminal is normal for the commands', async () => {
    const { stdout, shown, terminal } = await typed(['urx\u007fi', 'domid web']);
    expect(stdout).toBe('lxc:///\n7\n\n');
    expect(shown).toContain('tslxc # ');
    expect(terminal.modes).toEqual(['keys', 'normal', 'keys', 'normal', 'keys', 'normal']);
  });

  test('a tab completes the verb and the name', async () => {
    const terminal = new FakeTerminal('tty');
    let shown = '';
    terminal.shown.on('data', (chunk: Buffer) => (shown += chunk.toString()));
    const connection = new FakeConnection([{ name: 'web', id: 7 }]);
    const ran = run(['-q'], { terminal, connection });
    for (const [keys, answer] of [
      ['domi', 'domi'],
      ['d\t', 'domid '],
      ['w\t', 'web '],
    ] as const) {
      terminal.typed.write(keys);
      await eventually(() => expect(shown).toContain(answer));
    }
    terminal.typed.end('\r');
    expect((await ran).stdout).toBe('7\n\n');
  });

  test('^C gives up the line, and ^D ends the shell', async () => {
    const { stdout, shown, stderr } = await typed(['nosuch\u0003uri', '\u0004domid web']);
    expect([stdout, stderr]).toEqual(['lxc:///\n\n', '']);
    expect(shown).toContain('^C');
  });

  test('a line whose keys are not UTF-8 is refused by name, and is not in the history', async () => {
    const cache = scratchDirectory();
    const { stdout, stderr, terminal } = await typed(
      [Buffer.from('desc web caf\xe9', 'latin1'), 'uri'],
      { XDG_CACHE_HOME: cache },
    );
    expect(stdout).toBe('lxc:///\n\n');
    expect(stderr).toContain(String.raw`error: the line $'desc web caf\xe9' is not UTF-8`);
    expect(terminal.modes).toHaveLength(6);
    expect(readFileSync(join(cache, 'tslxc', 'history'), 'utf8')).toBe('uri\n');
  });

  test('no folder is made for them below a home that is not UTF-8', async () => {
    const home = join(scratchDirectory(), 'caf\ufffd');
    const { stdout, stderr } = await typed(['uri'], { HOME: home });
    expect([stdout, stderr]).toEqual(['lxc:///\n\n', '']);
    expect(existsSync(home)).toBe(false);
  });

  test('the lines are kept for the next shell, for its user alone', async () => {
    const cache = scratchDirectory();
    const path = join(cache, 'tslxc', 'history');
    await typed(['uri', 'domid web'], { XDG_CACHE_HOME: cache });
    expect(readFileSync(path, 'utf8')).toBe('uri\ndomid web\n');
    // The arrow up twice is the line before the last.
    const again = await typed(['\u001b[A\u001b[A'], { XDG_CACHE_HOME: cache });
    expect(again.stdout).toBe('lxc:///\n\n');
    writeFileSync(
      path,
      `${'uri\n'.repeat(3)}${Array.from({ length: 700 }, (_, at) => `domid d${at}\n`).join('')}`,
    );
    await typed(['uri'], { XDG_CACHE_HOME: cache });
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(501);
    expect(existsSync(`${path}.${process.pid}`)).toBe(false);
  });
});
