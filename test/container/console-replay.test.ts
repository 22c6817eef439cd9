/** What a console replays to a terminal, which answers what programs have asked: nothing of it may be typed into the container. */
import type { ConsoleOptions } from 'tslxc';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { containerTest } from '../support/world/container-test';
import { TestDomain } from '../support/domain/test-domain';
import { ConsoleSession } from '../support/console/console-session';

const root = containerTest(async (keep) => keep(await makeBusyboxRoot(['stty'])), { per: 'file' });

/** A terminal's answers to what is asked of it in this test. */
const answers = [
  ['\u001b[6n', '\u001b[9;5R'],
  ['\u001b[c', '\u001b[?62c'],
] as const;

/** Attached as a terminal is: it answers each question that it is shown, at once. */
async function attachTerminal(
  { domain }: TestDomain,
  options: ConsoleOptions,
): Promise<ConsoleSession> {
  const session = await ConsoleSession.open(domain, options);
  session.stream.on('data', (chunk: Buffer) => {
    for (const [question, answer] of answers) {
      const count = chunk.toString('latin1').split(question).length - 1;
      if (count > 0) session.type(answer.repeat(count));
    }
  });
  return session;
}

/** What a program inside reads when the user of the terminal types `line`, 20 questions after the start. */
async function typed(name: string, options: ConsoleOptions): Promise<string> {
  const ask = String.raw`i=0; while [ $i -lt 20 ]; do printf '\033[6n\033[c'; i=$((i+1)); done`;
  await using test = await TestDomain.make({
    name,
    init: '/bin/sh',
    initArguments: [
      '-c',
      `stty -echo; ${ask}; echo asked; read -r line; echo "<$line>"; read -r end`,
    ],
    filesystems: [{ source: root.path, target: '/' }],
  });
  await test.domain.start();
  using before = await ConsoleSession.open(test.domain);
  await before.expect(/asked/);
  using session = await attachTerminal(test, options);
  await session.expect(/asked/);
  session.enter('line');
  const [, line = ''] = await before.expect(/<(.*)>/s);
  return line;
}

test('a terminal that is shown a quiet replay types nothing that its user did not', async () => {
  expect(await typed('replay-quiet', { replay: 'quiet' })).toBe('line');
});

test('control: the raw replay has it answer every question once more', async () => {
  const line = await typed('replay-raw', { replay: 'raw' });
  expect(line.split('\u001b[9;5R')).toHaveLength(21);
});
