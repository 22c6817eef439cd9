// A service with the library in a process of its own: the client of service.js.
'use strict';
const { fork } = require('node:child_process');
const { join } = require('node:path');
const { StepError } = require('../steps');

class ServiceProcess {
  #child;
  #waiting = new Map();
  #count = 0;
  #ended;

  constructor(child) {
    this.#child = child;
    child.on('message', ({ number, value, error }) => {
      const { resolve, reject } = this.#waiting.get(number);
      this.#waiting.delete(number);
      if (error === undefined) resolve(value);
      else reject(new StepError(`the library: ${error}`));
    });
    // Not 'close': that never comes when this side has closed the channel.
    this.#ended = new Promise((resolve) => child.on('exit', resolve));
    void this.#ended.then((code) => {
      const reason = new StepError(`the service has ended with ${code}`);
      for (const { reject } of this.#waiting.values()) reject(reason);
    });
  }

  /** `root` is that of tslxc; `heap` the megabytes that the service keeps. */
  static async start({ root, heap = 0 }) {
    const child = fork(join(__dirname, 'service.js'), [root, String(heap)]);
    const service = new ServiceProcess(child);
    await service.ask('ready');
    return service;
  }

  get pid() {
    return this.#child.pid;
  }

  /** Resolves with what the action of service.js does. */
  ask(action, input = {}) {
    const number = (this.#count += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#child.send({ number, action, input });
    });
  }

  async close() {
    await this.ask('close');
    this.#child.disconnect();
    await this.#ended;
  }
}

module.exports = { ServiceProcess };
