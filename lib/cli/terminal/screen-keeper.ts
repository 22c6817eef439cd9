/**
 * Watches how a container changes the state of the caller's terminal, and restores it: programs that were left running or killed
 * don't do so themselves. Only what was changed is undone, since leaving an alternate screen that was never entered moves the
 * cursor.
 */
import { SequenceCutter } from '../../container/console/sequences';
import type { Sequence } from '../../container/console/sequences';

/** Private modes and their defaults: DEC's modes, xterm's, and those that several terminals have adopted. */
const privateModes: Readonly<Record<string, 'h' | 'l'>> = {
  // Cursor keys, reverse video, wrapping, cursor visibility, keypad, margins.
  ...{ 1: 'l', 5: 'l', 7: 'h', 25: 'h', 66: 'l', 69: 'l' },
  // Mouse reports, and their encoding.
  ...{ 9: 'l', 1000: 'l', 1001: 'l', 1002: 'l', 1003: 'l' },
  ...{ 1005: 'l', 1006: 'l', 1015: 'l', 1016: 'l' },
  // Focus reports, bracketed paste, synchronized updates, reports of the colour scheme and of the size.
  ...{ 1004: 'l', 2004: 'l', 2026: 'l', 2031: 'l', 2048: 'l' },
};
/** Keyboard lock, insert mode, newline mode. */
const ansiModes = new Set(['2', '4', '20']);
const alternateScreens = new Set(['47', '1047', '1049']);

const CSI = '\u001b[';
const pushTitle = `${CSI}22;0t`;
/** The beginning of an OSC, or of screen's own title sequence. An ESC at the end of the input so far may be one. */
// eslint-disable-next-line no-control-regex -- it is about control characters
const titleSetter = /\x1b(?:[\]k]|$)/;
const popTitle = `${CSI}23;0t`;
/** Resetting margins and origin mode moves the cursor to the first line, but the prompt belongs below the output. */
const bottom = `${CSI}9999;1H`;

export class ScreenKeeper {
  readonly #cutter = new SequenceCutter();
  /** The sequence that undoes each change, by the property that was changed. */
  readonly #undo = new Map<string, string>();
  #moved: 'margins' | 'origin' | undefined;
  #alternate: string | undefined;
  #isTitleKept = false;
  /** The number of titles that the container itself has pushed. */
  #titles = 0;
  #keyboards = 0;

  /** The bytes to write instead of these: the title is pushed before a program can first set another one. */
  pass(bytes: Uint8Array): Uint8Array {
    for (const sequence of this.#cutter.take(bytes)) this.#see(sequence);
    if (this.#isTitleKept) return bytes;
    const at = Buffer.from(bytes).toString('latin1').search(titleSetter);
    if (at === -1) return bytes;
    this.#isTitleKept = true;
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(pushTitle), bytes.subarray(at)]);
  }

  /** The sequences that restore the terminal. */
  restoration(): string {
    const moved = this.#moved === undefined ? '' : `${CSI}r${CSI}?6l${bottom}`;
    const keyboards = this.#keyboards === 0 ? '' : `${CSI}<${this.#keyboards}u`;
    // The main screen has its own cursor, so switching to it comes after everything else that moves the cursor.
    const alternate = this.#alternate === undefined ? '' : `${CSI}?${this.#alternate}l`;
    const undone = [...this.#undo.values()].join('');
    // CAN ends an incomplete sequence, which would otherwise swallow the first of these sequences.
    const cut = this.#cutter.takeRest().length === 0 ? '' : '\u0018';
    const titles = this.#titles + (this.#isTitleKept ? 1 : 0);
    return cut + moved + keyboards + alternate + undone + popTitle.repeat(titles);
  }

  #see(sequence: Sequence): void {
    if (sequence.kind === 'csi') this.#seeCsi(sequence.text);
    else if (sequence.kind === 'escape') this.#seeEscape(sequence.text);
    else if (sequence.kind === 'osc') this.#seeOsc(sequence.text);
    else if (sequence.kind === 'control') this.#seeControl(sequence.bytes[0]);
  }

