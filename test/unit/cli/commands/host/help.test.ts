/** help, for every command. */
import { commandsWith, refusedVerbs, verbNames } from '../../../../../lib/cli/shell/verbs';
import { parseGlobals } from '../../../../../lib/cli/shell/globals';
import { parseArguments } from '../../../../../lib/cli/shell/arguments';
import { signalNumber } from '../../../../../lib/cli/output/words/signal-names';
import { endSignals } from '../../../../../lib/plan/process/end-request';
import { run } from '../../run-main';

test('every verb has a command, and no module a command without a verb', () => {
  for (const verb of verbNames) {
    const table = commandsWith(verb) ?? {};
    expect(Object.keys(table)).toContain(verb);
    for (const other of Object.keys(table)) expect(verbNames).toContain(other);
  }
});

test.each(verbNames)('help %s shows an example that parses', async (verb) => {
  const { status, stdout } = await run(`help ${verb}`);
  expect(status).toBe(0);
  const example = /\n {2}EXAMPLE\n {4}tslxc (.*)\n\n\n/.exec(stdout)?.[1] ?? '';
  const [word = '', ...words] = parseGlobals(example.split(' ')).words;
  const command = commandsWith(word)?.[word];
  expect(word).toBe(verb);
  expect(command === undefined ? '' : parseArguments(word, command, words).wants).toBe('action');
});

test.each(verbNames)('%s has a one-line summary and an explained option list', (verb) => {
  const command = commandsWith(verb)?.[verb];
  expect(command?.summary).toMatch(/^(?:[a-z]|LXC ).*[^.]$/);
  for (const { help } of command?.options ?? []) expect(help).not.toBe('');
});

test('the lines of a description fit beside each other', () => {
  const long = verbNames.flatMap((verb) => {
    const lines = commandsWith(verb)?.[verb]?.description.split('\n') ?? [];
    return lines.filter(({ length }) => length > 120).map((line) => `${verb}: ${line}`);
  });
  expect(long).toEqual([]);
});

test('shutdown and reboot say by which signals they ask each init, and no other', async () => {
  const named = async (verb: string): Promise<number[]> => {
    const { stdout } = await run(`help ${verb}`);
    const found = stdout.match(/SIG[A-Z]+[\d+]*/g) ?? [];
    return found.map((name) => signalNumber(name) ?? 0);
  };
  const { systemd, busybox, other } = endSignals;
  expect(await named('shutdown')).toEqual([...systemd.off, ...busybox.off, ...other.off]);
  expect(await named('reboot')).toEqual([...systemd.reboot, ...busybox.reboot]);
});

test('the page of a command, byte for byte', async () => {
  expect((await run('-q help domstate')).stdout).toBe(
    '  NAME\n' +
      '    domstate - domain state\n' +
      '\n' +
      '  SYNOPSIS\n' +
      '    domstate <domain> [--reason] [--format <string>]\n' +
      '\n' +
      '  DESCRIPTION\n' +
      '    Returns state about a domain.\n' +
      '\n' +
      '  OPTIONS\n' +
      '    [--domain] <string>  domain name, id or uuid\n' +
      '    --reason             also print reason for the state, and how init ended\n' +
      "    --format <string>    'text' (the default), or 'json' for programs\n" +
      '\n' +
      '  EXAMPLE\n' +
      '    tslxc domstate helloworld --reason\n' +
      '\n',
  );
});

test('the overview has every command but the hidden one and those that only refuse, in its group', async () => {
  const { stdout } = await run('help');
  for (const verb of verbNames) {
    expect(stdout.includes(`\n    ${verb.padEnd(30)} `)).toBe(
      !['reap', 'watch-health'].includes(verb) && !refusedVerbs.includes(verb),
    );
  }
  expect(stdout).toContain(" Domain Monitoring (help keyword 'monitor'):\n    cpu-stats ");
  expect((await run('help monitor')).stdout).toMatch(
    /^ Domain Monitoring \(help keyword 'monitor'\):\n( {4}[-a-z]+ .*\n)* {4}dominfo .*\n( {4}[-a-z]+ .*\n)* {4}list .*\n {4}top .*\n\n$/,
  );
  expect((await run('help network')).stdout).toMatch(
    /^ Networking \(help keyword 'network'\):\n( {4}net-[-a-z]+ .*\n){21}\n$/,
  );
});
