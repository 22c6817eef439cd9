// A system that is a program: each action is one run of it, from the stopwatch's spawn to its end.
'use strict';
const { findProgram } = require('../../build-native');

/** Why a system can't be measured: its program isn't there. */
function missingProgram(program, packageName) {
  return () => (findProgram(program) === undefined ? `apt-get install ${packageName}` : undefined);
}

/** `words` has the argv of each action. They are there for who runs many at once, too. */
function programUnit(stopwatch, words, remove = async () => undefined) {
  const actions = Object.entries(words).map(([action, argv]) => [
    action,
    () => stopwatch.run(...argv),
  ]);
  return { ...Object.fromEntries(actions), words, remove };
}

module.exports = { missingProgram, programUnit };
