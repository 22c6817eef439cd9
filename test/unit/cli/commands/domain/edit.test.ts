/** edit, and desc --edit, in the words of virsh 11.3. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TslxcError } from '../../../../../lib/errors';
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
    expect(result.stdout).toContain('\rFailed. Try again? [y,n,i,f,?]: ');
    expect(result.stdout).toContain('y - yes, start editor again\r\n');
    expect(result.stdout).toContain('i - turn off validation and try to redefine again\r\n');
    expect(result.stdout).toContain('XML configuration edited.\n');
    expect(defined().map((call) => String((call as string[])[1]).match(/typed/g)?.length)).toEqual([
      1, 2, 2,
    ]);
    expect(terminal.modes.at(-1)).toBe('normal');
  });

  test('the text is validated, until i or --skip-validate turns that off', async () => {
    connection.refusals.push(refusal(), refusal());
    const terminal = new FakeTerminal('tty');
    const answers = ['i', 'i', 'f'];
    terminal.input = () => {
      terminal.typed.write(answers.shift() ?? 'n');
      return terminal.typed;
    };
    const environment = editor('echo typed >> "$1"');
    const result = await tslxc('edit web', { environment, terminal });
    expect(result.status).toBe(0);
    expect(defined().map((call) => (call as unknown[])[2])).toEqual([
      { validate: true },
      undefined,
      undefined,
    ]);
    // Once it is off, it is not asked for again.
    expect(result.stdout.match(/Try again\? \[\S+\]/g)).toEqual([
      'Try again? [y,n,i,f,?]',
      'Try again? [y,n,f,?]',
      'Try again? [y,n,f,?]',
    ]);
    connection.calls.length = 0;
    await tslxc('edit web --skip-validate', { environment });
    expect(defined().map((call) => (call as unknown[])[2])).toEqual([undefined]);
  });

  test('without the program that reads libvirt’s schema, what tslxc knows of it has to do', async () => {
    connection.refusals.push(new TslxcError('OPERATION_UNSUPPORTED', 'xmllint is missing'));
    const result = await tslxc('edit web', { environment: editor('echo typed >> "$1"') });
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(defined().map((call) => (call as unknown[])[2])).toEqual([
      { validate: true },
      undefined,
    ]);
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
      expect(result.stdout).toContain(`\r${words} Try again? [y,n,i,f,?]: `);
      expect(result.status).toBe(0);
      expect(defined()).toEqual([['defineDomain', '<domain/>\ntyped\n', { validate: true }]]);
    });
  });

  test('a text that the editor leaves in another encoding is not stored, and is kept', async () => {
    const environment = editor(`printf '<domain>\\344</domain>' > "$1"`);
    const result = await tslxc('edit web', { environment });
    expect(result).toMatchObject({ status: 1 });
    expect(result.stderr).toContain('error: it is not in UTF-8: convert it');
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
