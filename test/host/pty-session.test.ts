/** The tests' own terminal must not lie: what it shows, waits for and reports. */
import { pidOf } from '../support/domain/exec';
import { PtySession } from '../support/console/pty-session';

const shell = ['/bin/sh'];

test('a program on a pty has a controlling terminal of the asked size', async () => {
  await using session = PtySession.start(shell, { rows: 30, columns: 100 });
  session.enter('stty size; tty');
  await session.expect('30 100');
  await session.expect(/\/dev\/pts\/\d+/);
});

test('a resize reaches the program', async () => {
  await using session = PtySession.start(shell);
  session.resize(41, 99);
  session.enter('stty size');
  await session.expect('41 99');
});

test('expect takes as read what it matched and hands back the groups', async () => {
  await using session = PtySession.start(['/bin/sh', '-c', 'echo one=1 two=2; sleep 100']);
  const [, first] = await session.expect(/one=(\d)/);
  expect(first).toBe('1');
  await expect(session.expect('one', 50)).rejects.toThrow(/did not write one/);
  await session.expect('two=2');
});

test('expect fails at once, with the screen, when the program has ended', async () => {
  await using session = PtySession.start(['/bin/sh', '-c', 'echo bye']);
  const before = Date.now();
  await expect(session.expect('hello', 8000)).rejects.toThrow(/ended with.*"code":0[^]*bye/);
  expect(Date.now() - before).toBeLessThan(4000);
});

test('exit tells the code, or the signal', async () => {
  await using coded = PtySession.start(['/bin/sh', '-c', 'exit 7']);
  await using killed = PtySession.start(['/bin/sh', '-c', 'kill -9 $$']);
  expect(await coded.exit()).toEqual({ code: 7 });
  expect(await killed.exit()).toEqual({ signal: 9 });
});

test('^C reaches the foreground process group', async () => {
  await using session = PtySession.start(shell);
  const words = ['sleep', `19${process.pid}`];
  session.enter(words.join(' '));
  // Before, the ^C would meet the shell.
  await pidOf(...words);
  session.write('\x03');
  session.enter('echo back-$?');
  await session.expect('back-130');
});

test('a megabyte arrives byte for byte', async () => {
  const program = 'stty raw; head -c 1000000 /dev/zero | tr "\\0" x; printf END';
  await using session = PtySession.start(['/bin/sh', '-c', program]);
  await session.expect('END');
  await session.exit();
  expect(session.bytes.toString()).toBe(`${'x'.repeat(1000000)}END`);
});

test('close hangs up, and leaves no process', async () => {
  const session = PtySession.start(['/bin/sh', '-c', 'trap "" HUP; while :; do sleep 1; done']);
  const pid = await session.pid();
  await session.close();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
