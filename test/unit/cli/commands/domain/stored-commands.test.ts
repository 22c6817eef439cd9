/** desc, metadata, domrename, autostart, edit, event and wait, in the words of virsh 11.3. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TslxcError } from '../../../../../lib/errors';
import type { DomainEvent } from '../../../../../lib/index';
import { removeScratchAfterEach, scratchDirectory } from '../../../driver/scratch';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import type { FakeDomain } from '../../../../support/fake/connection/fake-domain';
import { FakeTerminal, run } from '../../run-main';
import type { Ran, RunOptions } from '../../run-main';

removeScratchAfterEach();

let connection: FakeConnection;
let domain: FakeDomain;

beforeEach(() => {
  connection = new FakeConnection([{ name: 'web' }]);
  [domain] = connection.domains as [FakeDomain];
});

const tslxc = (words: string | readonly string[], options: RunOptions = {}): Promise<Ran> =>
  run(words, { connection, ...options });

describe('desc', () => {
  test('shows and sets the description and the title', async () => {
    expect((await tslxc('desc web')).stdout).toBe('No description for domain: web\n');
    expect((await tslxc('desc web --title')).stdout).toBe('No title for domain: web\n');
    expect((await tslxc('desc web a   b c')).stdout).toBe(
      'Domain description updated successfully\n',
    );
    expect((await tslxc(['desc', 'web', '--title', '--new-desc', 'x', 'y'])).stdout).toBe(
      'Domain title updated successfully\n',
    );
    domain.notes.set('description', 'two\nlines \u001b[31m');
    expect((await tslxc('desc web')).stdout).toBe('two\nlines \\x1b[31m\n');
    expect((await tslxc('-q desc web')).stdout).toBe('two\nlines \\x1b[31m');
    expect(domain.notes.get('title')).toBe('x y');
  });

  test('shows either as data', async () => {
    const shown = async (words: string): Promise<unknown> =>
      JSON.parse((await tslxc(words)).stdout) as unknown;
    expect(await shown('desc web --format json')).toEqual({ description: null });
    domain.notes.set('title', 'one');
    expect(await shown('desc web --title --format json')).toEqual({ title: 'one' });
  });

  test.each([
    ['', {}],
    [' --current', {}],
    [' --live', { which: 'live' }],
    [' --config', { which: 'inactive' }],
    [' --live --config', { which: 'both' }],
  ])('with%s is of that', async (flags, options) => {
    await tslxc(`desc web${flags} text`);
    expect(domain.calls).toEqual([['setDescription', 'text', options]]);
  });

  test('current goes with neither', async () => {
    const said = 'error: Options --current and --live are mutually exclusive\n';
    expect(await tslxc('desc web --live --current x')).toMatchObject({ status: 1, stderr: said });
  });

  test('a failure is told in two lines', async () => {
    const failure = new TslxcError('OPERATION_INVALID', 'domain is not running');
    const failing = new FakeConnection([{ name: 'web', failure }]);
    expect((await tslxc('desc web --live x', { connection: failing })).stderr).toBe(
      'error: Failed to set new domain description\n' +
        'error: Requested operation is not valid: domain is not running\n',
    );
  });
});

describe('metadata', () => {
  test('is set, shown and removed', async () => {
    const set = await tslxc(['metadata', 'web', 'urn:x', '--key', 'k', '--set', '<a/>']);
    expect(set.stdout).toBe('Metadata modified\n\n');
    expect((await tslxc('metadata web --uri urn:x')).stdout).toBe('<a/>\n\n');
    expect((await tslxc('metadata web urn:x --remove')).stdout).toBe('Metadata removed\n\n');
    expect((await tslxc('metadata web urn:x')).stdout).toBe('\n\n');
    expect(domain.calls[0]).toEqual(['setMetadata', 'urn:x', { key: 'k', xml: '<a/>' }, {}]);
  });

  test('needs a key, and one thing to do', async () => {
    expect((await tslxc('metadata web urn:x --set <a/>')).stderr).toBe(
      'error: namespace key is required when modifying metadata\n',
    );
    expect((await tslxc('metadata web urn:x --set <a/> --remove')).stderr).toBe(
      'error: Options --remove and --set are mutually exclusive\n',
    );
    expect((await tslxc('metadata web')).stderr).toBe(
      "error: command 'metadata' requires <uri> option\n",
    );
  });
});

test('domrename and autostart say what virsh says', async () => {
  expect((await tslxc('domrename web site')).stdout).toBe('Domain successfully renamed\n\n');
  expect((await tslxc('autostart web')).stdout).toBe("Domain 'web' marked as autostarted\n\n");
  expect((await tslxc('autostart web --disable')).stdout).toBe(
    "Domain 'web' unmarked as autostarted\n\n",
  );
  expect(domain.calls).toEqual([
    ['rename', 'site'],
    ['setAutostart', 'on'],
    ['setAutostart', 'off'],
  ]);
  const failure = new TslxcError('OPERATION_INVALID', 'cannot set autostart for transient domain');
  const failing = new FakeConnection([{ name: 'web', failure }]);
  expect((await tslxc('autostart web', { connection: failing })).stderr).toBe(
    "error: Failed to mark domain 'web' as autostarted\n" +
      'error: Requested operation is not valid: cannot set autostart for transient domain\n',
  );
});

test('autostart-all says what it has started and what has failed', async () => {
  const error = new TslxcError('CONFIG_UNSUPPORTED', 'no such thing');
  const uuid = '';
  connection.autostarted = [
    { domain: 'a', uuid, outcome: 'started' },
    { domain: 'b', uuid, outcome: 'failed', error },
    { domain: 'c', uuid, outcome: 'skipped', reason: 'running' },
    { domain: 'd', uuid, outcome: 'skipped', reason: 'has-run' },
    { domain: 'e', uuid, outcome: 'skipped', reason: 'marked-later' },
  ];
  expect(await tslxc('autostart-all')).toMatchObject({
    status: 1,
    stdout: "Domain 'a' started\n\n",
    stderr:
      "error: Failed to start domain 'b'\nerror: unsupported configuration: no such thing\n" +
      "Domain 'd' is left off: it has been started since the host booted; 'tslxc start d' starts it\n" +
      "Domain 'e' is left off: it was marked after the first run of this boot, and is started at the next boot; 'tslxc start e' starts it\n",
  });
  connection.autostarted = [];
  expect(await tslxc('autostart-all')).toMatchObject({ status: 0, stdout: '\n' });
});

describe('edit', () => {
  /** An editor that does this to the file `$1`. */
  function editor(script: string): Record<string, string | undefined> {
    const path = join(scratchDirectory(), 'editor');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return { EDITOR: path, PATH: process.env['PATH'], TMPDIR: scratchDirectory() };
  }

  const defined = (): unknown[] =>
    connection.calls.filter((call) => Array.isArray(call) && call[0] === 'defineDomain');
  const refusal = (): TslxcError => new TslxcError('XML_ERROR', 'not so');

  test('stores what was changed, and nothing when nothing was', async () => {
    const same = await tslxc('edit web', { environment: editor(':') });
    expect(same.stdout).toBe("Domain 'web' XML configuration not changed.\n\n");
    expect(defined()).toEqual([]);
    const environment = editor(
      `sed -i 's/web/helloworld/' "$1"; stat -c %a "$1" > "$1".mode; cp "$1".mode ${scratchDirectory()}`,
    );
    const changed = await tslxc('edit web', { environment });
    expect(changed.stdout).toBe("Domain 'helloworld' XML configuration edited.\n\n");
    expect(defined()).toHaveLength(1);
    expect(existsSync(join(environment['TMPDIR'] ?? '', 'edited.xml'))).toBe(false);
  });

  test('VISUAL comes before EDITOR, and may have words of its own', async () => {
    const environment = editor('exit 9');
    const visual = { ...environment, VISUAL: `sed -i s/web/helloworld/` };
    expect((await tslxc('edit web', { environment: visual })).status).toBe(0);
    expect(defined()).toHaveLength(1);
  });

  test('without a terminal a text that is refused stays in its file, and that is said', async () => {
    connection.refusals.push(refusal());
    const result = await tslxc('edit web', { environment: editor('echo typed >> "$1"') });
    expect(result.status).toBe(1);
    const [, path = ''] = /^The text that was edited is in (\S+)$/m.exec(result.stderr) ?? [];
    expect(readFileSync(path, 'utf8')).toContain('typed');
    expect(result.stderr).toContain('error: Failed.\nerror: XML error: not so\n');
  });

  test('on a terminal it asks, and y begins again with the text that was refused', async () => {
    connection.refusals.push(refusal(), refusal());
    const terminal = new FakeTerminal('tty');
    // Each is typed when it is asked for.
    const answers = ['?', 'y', 'f'];
    terminal.input = () => {
      terminal.typed.write(answers.shift() ?? 'n');
      return terminal.typed;
    };
    const environment = editor('echo typed >> "$1"');
    const result = await tslxc('edit web', { environment, terminal });
    expect(result.stderr).toBe('error: XML error: not so\nerror: XML error: not so\n');
    expect(result.stdout).toContain('\rFailed. Try again? [y,n,f,?]: ');
    expect(result.stdout).toContain('y - yes, start editor again\r\n');
    expect(result.stdout).toContain('XML configuration edited.\n');
    expect(defined().map((call) => String((call as string[])[1]).match(/typed/g)?.length)).toEqual([
      1, 2, 2,
    ]);
    expect(terminal.modes.at(-1)).toBe('normal');
  });

  test('n throws the text away; ^C and the end of the input leave it', async () => {
    for (const [typed, isKept] of [
      ['n', false],
      ['\u0003', true],
      ['\u0004', true],
    ] as const) {
      connection.refusals.push(refusal());
      const terminal = new FakeTerminal('tty');
      terminal.typed.write(typed);
      const result = await tslxc('edit web', {
        environment: editor('echo typed >> "$1"'),
        terminal,
      });
      expect(result.status).toBe(1);
      expect(result.stderr.includes('The text that was edited is in ')).toBe(isKept);
    }
  });

  describe('of what another process has changed meanwhile', () => {
    const words = 'The XML configuration was changed by another user.';

    /** The definition as it is read: before the editor, and from then on. */
    function changedMeanwhile(): void {
      const now = '<domain><name>web</name><title>of another</title></domain>\n';
      jest.spyOn(domain, 'xml').mockResolvedValue(now).mockResolvedValueOnce('<domain/>\n');
    }

    test('overwrites nothing, and keeps what was typed', async () => {
      changedMeanwhile();
      const result = await tslxc('edit web', { environment: editor('echo typed >> "$1"') });
      expect(result).toMatchObject({ status: 1, stdout: '\n' });
      expect(result.stderr).toContain(`error: ${words}\n`);
      expect(defined()).toEqual([]);
      const [, path = ''] = /^The text that was edited is in (\S+)$/m.exec(result.stderr) ?? [];
      expect(readFileSync(path, 'utf8')).toBe('<domain/>\ntyped\n');
    });

    test('asks on a terminal, and f replaces it', async () => {
      changedMeanwhile();
      const terminal = new FakeTerminal('tty');
      terminal.typed.write('f');
      const environment = editor('echo typed >> "$1"');
      const result = await tslxc('edit web', { environment, terminal });
      expect(result.stdout).toContain(`\r${words} Try again? [y,n,f,?]: `);
      expect(result.status).toBe(0);
      expect(defined()).toEqual([['defineDomain', '<domain/>\ntyped\n']]);
    });
  });

  test('a text that the editor leaves in another encoding is not stored, and is kept', async () => {
    const environment = editor(`printf '<domain>\\344</domain>' > "$1"`);
    const result = await tslxc('edit web', { environment });
    expect(result).toMatchObject({ status: 1 });
    expect(result.stderr).toContain('error: it is not in UTF-8\n');
    expect(result.stderr).toContain('The text that was edited is in ');
    expect(defined()).toEqual([]);
  });

  test('an editor that fails, or is not there, is an error', async () => {
    const failing = await tslxc('edit web', { environment: editor('exit 1') });
    expect(failing.stderr).toMatch(
      /^error: internal error: Child process \(\S+editor \S+edited\.xml\) unexpected exit status 1\n$/,
    );
    const missing = { ...editor(''), EDITOR: 'no-such-editor' };
    expect((await tslxc('edit web', { environment: missing })).stderr).toBe(
      "error: Cannot find 'no-such-editor' in path: No such file or directory\n",
    );
  });

  test('desc --edit edits the text', async () => {
    domain.notes.set('title', 'old');
    const environment = editor('sed -i s/old/new/ "$1"; echo >> "$1"');
    const result = await tslxc('desc web --title --edit', { environment });
    expect(result.stdout).toBe('Domain title updated successfully\n');
    expect(domain.notes.get('title')?.trim()).toBe('new');
    const same = await tslxc('desc web --edit', { environment: editor(':') });
    expect(same.stdout).toBe('Domain description not changed\n\n');
  });
});

