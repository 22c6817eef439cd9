// Tells how far the compilation is, from what make writes while it goes on.
'use strict';
const { readdirSync } = require('node:fs');
const { join } = require('node:path');

/** The folders of which each C++ file is compiled by itself; native/addon.cc includes all of native/addon. */
const folders = ['base', 'plan', 'monitor'];

/** How many files a build compiles. */
function countSources(root) {
  const names = folders.flatMap((folder) => readdirSync(join(root, 'native', folder)));
  return names.filter((name) => name.endsWith('.cc')).length + 1;
}

/** Milliseconds between two lines, so that what ccache knows doesn't take ten. */
const interval = 5000;

class CompileProgress {
  #unfinished = '';
  #compiled = 0;
  #told;
  #options;

  /** `total`: the files; `tell` is given a line of text; `now` is the time in milliseconds. */
  constructor({ total, tell, now = Date.now }) {
    this.#options = { total, tell, now, started: now() };
    this.#told = now();
  }

  /** Takes a piece of the output. */
  take(text) {
    const lines = (this.#unfinished + text).split('\n');
    this.#unfinished = lines.pop();
    this.#compiled += lines.filter((line) => /^ *CXX\(target\) /.test(line)).length;
    const { total, tell, now, started } = this.#options;
    if (this.#compiled === 0 || now() - this.#told < interval) return;
    this.#told = now();
    const seconds = Math.round((now() - started) / 1000);
    tell(`compiling file ${this.#compiled} of ${total} (${seconds} s)`);
  }
}

module.exports = { CompileProgress, countSources };
