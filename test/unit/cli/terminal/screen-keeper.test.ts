/** What a container does to the caller's terminal is undone, and nothing else. */
import { ScreenKeeper } from '../../../../lib/cli/terminal/screen-keeper';

const push = '\u001b[22;0t';
const pop = '\u001b[23;0t';

/** What is written in the place of each of these pieces. */
function passed(keeper: ScreenKeeper, ...pieces: readonly string[]): string[] {
  return pieces.map((piece) => Buffer.from(keeper.pass(Buffer.from(piece))).toString());
}

/** What undoes this output, but for the title. */
function undo(output: string): string {
  const keeper = new ScreenKeeper();
  for (const byte of Buffer.from(output)) keeper.pass(Buffer.of(byte));
  const restoration = keeper.restoration();
  return restoration.endsWith(pop) ? restoration.slice(0, -pop.length) : restoration;
}

test('the title is put aside before it is set, once, and taken back', () => {
  const keeper = new ScreenKeeper();
  const title = '\u001b]0;inside\u0007';
  expect(passed(keeper, `ü\n${title}`, title)).toEqual([`ü\n${push}${title}`, title]);
  expect(keeper.restoration()).toBe(pop);
});

test('a sequence that has only begun may be one that sets the title', () => {
  const keeper = new ScreenKeeper();
  expect(passed(keeper, '# \u001b', ']0;inside\u0007')).toEqual([
    `# ${push}\u001b`,
    ']0;inside\u0007',
  ]);
  expect(keeper.restoration()).toBe(pop);
});

test('what sets no title passes as it is, and no title is taken back', () => {
  const keeper = new ScreenKeeper();
  const pieces = ['# \u001b[6n\u001b[2J\n', '\u001bM ü'];
  expect(passed(keeper, ...pieces)).toEqual(pieces);
  expect(keeper.restoration()).toBe('');
});

test.each([
  ['titles that the container has put aside are taken back first', '\u001b[22;0;0t', pop],
  ['those that it has taken back are not', '\u001b[22;0;0t\u001b[23;0;0t', ''],
  ['the alternate screen is left', '\u001b[?1049h', '\u001b[?1049l'],
  ['an older alternate screen is left', '\u001b[?47h', '\u001b[?47l'],
  ['one that was left is not left again', '\u001b[?1049h\u001b[?1049l', ''],
  ['the mouse is given back', '\u001b[?1002;1006h', '\u001b[?1002l\u001b[?1006l'],
  ['pasting is plain', '\u001b[?2004h', '\u001b[?2004l'],
  ['the cursor is seen', '\u001b[?25l', '\u001b[?25h'],
  ['a cursor that is seen stays', '\u001b[?25l\u001b[?25h', ''],
  ['the cursor has its shape', '\u001b[5 q', '\u001b[0 q'],
  ['characters are letters: the set', '\u001b(0', '\u001b(B'],
  ['characters are letters: the shift', '\u000e', '\u000f'],
  ['a set that is the usual one stays', '\u001b(0\u001b(B', ''],
  ['UTF-8 comes back', '\u001b%@', '\u001b%G'],
  ['text has no colours', '\u001b[1;31m', '\u001b[0m'],
  ['colours that have been taken back stay', '\u001b[1;31mx\u001b[0m\u001b[7m\u001b[m', ''],
  ['cursor keys and keypad are the usual ones', '\u001b[?1h\u001b=', '\u001b[?1l\u001b>'],
  ['margins go before the screen', '\u001b[1;5r', '\u001b[r\u001b[?6l\u001b[9999;1H'],
  ['all of the screen scrolls already', '\u001b[1;5r\u001b[r', ''],
  ['inserting ends', '\u001b[4h', '\u001b[4l'],
  ['keys in the way of xterm', '\u001b[>4;2m', '\u001b[>4m'],
  ['keys in the way of kitty', '\u001b[>1u\u001b[>3u\u001b[<u', '\u001b[<1u'],
  ['colours of the terminal', '\u001b]11;#123456\u0007', '\u001b]111\u001b\\'],
  ['questions are no changes', '\u001b]11;?\u0007\u001b[6n', ''],
  ['text and unknown sequences are no changes', 'text ü\r\n\u001b[?9999h\u001b[2J', ''],
  ['a reset undoes all', '\u001b[?1049h\u001b[?25l\u001b[31m\u001bc', ''],
  ['a sequence that was cut off is ended', '\u001b[?1049h\u001b]0;ti', '\u0018\u001b[?1049l'],
])('%s', (_, output, expected) => {
  expect(undo(output)).toBe(expected);
});

test('what moves the cursor comes before the first screen, which has one of its own', () => {
  expect(undo('\u001b[?1049h\u001b[1;5r\u001b[>1u\u001b[?25l')).toBe(
    '\u001b[r\u001b[?6l\u001b[9999;1H\u001b[<1u\u001b[?1049l\u001b[?25h',
  );
});
