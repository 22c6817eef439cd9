/** The table of domains: a row each, which stays as long as the domain is there. */
import { Plot } from './plot.js';

/** @typedef {import('../domains.js').DomainLine} DomainLine */
/** @typedef {import('../domains.js').Overview} Overview */

/**
 * @typedef {object} Actions
 * @property {(name: string) => Promise<void>} start
 * @property {(name: string) => Promise<void>} stop
 * @property {(name: string) => void} openConsole
 */

const MiB = 1024 * 1024;

export class DomainTable {
  #body;
  #actions;
  /** @type {Map<string, Row>} */
  #rows = new Map();

  /**
   * @param {HTMLElement} body - of the table
   * @param {Actions} actions
   */
  constructor(body, actions) {
    this.#body = body;
    this.#actions = actions;
  }

  /** @param {Overview} overview */
  show({ domains }) {
    const rows = domains.map((domain) => {
      const row = this.#rows.get(domain.name) ?? new Row(domain.name, this.#actions);
      return { domain, row };
    });
    this.#rows = new Map(rows.map(({ domain, row }) => [domain.name, row]));
    const elements = rows.map(({ row }) => row.element);
    const isSame =
      elements.length === this.#body.children.length &&
      elements.every((element, index) => this.#body.children[index] === element);
    // What has the focus would lose it.
    if (!isSame) this.#body.replaceChildren(...elements);
    for (const { domain, row } of rows) row.show(domain);
  }
}

class Row {
  element = document.createElement('tr');
  #state = document.createElement('span');
  #cpu = new Measure('cpu', 'CPU time');
  #memory = new Measure('memory', 'Memory');
  #start;
  #stop;
  #console;
  /** @type {DomainLine | undefined} */
  #last;
  /** What became of the last button: until the next look the row shows what was before. */
  #action = /** @type {'none' | 'asked' | 'answered'} */ ('none');

  /**
   * @param {string} name
   * @param {Actions} actions
   */
  constructor(name, { start, stop, openConsole }) {
    this.element.dataset['name'] = name;
    this.#state.className = 'state';
    this.#start = button('Start', () => this.#act(() => start(name)));
    this.#stop = button('Stop', () => this.#act(() => stop(name)));
    this.#console = button('Console', () => openConsole(name));
    this.element.append(
      cell('name', name),
      cell('', this.#state),
      cell('', this.#cpu.element),
      cell('', this.#memory.element),
      cell('actions', this.#start, this.#stop, this.#console),
    );
  }

  /** @param {DomainLine} domain */
  show(domain) {
    this.#state.textContent = `${domain.state} (${domain.reason})`;
    this.#state.dataset['state'] = domain.state;
    this.#showCpu(domain);
    this.#showMemory(domain);
    this.#last = domain;
    if (this.#action === 'answered') this.#action = 'none';
    this.#enable();
  }

  /**
   * The time that it has had since the last look, as a part of one CPU.
   *
   * @param {DomainLine} domain
   */
  #showCpu({ time, cpu }) {
    const last = this.#last;
    if (cpu === undefined) {
      this.#cpu.clear();
    } else if (last?.cpu !== undefined && cpu >= last.cpu && time > last.time) {
      const percent = (cpu - last.cpu) / ((time - last.time) * 1e4);
      this.#cpu.add(percent, { top: 100, text: `${percent.toFixed(1)} %` });
    }
  }

  /** @param {DomainLine} domain */
  #showMemory({ memory, limit }) {
    if (memory === undefined) {
      this.#memory.clear();
      return;
    }
    const used = `${(memory / MiB).toFixed(1)} MiB`;
    const text = limit === undefined ? used : `${used} of ${Math.round(limit / MiB)}`;
    this.#memory.add(memory, { top: limit ?? memory, text });
  }

  /** @param {() => Promise<void>} action */
  async #act(action) {
    this.#action = 'asked';
    this.#enable();
    await action();
    this.#action = 'answered';
  }

  #enable() {
    const state = this.#last?.state;
    const isActing = this.#action !== 'none';
    this.#start.disabled = isActing || state !== 'shutoff';
    this.#stop.disabled = isActing || state === 'shutoff';
    this.#console.disabled = state === 'shutoff';
  }
}

/** A number, and what it was before. */
class Measure {
  element = document.createElement('div');
  #text = document.createElement('span');
  #plot;

  /**
   * @param {string} kind
   * @param {string} label
   */
  constructor(kind, label) {
    this.#plot = new Plot(kind, label);
    this.element.className = 'measure';
    this.element.append(this.#plot.element, this.#text);
  }

  /**
   * @param {number} value
   * @param {{ top: number, text: string }} options
   */
  add(value, options) {
    this.#text.textContent = options.text;
    this.#plot.add(value, options);
  }

  clear() {
    this.#text.textContent = '';
    this.#plot.clear();
  }
}

/**
 * @param {string} text
 * @param {() => void} pressed
 */
function button(text, pressed) {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = text;
  element.addEventListener('click', pressed);
  return element;
}

/**
 * @param {string} kind
 * @param {(HTMLElement | string)[]} content
 */
function cell(kind, ...content) {
  const element = document.createElement('td');
  element.className = kind;
  element.append(...content);
  return element;
}
