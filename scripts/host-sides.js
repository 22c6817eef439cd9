// What the tests noted of the host they ran on (test/support/world/host-side.ts), as the lines that a run prints at its end.
'use strict';

/** `notes` is a line for each test that depends on the host: `has WHAT` or `lacks WHAT`. */
function describeSides(notes) {
  const all = [...new Set(notes.split('\n').filter((line) => line !== ''))].sort();
  const of = (word) =>
    all.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const told = { has: of('has'), lacks: of('lacks') };
  return Object.entries(told)
    .filter(([, what]) => what.length > 0)
    .map(([word, what]) => `this host ${word}: ${what.join(', ')}`);
}

module.exports = { describeSides };
