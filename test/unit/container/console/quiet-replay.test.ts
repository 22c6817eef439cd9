/** What is replayed to a terminal: all that draws, and nothing that it would answer. */
import { QuietReplay } from '../../../../lib/container/console/quiet-replay';
import { SequenceCutter } from '../../../../lib/container/console/sequences';

function quiet(...pieces: (string | Buffer)[]): string {
  const replay = new QuietReplay();
  const kept = pieces.map((piece) => replay.take(Buffer.from(piece)));
  return Buffer.concat([...kept, replay.takeRest()]).toString('utf8');
}

const ST = '\u001b\\';

const questions: readonly (readonly [string, string])[] = [
  ['DSR, the position of the cursor', '\u001b[6n'],
  ['DSR, the state', '\u001b[5n'],
  ['DECXCPR', '\u001b[?6n'],
  ['DSR, the colour scheme', '\u001b[?996n'],
  ['DA1', '\u001b[c'],
  ['DA1 with a parameter', '\u001b[0c'],
  ['DA2', '\u001b[>c'],
  ['DA2 with a parameter', '\u001b[>0c'],
  ['DA3', '\u001b[=c'],
  ['DECID', '\u001bZ'],
  ['DECID in C1', '\u009a'],
  ['ENQ', '\u0005'],
  ['DECRQM', '\u001b[4$p'],
  ['DECRQM, a private mode', '\u001b[?2026$p'],
  ['DECRQSS', `\u001bP$qm${ST}`],
  ['DECRQPSR', '\u001b[1$w'],
  ['DECRQCRA', '\u001b[1;1;1;1;24;80*y'],
  ['DECREQTPARM', '\u001b[0x'],
  ['DECRQLP', "\u001b['|"],
  ['XTVERSION', '\u001b[>q'],
  ['XTVERSION with a parameter', '\u001b[>0q'],
  ['XTGETTCAP', `\u001bP+q544e${ST}`],
  ['XTQMODKEYS', '\u001b[?4m'],
  ['XTSMGRAPHICS', '\u001b[?1;1;0S'],
  ['XTREPORTSGR', '\u001b[1;1;1;1#|'],
  ['the colour of text', '\u001b]10;?\u0007'],
  ['the background', `\u001b]11;?${ST}`],
  ['a colour of the palette', '\u001b]4;1;?\u0007'],
  ['two colours, one of them set', '\u001b]4;1;red;2;?\u0007'],
  ['the clipboard', '\u001b]52;c;?\u0007'],
  ['a font', '\u001b]50;?\u0007'],
  ['colours in the way of kitty', `\u001b]21;foreground=?${ST}`],
  ['the keyboard in the way of kitty', '\u001b[?u'],
  ['graphics in the way of kitty', `\u001b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA${ST}`],
  ['the size of a cell', '\u001b]1337;ReportCellSize\u0007'],
  ['the size of the window', '\u001b[18t'],
  ['the window in pixels', '\u001b[14t'],
  ['the window in pixels, another of them', '\u001b[14;2t'],
  ['the title', '\u001b[21t'],
  ['a question that a multiplexer passes on', `\u001bPtmux;\u001b\u001b[6n${ST}`],
  ['focus, which is told at once', '\u001b[?1004h'],
  ['size, which is told at once', '\u001b[?2048h'],
  ['DSR by CSI in C1', '\u009b6n'],
  ['the background by OSC in C1', '\u009d11;?\u009c'],
  ['DSR with a control character within', '\u001b[\u00056n'],
  ['DSR that begins twice', '\u001b[\u001b[6n'],
  ['DSR in an unfinished title', '\u001b]0;x\u001b[6n'],
];

test.each(questions)('%s is left out', (_, bytes) => {
  expect(quiet(`before${bytes}after`)).toBe('beforeafter');
});

test.each(questions)('%s is left out however it is cut', (_, bytes) => {
  const whole = Buffer.from(`ü${bytes}ü`);
  for (let at = 0; at <= whole.length; at += 1) {
    expect(quiet(whole.subarray(0, at), whole.subarray(at))).toBe('üü');
  }
});

