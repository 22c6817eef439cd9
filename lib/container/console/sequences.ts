/**
 * Splits the output of a container into text and control sequences, as ECMA-48 and today's terminals define them. The
 * output comes in pieces of any size. No byte is added, and none is lost but a DEL within a sequence, which terminals
 * ignore. The terminal is assumed to read UTF-8.
 */

/**
 * The kind `text` is shown; the others control the terminal. The field `text` is what follows ESC or the introducer,
 * without the terminator of a string.
 */
export type Sequence =
  | Readonly<{ kind: 'text' | 'control'; bytes: Buffer }>
  | Readonly<{
      kind: 'escape' | 'csi' | 'osc' | 'dcs' | 'other-string';
      bytes: Buffer;
      text: string;
    }>
  /** Interrupted before its end: a terminal ignores it. */
  | Readonly<{ kind: 'broken'; bytes: Buffer }>;

type StringKind = 'osc' | 'dcs' | 'other-string';
type State = 'text' | 'lead' | 'escape' | 'csi' | 'string-end' | StringKind;

const CAN = 0x18;
const SUB = 0x1a;
const ESC = 0x1b;
const BEL = 0x07;
const DEL = 0x7f;
const backslash = 0x5c;
/**
 * Bytes of the longest OSC without a terminator: `ESC ] P` and seven digits; `ESC ]` takes two bytes as a UTF-8 C1
 * control, too.
 */
const longestPalette = 10;
/** First byte of U+0080 to U+00BF; the C1 controls are U+0080 to U+009F. */
const leadOfC1 = 0xc2;

const introducers: Readonly<Record<string, State>> = {
  '[': 'csi',
  ']': 'osc',
  P: 'dcs',
  X: 'other-string',
  '^': 'other-string',
  _: 'other-string',
};

export class SequenceCutter {
  #state: State = 'text';
  /** Which string may end with the next byte. */
  #string: StringKind = 'osc';
  /** The bytes so far of an incomplete sequence. */
  #held: number[] = [];
  /** How many of the held bytes are the introducer. */
  #introduced = 0;
  /** Bytes of a UTF-8 character that are still to come. */
  #missing = 0;
  #text: number[] = [];
  #found: Sequence[] = [];

  take(bytes: Uint8Array): Sequence[] {
    for (const byte of bytes) this.#step(byte);
    this.#flushText();
    return this.#found.splice(0);
  }

  /** The bytes of an incomplete sequence. They are not returned again. */
  takeRest(): Buffer {
    this.#state = 'text';
    return Buffer.from(this.#held.splice(0));
  }

  #step(byte: number): void {
    switch (this.#state) {
      case 'text': {
        this.#inText(byte);
        return;
      }
      case 'lead': {
        this.#afterLead(byte);
        return;
      }
      case 'escape': {
        this.#inEscape(byte);
        return;
      }
      case 'csi': {
        this.#inCsi(byte);
        return;
      }
      case 'string-end': {
        this.#afterStringEscape(byte);
        return;
      }
      default: {
        this.#inString(byte);
        return;
      }
    }
  }