describe('event', () => {
  const at = (fields: Partial<DomainEvent>): DomainEvent => ({
    event: 'started',
    detail: 'booted',
    domain: 'web',
    uuid: domain.uuid,
    time: Date.UTC(2026, 2, 1, 17, 4, 59, 7),
    ...fields,
  });

  const oomKilled = { how: 'killed', signal: 9, OOMKilled: true, time: 0, boot: '' } as const;

  test('prints each in the words of virsh', async () => {
    connection.history = [
      at({}),
      at({ event: 'metadata-change', detail: 'title' }),
      at({ event: 'metadata-change', detail: 'element', uri: 'urn:x' }),
      at({ event: 'stopped', detail: 'destroyed', domain: 'db', uuid: 'other' }),
      at({ event: 'stopped', detail: 'crashed', exit: oomKilled, domain: 'db', uuid: 'other' }),
      at({ event: 'warning', detail: 'MeminfoIsHosts' }),
      at({ event: 'warning', detail: 'IgnoredElement', element: 'domain/cpu', line: 3, column: 5 }),
      at({ event: 'reboot', detail: 'rebooted' }),
    ];
    const all = await tslxc('event --all --loop --timeout 1');
    expect(all.stdout).toBe(
      "event 'lifecycle' for domain 'web': Started Booted\n" +
        "event 'metadata-change' for domain 'web': type title, uri <null>\n" +
        "event 'metadata-change' for domain 'web': type element, uri urn:x\n" +
        "event 'lifecycle' for domain 'db': Stopped Destroyed\n" +
        "event 'lifecycle' for domain 'db': Stopped Crashed (oom-killed)\n" +
        "event 'warning' for domain 'web': MeminfoIsHosts\n" +
        "event 'warning' for domain 'web': IgnoredElement domain/cpu, line 3, column 5\n" +
        "event 'reboot' for domain 'web'\n" +
        'event loop timed out\nevents received: 8\n\n',
    );
    expect(all.status).toBe(0);
    const one = await tslxc('event --event metadata-change --timestamp');
    expect(one.stdout).toBe(
      "2026-03-01 17:04:59.007+0000: event 'metadata-change' for domain 'web': type title, uri <null>\n" +
        'events received: 1\n\n',
    );
    expect((await tslxc('event --event reboot')).stdout).toBe(
      "event 'reboot' for domain 'web'\nevents received: 1\n\n",
    );
    const filtered = await tslxc('event --domain web --event lifecycle --loop --timeout 1');
    expect(filtered.stdout).toContain('events received: 1\n');
  });

  test('prints each as a line of data, and nothing else', async () => {
    connection.history = [at({}), at({ event: 'reboot', detail: 'rebooted' })];
    const all = await tslxc('-q event --all --loop --timeout 1 --format json');
    expect(all).toMatchObject({ status: 0, stderr: '' });
    const lines = all.stdout.split('\n');
    expect(lines.slice(0, 2).map((line) => JSON.parse(line) as unknown)).toEqual(
      connection.history,
    );
    expect(lines.slice(2)).toEqual(['']);
    const list = await tslxc('event --list --format json');
    expect(JSON.parse(list.stdout)).toContain('lifecycle');
  });

  test('lists its types, and refuses others', async () => {
    expect((await tslxc('event --list')).stdout).toBe(
      'lifecycle\nreboot\ndevice-removed\ndevice-added\nmetadata-change\nhealth-change\nwarning\n\n',
    );
    expect((await tslxc('event')).stderr).toBe(
      'error: one of --list, --all, or --event <type> is required\n',
    );
    expect((await tslxc('event --event foo')).stderr).toBe('error: unknown event type foo\n');
    expect(await tslxc('event --all --timeout 1')).toMatchObject({
      status: 1,
      stdout: 'event loop timed out\nevents received: 0\n\n',
    });
  });
});

