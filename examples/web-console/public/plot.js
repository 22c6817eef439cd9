/** A small plot of the last two minutes, one value a second, on a canvas. */

const most = 120;

export class Plot {
  #canvas;
  #label;
  /** @type {number[]} */
  #values = [];

  /**
   * @param {string} kind - class of the canvas, which gives it its colour
   * @param {string} label - what is plotted
   */
  constructor(kind, label) {
    this.#canvas = document.createElement('canvas');
    this.#canvas.className = kind;
    this.#canvas.setAttribute('role', 'img');
    this.#label = label;
  }

  get element() {
    return this.#canvas;
  }

  /**
   * Adds a value, and draws.
   *
   * @param {number} value
   * @param {{ top: number, text: string }} options - `top`: what the upper edge stands for, unless a value is larger; `text`: the value in words
   */
  add(value, { top, text }) {
    this.#values = [...this.#values, value].slice(-most);
    this.#canvas.setAttribute('aria-label', `${this.#label}: ${text}`);
    this.#draw(Math.max(top, ...this.#values));
  }

  clear() {
    this.#values = [];
    this.#canvas.setAttribute('aria-label', `${this.#label}: nothing`);
    this.#draw(1);
  }

  /** @param {number} top */
  #draw(top) {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const context = this.#canvas.getContext('2d');
    if (context === null || width === 0) return;
    this.#canvas.width = width * devicePixelRatio;
    this.#canvas.height = height * devicePixelRatio;
    context.scale(devicePixelRatio, devicePixelRatio);
    const colour = getComputedStyle(this.#canvas).color;
    const step = width / (most - 1);
    const begin = width - (this.#values.length - 1) * step;
    context.beginPath();
    this.#values.forEach((value, index) => {
      const y = height - 1 - (value / top) * (height - 2);
      context.lineTo(begin + index * step, y);
    });
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.stroke();
    context.lineTo(width, height);
    context.lineTo(begin, height);
    context.globalAlpha = 0.15;
    context.fillStyle = colour;
    context.fill();
  }
}