test('a control character within a question is carried out', () => {
  expect(quiet('a\u001b[\r6nb')).toBe('a\rb');
});

test.each([
  ['what lies outside of the screen: the clipboard', '\u001b]52;c;aGFsbG8=\u0007'],
  ['a notification', '\u001b]9;done\u0007'],
  ['the size of the window', '\u001b[8;24;80t'],
  ['printing', '\u001b[5i'],
])('%s is left out', (_, bytes) => {
  expect(quiet(`a${bytes}b`)).toBe('ab');
});

test.each([
  ['text', 'Hallo, Wörld ✓ 🚢\r\n\t\b\u0007'],
  ['colours', '\u001b[1;38;2;1;2;3mred\u001b[0m\u001b[4:3m~\u001b[m'],
  ['the cursor', '\u001b[2;3H\u001b[K\u001b[2J\u001b7\u001b8\u001b[s\u001b[u\u001b[5 q\u001b[?25l'],
  ['what vim begins with', '\u001b[?1049h\u001b[22;0;0t\u001b[>4;2m\u001b[?1h\u001b=\u001b[1;24r'],
  ['what vim ends with', '\u001b[?1l\u001b>\u001b[?1049l\u001b[23;0;0t\u001b[>4;m'],
  ['the mouse and pasting', '\u001b[?1000;1006h\u001b[?2004h'],
  ['character sets', '\u001b(0lqk\u001b(B\u000e\u000f\u001b%G'],
  ['a title', '\u001b]0;what? a title?\u0007\u001b]2;x\u001b\\'],
  ['a link', '\u001b]8;;https://example.org/?a=b\u001b\\here\u001b]8;;\u001b\\'],
  ['colours that are set', '\u001b]11;#123456\u0007\u001b]104\u0007\u001b]111\u001b\\'],
  ['the palette of Linux', '\u001b]P0112233text\u001b]Rtext'],
  ['sixel graphics', '\u001bP0;1;0q"1;1;1;1#0~\u001b\\'],
  ['keys in the way of kitty', '\u001b[>1u\u001b[<u\u001b[=1;1u'],
])('%s is replayed as it was', (_, bytes) => {
  expect(quiet(bytes)).toBe(bytes);
  expect(quiet(...bytes.split(/(?:)/u))).toBe(bytes);
});

test('of several modes only those that are answered go', () => {
  expect(quiet('\u001b[?1000;1004;1006h')).toBe('\u001b[?1000;1006h');
});

test('bytes that are no text are replayed as they were', () => {
  const bytes = Buffer.from([0x41, 0xff, 0xfe, 0xc3, 0x42, 0xe2, 0x82, 0xc2, 0x43]);
  const replay = new QuietReplay();
  expect(replay.take(bytes)).toEqual(bytes);
});

test('what has begun in it and not ended is given at its end, once', () => {
  const replay = new QuietReplay();
  expect(replay.take(Buffer.from('a\u001b[3')).toString()).toBe('a');
  expect(replay.takeRest().toString()).toBe('\u001b[3');
  expect(replay.takeRest().toString()).toBe('');
});

test('nothing is lost or added by cutting, however bytes are mixed', () => {
  const alphabet = Buffer.from(
    '\u001b\u001b[]P_^X\\;?16nqhu\u0007\u0018\u0005 aü\u009b\u009c\u0090\u00c2',
    'utf8',
  );
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let round = 0; round < 2000; round += 1) {
    const bytes = Buffer.from(
      Array.from({ length: 24 }, () => alphabet[random(alphabet.length)] ?? 0),
    );
    const sorted = (buffer: Buffer): string => [...buffer].sort((a, b) => a - b).join(' ');
    const cutter = new SequenceCutter();
    const whole = [...cutter.take(bytes).map((each) => each.bytes), cutter.takeRest()];
    // A control character within a sequence comes before it: the order is not that of the bytes.
    expect(sorted(Buffer.concat(whole))).toBe(sorted(bytes));
    const kept = quiet(bytes);
    const inPieces = quiet(...[...bytes].map((byte) => Buffer.of(byte)));
    expect([round, inPieces]).toEqual([round, kept]);
  }
});
