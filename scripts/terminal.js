// Runs a program on a real terminal and shows what it writes there: for hello.js, whose console needs one.
'use strict';
const { spawn } = require('node:child_process');
const { join } = require('node:path');
const { createInterface } = require('node:readline');
const { StepError, packageRoot } = require('./steps');

const driver = join(packageRoot, 'test', 'support', 'console', 'pty-driver.py');

/**
 * Starts `argv`; each of `dialogue` is typed as soon as its pattern has been written since the one before.
 * Resolves with all that was written when the program has ended with exit code 0.
 */
function converse(argv, dialogue, { env, seconds }) {
  const child = spawn('python3', [driver, '24', '100', ...argv], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  });
  const left = [...dialogue];
  let transcript = '';
  let unread = '';
  let end = {};
  const take = (text) => {
    process.stdout.write(text);
    transcript += text;
    unread += text;
    for (let match; left.length > 0 && (match = left[0].await.exec(unread)) !== null;) {
      unread = unread.slice(match.index + match[0].length);
      const typed = Buffer.from(left.shift().type).toString('base64');
      child.stdin.write(`${JSON.stringify({ write: typed })}\n`);
    }
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const report = JSON.parse(line);
    if (report.data === undefined) end = report;
    else take(Buffer.from(report.data, 'base64').toString());
  });
  const timer = setTimeout(() => child.stdin.end(), seconds * 1000);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      if (end.exit === 0 && left.length === 0) resolve(transcript);
      else if (left.length > 0) reject(new StepError(`the console never showed ${left[0].await}`));
      else reject(new StepError(`the console ended with ${JSON.stringify(end)}`));
    });
  });
}

module.exports = { converse };
