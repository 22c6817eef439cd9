/** The console of one domain, in a terminal of xterm.js that is as large as its place. */
import { Terminal } from '/xterm.js';
import { Link } from './session.js';

/** The code by which the server says that there is no console until the domain is started. */
const ended = 4000;

/** Pixels that xterm.js keeps for its scroll bar. */
const scrollBar = 14;

/** Bytes of a message. The server takes twice as many. */
const largestMessage = 32 * 1024;

/** @typedef {import('./session.js').LinkState} LinkState */

export class ConsoleView {
  #place;
  #changed;
  #name;
  #terminal = new Terminal({ cursorBlink: true, scrollback: 5000, fontSize: 14 });
  #link;
  #observer;
  #hasEnded = false;

  /**
   * @param {HTMLElement} place
   * @param {string} name
   * @param {(state: LinkState) => void} changed
   */
  constructor(place, name, changed) {
    this.#place = place;
    this.#name = name;
    this.#changed = changed;
    this.#terminal.open(place);
    this.#fit();
    this.#link = new Link({
      path: () => this.#path(),
      // All that the console has shown last comes again: it begins with an empty screen.
      opened: () => this.#terminal.reset(),
      received: (data) => this.#terminal.write(new Uint8Array(/** @type {ArrayBuffer} */ (data))),
      changed: (state) => this.#show(state),
      last: ended,
    });
    const encoder = new TextEncoder();
    this.#terminal.onData((text) => this.#type(encoder.encode(text)));
    // Reports of the mouse: a byte each character.
    this.#terminal.onBinary((text) =>
      this.#type(Uint8Array.from(text, (character) => character.charCodeAt(0))),
    );
    this.#terminal.onResize(({ rows, cols }) =>
      this.#link.send(JSON.stringify({ rows, columns: cols })),
    );
    this.#observer = new ResizeObserver(() => this.#fit());
    this.#observer.observe(place);
    this.#terminal.focus();
  }

  get name() {
    return this.#name;
  }

  /** Its domain runs: where the console had ended, there is a new one. */
  domainRuns() {
    if (!this.#hasEnded) return;
    this.#hasEnded = false;
    this.#link.open();
  }

  close() {
    this.#observer.disconnect();
    this.#link.close();
    this.#terminal.dispose();
    this.#place.replaceChildren();
  }

  /**
   * What is pasted may be long.
   *
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  #type(bytes) {
    for (let begin = 0; begin < bytes.length; begin += largestMessage) {
      this.#link.send(bytes.subarray(begin, begin + largestMessage));
    }
  }

  /** @param {LinkState} state */
  #show(state) {
    this.#hasEnded = state === 'ended';
    this.#changed(state);
  }

  #path() {
    const { rows, cols } = this.#terminal;
    return `/api/domains/${encodeURIComponent(this.#name)}/console?rows=${rows}&columns=${cols}`;
  }

  /** As many rows and columns as there is room for. */
  #fit() {
    const screen = this.#place.querySelector('.xterm-screen');
    const { width = 0, height = 0 } = screen?.getBoundingClientRect() ?? {};
    const { paddingLeft, paddingTop } = getComputedStyle(this.#place);
    const room = {
      width: this.#place.clientWidth - 2 * parseFloat(paddingLeft) - scrollBar,
      height: this.#place.clientHeight - 2 * parseFloat(paddingTop),
    };
    // Nothing is shown yet.
    if (width === 0 || height === 0 || room.width <= 0) return;
    const { rows, cols } = this.#terminal;
    this.#terminal.resize(
      Math.max(2, Math.floor(room.width / (width / cols))),
      Math.max(1, Math.floor(room.height / (height / rows))),
    );
  }
}
