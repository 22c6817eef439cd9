// The systems that a bench compares, in the order of its tables. Each has a `title`, the `variants` of a container and the
// `actions` that it has, and `missing()`, which says what to do when it isn't installed; perhaps a `note`, and `atOnce` and `mostRuns`:
// how many containers of it there are at a time, and how often it takes part, at most.
//
// `open(site)` resolves with what makes containers: `make({ name, variant, program })`, where the program of init is `sleep` or
// `true`, resolves with a unit. A unit has a function for each action, which resolves with milliseconds, and `remove()`.
'use strict';
const { StepError, say } = require('../steps');
const command = require('./systems/command');
const floor = require('./systems/floor');
const { bubblewrap, nspawn } = require('./systems/foreground');
const { heap, library } = require('./systems/library');
const libvirt = require('./systems/libvirt');
const lxc = require('./systems/lxc');
const { crun, runc } = require('./systems/oci');

const systems = { floor, library, heap, command, lxc, crun, runc, bubblewrap, nspawn, libvirt };

/** Those of them that are wanted, opened when first used; what can't be is told once, with its reason. */
class OpenSystems {
  #wanted;
  #site;
  #opened = new Map();
  /** Why systems are left out, by name. */
  leftOut = {};

  constructor(wanted, site) {
    this.#wanted = wanted;
    this.#site = site;
  }

  /** The names of the wanted systems that have this action, in this variant; the floor has no variants, and is always there. */
  able({ variant, action }) {
    return this.#wanted.filter((name) => {
      const { variants, actions } = systems[name];
      return (name === 'floor' || variants.includes(variant)) && actions.includes(action);
    });
  }

  isWanted(name) {
    return this.#wanted.includes(name);
  }

  /** The opened system, or undefined when it is left out. */
  async get(name) {
    if (!this.#opened.has(name)) this.#opened.set(name, await this.#open(name));
    return this.#opened.get(name);
  }

  /** Says that a system is left out, of everything or of one scenario. */
  leaveOut(name, reason) {
    this.leftOut[name] ??= [];
    if (this.leftOut[name].includes(reason)) return;
    this.leftOut[name].push(reason);
    say(`left out: ${name}: ${reason}`);
  }

  async close() {
    for (const opened of [...this.#opened.values()].reverse()) await opened?.close();
  }

  async #open(name) {
    const missing = systems[name].missing();
    if (missing !== undefined) {
      this.leaveOut(name, `not installed: ${missing}`);
      return undefined;
    }
    try {
      return await systems[name].open(this.#site);
    } catch (error) {
      if (!(error instanceof StepError)) throw error;
      this.leaveOut(name, error.message);
      return undefined;
    }
  }
}

module.exports = { OpenSystems, systems };
