// `npm run hello`: makes ready whatever is missing, then takes the hello-world container through its life,
// from define to undefine, with the command and a state folder of its own, which is removed at the end.
'use strict';
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { setUp } = require('./setup');
const { StepError, main, packageRoot, run, runOrFail, say } = require('./steps');
const { converse } = require('./terminal');

const helloWorldXml = `<domain type='lxc'>
  <name>helloworld</name>
  <memory>102400</memory>
  <os>
    <type>exe</type>
    <init>/bin/sh</init>
  </os>
  <devices>
    <console type='pty'/>
  </devices>
</domain>
`;

const command = join(packageRoot, 'dist', 'cli', 'main.js');

/** The environment of the steps: a root of their own, and none of the caller's settings. */
function environment(root) {
  const env = { ...process.env, TSLXC_ROOT: root, TERM: 'dumb' };
  for (const name of ['TSLXC_DEFAULT_URI', 'LIBVIRT_DEFAULT_URI']) delete env[name];
  return env;
}

/** Runs one command and shows it with what it says. */
async function step(env, ...words) {
  process.stdout.write(`# tslxc ${words.join(' ')}\n`);
  const argv = [process.execPath, command, ...words];
  const explain = (output) => `tslxc ${words[0]} failed: ${output.trim().split('\n').at(-1)}`;
  process.stdout.write(await runOrFail(argv, explain, { env }));
}

async function showConsole(env) {
  process.stdout.write('# tslxc console helloworld\n');
  const prompt = /# $/;
  const transcript = await converse(
    [process.execPath, command, 'console', 'helloworld'],
    [
      { await: prompt, type: 'ps -axuwf\r' },
      { await: /COMMAND[^]*# $/, type: '\x1d' },
    ],
    { env, seconds: 20 },
  );
  process.stdout.write('\n');
  if (!/^root +1 .* \/bin\/sh\s*$/m.test(transcript)) {
    throw new StepError('PID 1 on the console is not the shell');
  }
}

async function live(env, file) {
  await step(env, 'define', file);
  await step(env, 'start', 'helloworld');
  await step(env, 'list');
  await showConsole(env);
  await step(env, 'destroy', 'helloworld');
  await step(env, 'undefine', 'helloworld');
}

main('hello', async () => {
  await setUp('hello');
  const root = mkdtempSync('/var/tmp/tslxc-hello-');
  const env = environment(root);
  const file = join(root, 'helloworld.xml');
  writeFileSync(file, helloWorldXml);
  say(`the hello-world container (state in ${root}; tslxc is dist/cli/main.js)`);
  process.stdout.write(`# cat ${file}\n${helloWorldXml}`);
  try {
    await live(env, file);
  } finally {
    await run([process.execPath, command, 'destroy', 'helloworld'], { env });
    rmSync(root, { recursive: true, force: true });
  }
  say('PID 1 was the shell; the container and its state are gone');
});
