/**
 * Filters a console's earlier output before a terminal shows it again: without the sequences that a terminal answers.
 * The answers would become input of a container whose programs got theirs long ago. Only sequences that draw, or that
 * set how to draw, are kept, since an unknown sequence may be a query. Sequences with effects outside the screen are
 * dropped as well: the clipboard, notifications, printing, the size of the window.
 */
import { SequenceCutter } from './sequences';
import type { Sequence } from './sequences';

/** Asks for the answerback message. */
const ENQ = 0x05;

/** Control sequences that draw or set something: by what is before and after their parameters. */
const muteCsi: readonly RegExp[] = [
  // Cursor, erasing, inserting, scrolling, tabulators, colours, the cursor's saved place, margins, modes.
  /^[\d;:]*[@A-MPSTXZ`abdefghlmrsu]$/,
  // The stack of titles, but not the window operations and reports that end in `t` as well.
  /^2[23](;[\d;]*)?t$/,
  // Private modes, saved ones, selective erasing, tabulators.
  /^\?[\d;]*[hlrsJKW]$/,
  // How keys are encoded: xterm's and kitty's. `?u` and `?m` are queries.
  /^>[\d;:]*[mnu]$/,
  /^[<=][\d;:]*u$/,
  // Shape of the cursor, sideways scrolling; soft reset; conformance, protection.
  /^[\d;]*( q| @| A|!p|"p|"q)$/,
  // Rectangles, columns, stacks of colours.
  /^[\d;]*(\$[rtvxz{]|\*x|'[}~]|#[{}pqPQ])$/,
];

/** Titles and links. Any text may be in them. */
const muteOsc = /^([012]|8);/;
/** Colours; a question mark in place of a colour is a query. P and R: the palette of the Linux console. */
const colourOsc = /^((4|5|1\d|104|105|11\d)(;[^?]*)?|P[\da-fA-F]{7}|R)$/;
/** Sixel graphics. */
const muteDcs = /^[\d;]*q/;

/** Modes that a terminal answers as soon as they are set: with its focus, with its size. */
const answeredModes = new Set(['1004', '2048']);

export class QuietReplay {
  readonly #cutter = new SequenceCutter();

  /** The next bytes, filtered; an incomplete sequence is held back until its end. */
  take(bytes: Uint8Array): Buffer {
    return Buffer.concat(this.#cutter.take(bytes).map(quiet));
  }

  /** The incomplete sequence at the end of the replay; the rest of it comes live. */
  takeRest(): Buffer {
    return this.#cutter.takeRest();
  }
}

function quiet(sequence: Sequence): Buffer {
  if (isMute(sequence)) return sequence.bytes;
  return sequence.kind === 'csi' ? withoutAnswered(sequence.text) : Buffer.alloc(0);
}

function isMute(sequence: Sequence): boolean {
  switch (sequence.kind) {
    case 'text':
      return true;
    case 'control':
      return sequence.bytes[0] !== ENQ;
    case 'escape':
      // DECID asks what the terminal is; an ST by itself ends nothing.
      return sequence.text !== 'Z' && sequence.text !== '\\';
    case 'csi':
      return (
        muteCsi.some((one) => one.test(sequence.text)) && answeredOf(sequence.text).length === 0
      );
    case 'osc':
      return muteOsc.test(sequence.text) || colourOsc.test(sequence.text);
    case 'dcs':
      return muteDcs.test(sequence.text);
    default:
      return false;
  }
}

/** Of the private modes that this sets, those that are answered. */
function answeredOf(text: string): readonly string[] {
  return modesOf(text).filter((mode) => answeredModes.has(mode));
}

/** The sequence without those of its private modes that are answered. */
function withoutAnswered(text: string): Buffer {
  const modes = modesOf(text).filter((mode) => !answeredModes.has(mode));
  return Buffer.from(modes.length === 0 ? '' : `\u001b[?${modes.join(';')}h`);
}

function modesOf(text: string): readonly string[] {
  const set = /^\?([\d;]*)h$/.exec(text)?.[1] ?? '';
  return set
    .split(';')
    .map((mode) => mode.replace(/^0+/, ''))
    .filter((mode) => mode !== '');
}
