// One run of Jest, and its end in any case: a Jest that hangs, or that something which a test left open keeps from ending,
// is ended with all that it has started, and why is said.
'use strict';
const { spawn } = require('node:child_process');
const { existsSync, readFileSync, rmSync, statSync } = require('node:fs');
const { constants, setPriority } = require('node:os');
const { packageRoot } = require('./steps');

/** Milliseconds that a Jest whose report is there may take to end, and one that is told to end. */
const usualGrace = 10_000;

/** The nice value of what gives way. */
const lowered = 10;

/** The processes of what runs now. */
const running = new Set();

/** Ends a process and all of its group: at first so that what it lent can be given back (scripts/own-world.sh). */
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

/** On a terminal that is dumb, as where there is none, Node.js edits no lines: those of tests are not. */
const terminal = process.env.TERM === 'dumb' ? { TERM: 'xterm' } : {};

/** Their groups are not the terminal's: what is said to this process is for them too. */
function handOnSignals() {
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      for (const child of running) kill(child, 'SIGTERM');
      process.exit(128 + constants.signals[signal]);
    });
  }
}

/** Calls `tell` with why a Jest has to be ended, once that is so; returns what stops watching. */
function watch({ report, runningFile, minutes, grace }, tell) {
  const started = Date.now();
  const timer = setInterval(() => {
    const isWritten = existsSync(report);
    if (isWritten && Date.now() - statSync(report).mtimeMs > grace) {
      tell('something that a test left open kept Jest from ending');
    } else if (!isWritten && Date.now() - started > minutes * 60_000) {
      const files = existsSync(runningFile) ? readFileSync(runningFile, 'utf8') : '';
      tell(`killed after ${minutes} minutes, while it ran ${files || 'no file'}`);
    }
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

module.exports = { runJest };