  #seeControl(byte: number | undefined): void {
    if (byte === 0x0e) this.#undo.set('shift', '\u000f');
    if (byte === 0x0f) this.#undo.delete('shift');
  }

  #seeEscape(text: string): void {
    const [, set, charset] = /^([()*+])(.)$/.exec(text) ?? [];
    if (set !== undefined) this.#note(`charset ${set}`, charset === 'B' ? '' : `\u001b${set}B`);
    else if (text === '%@') this.#undo.set('utf-8', '\u001b%G');
    else if (text === '=') this.#undo.set('keypad', '\u001b>');
    else if (text === '>') this.#undo.delete('keypad');
    else if (/^[no|}~]$/.test(text)) this.#undo.set('shift', '\u000f');
    else if (text === 'c') this.#reset();
  }

  #seeOsc(text: string): void {
    const [, code = '', rest = ''] = /^(\d+|P|R)(.*)$/s.exec(text) ?? [];
    if (rest.includes('?')) return;
    if (code === 'P') this.#undo.set('palette', '\u001b]R');
    else if (code === '4') this.#undo.set('colours', '\u001b]104\u001b\\');
    else if (/^1\d$/.test(code)) this.#undo.set(`colour ${code}`, `\u001b]1${code}\u001b\\`);
  }

  #seeCsi(text: string): void {
    const [, prefix = '', parameters = '', final = ''] =
      /^([<-?]?)([\d;:]*)([ -/]*[@-~])$/.exec(text) ?? [];
    const values = parameters.split(';');
    if (final === 'h' || final === 'l') this.#seeModes(prefix, values, final);
    else if (final === 'u') this.#seeKeyboard(prefix, parameters);
    else if (prefix === '>' && final === 'm') {
      this.#note(`keys ${values[0] ?? ''}`, values.length < 2 ? '' : `${CSI}>${values[0] ?? ''}m`);
    } else if (prefix === '') this.#seePlain(parameters, final);
  }

  #seePlain(parameters: string, final: string): void {
    if (final === 'm') this.#note('colours of text', isReset(parameters) ? '' : `${CSI}0m`);
    else if (final === ' q') this.#note('cursor', isReset(parameters) ? '' : `${CSI}0 q`);
    else if (final === 'r') this.#moved = parameters === '' ? undefined : 'margins';
    else if (final === 't' && parameters.startsWith('22')) this.#titles += 1;
    else if (final === 't' && parameters.startsWith('23')) {
      this.#titles = Math.max(0, this.#titles - 1);
    }
  }

  #seeModes(prefix: string, modes: readonly string[], to: 'h' | 'l'): void {
    for (const mode of modes) {
      if (prefix === '' && ansiModes.has(mode)) {
        this.#note(`mode ${mode}`, to === 'l' ? '' : `${CSI}${mode}l`);
      }
      if (prefix === '?') this.#seePrivateMode(mode, to);
    }
  }

  #seePrivateMode(mode: string, to: 'h' | 'l'): void {
    const usual = privateModes[mode];
    if (usual !== undefined) {
      this.#note(`private mode ${mode}`, to === usual ? '' : `${CSI}?${mode}${usual}`);
    } else if (alternateScreens.has(mode)) {
      this.#alternate = to === 'h' ? mode : undefined;
    } else if (mode === '6' && to === 'h') {
      this.#moved ??= 'origin';
    }
  }

  /** kitty's keyboard protocol: a stack of flags. */
  #seeKeyboard(prefix: string, parameters: string): void {
    if (prefix === '>') this.#keyboards += 1;
    else if (prefix === '<') {
      this.#keyboards = Math.max(0, this.#keyboards - Number(parameters === '' ? 1 : parameters));
    } else if (prefix === '=') this.#undo.set('keyboard', `${CSI}=0u`);
  }

  /** Notes how to undo a change; '' if the property has its default again. */
  #note(what: string, undo: string): void {
    if (undo === '') this.#undo.delete(what);
    else this.#undo.set(what, undo);
  }

  /** RIS: the terminal is in its initial state, except for its title. */
  #reset(): void {
    this.#undo.clear();
    this.#moved = undefined;
    this.#alternate = undefined;
    this.#keyboards = 0;
  }
}

function isReset(parameters: string): boolean {
  return /^0*$/.test(parameters);
}
