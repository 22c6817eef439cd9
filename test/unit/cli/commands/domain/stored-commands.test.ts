/** desc, metadata, domrename, autostart, event and wait, in the words of virsh 11.3. */
import { TslxcError } from '../../../../../lib/errors';
import type { DomainEvent } from '../../../../../lib/index';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import type { FakeDomain } from '../../../../support/fake/connection/fake-domain';
import { run } from '../../run-main';
import type { Ran, RunOptions } from '../../run-main';

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
  const failure = new TslxcError('OPERATION_INVALID', 'Cannot set autostart for transient domain');
  const failing = new FakeConnection([{ name: 'web', failure }]);
  expect((await tslxc('autostart web', { connection: failing })).stderr).toBe(
    "error: Failed to mark domain 'web' as autostarted\n" +
      'error: Requested operation is not valid: Cannot set autostart for transient domain\n',
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

describe('event', () => {
  const at = (fields: Partial<DomainEvent>): DomainEvent =>
    ({
      event: 'started',
      detail: 'booted',
      domain: 'web',
      uuid: domain.uuid,
      time: Date.UTC(2026, 2, 1, 17, 4, 59, 7),
      ...fields,
    }) as DomainEvent;

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
