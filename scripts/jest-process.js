// Runs Jest, and makes sure that it ends: if it hangs, or if something that a test has left open keeps it from exiting, it is
// killed with all processes that it has started, and the reason is reported.
'use strict';
const { spawn } = require('node:child_process');
const { existsSync, readFileSync, rmSync, statSync } = require('node:fs');
const { constants, setPriority } = require('node:os');
const { packageRoot } = require('./steps');

/** Milliseconds that Jest may take to exit once it has written its report, or once it has got SIGTERM, on a machine that is busy. */
const usualGrace = 60_000;

/** The nice value of what gives way: it still gets a quarter of a processor that something else keeps busy. */
const lowered = 5;

/** The processes of what runs now. */
const running = new Set();

/** Ends a process and its whole group: first by SIGTERM, so that scripts/own-world.sh can clean up, then by SIGKILL. */
function endGroup(child, grace) {
  kill(child, 'SIGTERM');
  setTimeout(() => kill(child, 'SIGKILL'), grace).unref();
}

function kill({ pid }, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Node.js does not edit lines on a dumb terminal, but the terminals of tests are not dumb. */
const terminal = process.env.TERM === 'dumb' ? { TERM: 'xterm' } : {};

/** Jest's process groups don't get the terminal's signals, so those that this process gets are passed on to them. */
function handOnSignals() {
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      for (const child of running) kill(child, 'SIGTERM');
      process.exit(128 + constants.signals[signal]);
    });
  }
}

/** The time at which a file was last written, or undefined when there is none. */
function writtenAt(file) {
  return existsSync(file) ? statSync(file).mtimeMs : undefined;
}

/**
 * Why a Jest has to be ended, or undefined. It hangs when no file of tests has begun or ended for so many minutes; how long all of
 * them take depends on the machine. Times are in milliseconds: `started`, `progressed` (a file began or ended) and `reported` may
 * be undefined.
 */
function hangOf({ now, started, progressed = started, reported, minutes, grace, files }) {
  if (reported !== undefined) {
    return now - reported > grace
      ? 'something that a test left open kept Jest from ending'
      : undefined;
  }
  if (now - Math.max(started, progressed) <= minutes * 60_000) return undefined;
  return `killed after ${minutes} minutes without progress, while it ran ${files || 'no file'}`;
}

/** Calls `tell` with why a Jest has to be ended, once that is so; returns what stops watching. */
function watch({ report, runningFile, minutes, grace }, tell) {
  const started = Date.now();
  const timer = setInterval(() => {
    const hang = hangOf({
      now: Date.now(),
      started,
      progressed: writtenAt(runningFile),
      reported: writtenAt(report),
      minutes,
      grace,
      files: existsSync(runningFile) ? readFileSync(runningFile, 'utf8') : '',
    });
    if (hang !== undefined) tell(hang);
  }, 500);
  return () => clearInterval(timer);
}

/**
 * Jest writes for people to stderr, and tests print what they have measured to stdout. Both are shown: at once when `output`
 * is `live`, else in one piece at its end. Its JSON goes to `report`. Resolves with its exit code, and with why it was killed.
 */
function runJest(argv, { report, minutes, output, grace = usualGrace }) {
  const runningFile = `${report}.running`;
  rmSync(runningFile, { force: true });
  const [program, ...parameters] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: packageRoot,
      env: { ...process.env, ...terminal, TSLXC_TEST_RUNNING: runningFile },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    if (running.size === 0 && process.listenerCount('SIGINT') === 0) handOnSignals();
    running.add(child);
    if (output !== 'live') setPriority(child.pid, lowered);
    const kept = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        if (output === 'live') process.stderr.write(chunk);
        else kept.push(chunk);
      });
    }
    const faults = [];
    const stop = watch({ report, runningFile, minutes, grace }, (fault) => {
      stop();
      faults.push(fault);
      endGroup(child, grace);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      stop();
      running.delete(child);
      process.stderr.write(Buffer.concat(kept));
      resolve({ code, faults });
    });
  });
}

module.exports = { hangOf, runJest };
