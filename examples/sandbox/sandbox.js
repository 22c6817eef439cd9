/** `node sandbox.js SCRIPT…`: runs each script as one of a stranger, all at once, and prints what came of it as lines of JSON. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { connect, makeRoot, TslxcError } from 'tslxc';
import { runScript } from './run-script.js';

const home = resolve(process.env['SANDBOX_HOME'] ?? '/var/lib/sandbox');

/** The root that all share. Only the host's root may look into `home`. */
async function makeBase() {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const base = join(home, 'base');
  try {
    await makeRoot(base);
  } catch (error) {
    // It is there since an earlier run.
    if (!TslxcError.is(error, 'OPERATION_INVALID')) throw error;
  }
  return base;
}

/** @param {string[]} files */
async function main(files) {
  const base = await makeBase();
  const connection = await connect();
  try {
    const run = async (/** @type {string} */ file) => {
      const script = await readFile(file, 'utf8');
      const name = `sandbox-${randomBytes(4).toString('hex')}`;
      const outcome = await runScript(connection, script, { base, name, seconds: 5 });
      console.log(JSON.stringify({ script: basename(file), ...outcome }));
    };
    await Promise.all(files.map(run));
  } finally {
    await connection.close();
  }
}

await main(process.argv.slice(2));