  #inText(byte: number): void {
    if (this.#missing > 0 && isContinuation(byte)) {
      this.#missing -= 1;
      this.#text.push(byte);
      return;
    }
    this.#missing = continuationsAfter(byte);
    if (byte === ESC) this.#begin('escape', byte);
    else if (byte === leadOfC1) this.#begin('lead', byte);
    else if (byte < 0x20 || byte === DEL) this.#control(byte);
    else if (byte >= 0x80 && byte < 0xa0) this.#c1([byte]);
    else this.#text.push(byte);
  }

  #afterLead(byte: number): void {
    this.#missing = 0;
    const lead = this.#held.splice(0);
    this.#state = 'text';
    if (byte >= 0x80 && byte < 0xa0) {
      this.#c1([...lead, byte]);
      return;
    }
    this.#text.push(...lead);
    if (isContinuation(byte)) this.#text.push(byte);
    else this.#inText(byte);
  }

  /** A C1 control stands for ESC and the character 0x40 below it. */
  #c1(bytes: readonly number[]): void {
    const name = String.fromCharCode((bytes.at(-1) ?? 0) - 0x40);
    this.#flushText();
    this.#held = [...bytes];
    this.#introduce(name);
  }

  #inEscape(byte: number): void {
    if (this.#interrupted(byte)) return;
    this.#held.push(byte);
    // Intermediate bytes: more is to come.
    if (byte >= 0x20 && byte < 0x30) return;
    const text = Buffer.from(this.#held.slice(1)).toString('latin1');
    if (text.length === 1) this.#introduce(text);
    else this.#end('escape', text);
  }

  #introduce(name: string): void {
    this.#introduced = this.#held.length;
    const state = introducers[name];
    if (state === undefined) this.#end('escape', name);
    else this.#state = state;
  }

  #inCsi(byte: number): void {
    if (this.#interrupted(byte)) return;
    this.#held.push(byte);
    if (byte < 0x40) return;
    this.#end('csi', this.#heldText());
  }

  /** It ends with BEL or ST, in either form. */
  #inString(byte: number): void {
    if (byte === ESC) {
      this.#string = this.#state as StringKind;
      this.#state = 'string-end';
      this.#held.push(byte);
    } else if (byte === CAN || byte === SUB) {
      this.#break();
      this.#control(byte);
    } else {
      this.#inStringText(byte, this.#state as StringKind);
    }
  }

  #inStringText(byte: number, kind: StringKind): void {
    const lead = byte === 0x9c && this.#held.at(-1) === leadOfC1 ? 1 : 0;
    this.#held.push(byte);
    if (byte === BEL || lead > 0) this.#end(kind, this.#heldText(1 + lead));
    else if (kind === 'osc' && this.#held.length <= longestPalette) this.#endPalette();
  }

  /** The palette of the Linux console is set by an OSC without a terminator. */
  #endPalette(): void {
    const text = this.#heldText();
    if (/^(R|P[\da-fA-F]{7})$/.test(text)) this.#end('osc', text);
  }

  #afterStringEscape(byte: number): void {
    if (byte === backslash) {
      const text = this.#heldText(1);
      this.#held.push(byte);
      this.#end(this.#string, text);
      return;
    }
    this.#held.pop();
    this.#break();
    this.#begin('escape', ESC);
    this.#inEscape(byte);
  }

  /**
   * Handles a byte that does not belong in a sequence. Control characters take effect at once and DEL is ignored; ESC,
   * CAN, SUB and bytes above DEL break the sequence off.
   */
  #interrupted(byte: number): boolean {
    if (byte >= 0x20 && byte < DEL) return false;
    if (byte < 0x20 && byte !== ESC && byte !== CAN && byte !== SUB) {
      this.#found.push({ kind: 'control', bytes: Buffer.of(byte) });
    } else if (byte !== DEL) {
      this.#break();
      this.#inText(byte);
    }
    return true;
  }

  /** The held bytes after the introducer, without the last `without` ones. */
  #heldText(without = 0): string {
    const end = this.#held.length - without;
    return Buffer.from(this.#held.slice(this.#introduced, end)).toString('latin1');
  }

  #begin(state: State, byte: number): void {
    this.#flushText();
    this.#state = state;
    this.#held = [byte];
  }

  #control(byte: number): void {
    this.#flushText();
    this.#found.push({ kind: 'control', bytes: Buffer.of(byte) });
  }

  #end(kind: 'escape' | 'csi' | 'osc' | 'dcs' | 'other-string', text: string): void {
    this.#found.push({ kind, text, bytes: Buffer.from(this.#held.splice(0)) });
    this.#state = 'text';
  }

  #break(): void {
    this.#found.push({ kind: 'broken', bytes: Buffer.from(this.#held.splice(0)) });
    this.#state = 'text';
  }

  #flushText(): void {
    if (this.#text.length === 0) return;
    this.#found.push({ kind: 'text', bytes: Buffer.from(this.#text) });
    this.#text = [];
  }
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

function continuationsAfter(byte: number): number {
  if (byte < 0xc3 || byte > 0xf4) return 0;
  return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
}