describe('wait', () => {
  test.each([
    ['--port 80', { port: 80 }, '[::]:80\n', 0],
    ['--address ipv4', { address: 'ipv4' }, '192.0.2.7\n', 0],
    ['--console o.t --timeout 2', { console: /o.t/mu, timeout: 2000 }, 'out\n', 0],
    ['--state running', { state: 'running' }, 'running (booted)\n', 0],
    ['--exit', { exit: 'any' }, '', 137],
    ['--exec -- test -e /x', { exec: ['test', '-e', '/x'] }, '', 0],
    ['--timeout 2 --exec true', { exec: ['true'], timeout: 2000 }, '', 0],
  ])('%s', async (words, asked, ...said) => {
    const [stdout, status] = said;
    expect(await tslxc(`wait web ${words}`)).toMatchObject({ stdout, status });
    expect(domain.calls).toEqual([['waitFor', asked]]);
  });

  test('waits for one thing, that makes sense', async () => {
    expect((await tslxc('wait web')).stderr).toMatch(/^error: one of --state, .* is required\n$/);
    expect((await tslxc('wait web --exit --port 1')).stderr).toContain('mutually exclusive');
    for (const words of ['--exec', '--port 1 -- true', '--state running true']) {
      expect((await tslxc(`wait web ${words}`)).stderr).toBe(
        'error: --exec and the words of a command need each other\n',
      );
    }
    expect((await tslxc('wait web --console (')).stderr).toMatch(
      /^error: Invalid regular expression/,
    );
  });

  test('shows the last lines of a container that has died', async () => {
    const console = ['one', 'two \u001b'];
    const failure = new TslxcError('OPERATION_FAILED', 'the container ended', { console });
    const failing = new FakeConnection([{ name: 'web', failure }]);
    expect((await tslxc('wait web --port 80', { connection: failing })).stderr).toBe(
      "error: Failed to wait for domain 'web'\nerror: operation failed: the container ended\n" +
        'error: its console ended with:\nerror:   one\nerror:   two \\x1b\n',
    );
  });
});
