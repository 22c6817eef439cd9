/**
 * A web service in a container: `node service.js start`, `status`, `exec CMD…`, `logs [-f]`, `stop`, `remove`. Each verb is a
 * process of its own that ends when it is done; the container goes on without one, and the next verb finds it.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, makeRoot, TslxcError } from 'tslxc';
import { definition } from './definition.js';

/** @typedef {import('tslxc').Connection} Connection */

const name = 'greeter';
const app = fileURLToPath(new URL('app', import.meta.url));
const home = resolve(process.env['GREETER_HOME'] ?? '/var/lib/greeter');
const root = join(home, 'root');

/** Port of the host at which it is found. */
const port = 8080;

/** Milliseconds that the service has to begin. */
const patience = 30_000;

/**
 * Verb → what it does, and resolves to: an exit code, or nothing for success.
 *
 * @type {Record<string, (connection: Connection, words: string[]) => Promise<number | void>>}
 */
const verbs = { start, status, exec, logs, stop, remove };

/**
 * Whatever there was before, the service runs afterwards. A definition that has changed takes effect at its next start.
 *
 * @param {Connection} connection
 */
async function start(connection) {
  await makeHome();
  const domain = await connection.defineDomain(definition({ name, root, app, port }));
  await domain.setAutostart('on');
  try {
    // This process is about to end: cleaning up after the container is left to others.
    await domain.start({ ownership: 'leave', onWarning: warn });
  } catch (error) {
    const runsAlready = TslxcError.is(error, 'OPERATION_INVALID') && domain.id !== undefined;
    if (!runsAlready) throw error;
  }
  await domain.waitFor({ address: 'ipv4', timeout: patience });
  await domain.waitFor({ healthy: true, timeout: patience });
  console.log(`http://127.0.0.1:${port}/`);
}

/** @param {Connection} connection */
async function status(connection) {
  const domain = await connection.lookupDomainByName(name);
  const { health } = await domain.info();
  const { state, memory, pids } = await domain.stats();
  console.log(`${state.state} (${health?.state ?? state.reason})`);
  if (memory !== undefined) console.log(`memory: ${Math.ceil(memory.usage / 1024)} KiB`);
  if (pids !== undefined) console.log(`processes: ${pids.current}`);
}

/**
 * @param {Connection} connection
 * @param {string[]} argv
 */
async function exec(connection, argv) {
  const domain = await connection.lookupDomainByName(name);
  const { stdout, stderr, code } = await domain.exec(argv);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return code;
}

/**
 * @param {Connection} connection
 * @param {string[]} words
 */
async function logs(connection, words) {
  const domain = await connection.lookupDomainByName(name);
  for await (const line of domain.logs({ lines: 100, follow: words.includes('-f') })) {
    // The container chooses what stands here: it gets no chance to steer the terminal.
    console.log(line.replace(/\p{Cc}/gu, ' ').trimEnd());
  }
}

/**
 * Asks it to end, and makes it end when it does not within ten seconds. Either is final: nothing starts it again.
 *
 * @param {Connection} connection
 */
async function stop(connection) {
  const domain = await connection.lookupDomainByName(name);
  await domain.setAutostart('off');
  try {
    await domain.destroy({ graceful: true });
  } catch (error) {
    const wouldNot = ['OPERATION_TIMEOUT', 'OPERATION_UNSUPPORTED'];
    if (!TslxcError.is(error) || !wouldNot.includes(error.code)) throw error;
    await domain.destroy();
  }
}

/** @param {Connection} connection */
async function remove(connection) {
  const domain = await connection.lookupDomainByName(name);
  if (domain.id !== undefined) await stop(connection);
  await domain.undefine();
  await rm(home, { recursive: true });
}

/** Only the host's root may look into it: a set-uid program of the container's root belongs to the host's on disk. */
async function makeHome() {
  await mkdir(home, { recursive: true, mode: 0o700 });
  try {
    await makeRoot(root);
  } catch (error) {
    // It is there since an earlier start.
    if (!TslxcError.is(error, 'OPERATION_INVALID')) throw error;
  }
}

/** @param {import('tslxc').Warning} warning */
function warn({ message }) {
  console.error(`warning: ${message}`);
}

/** @param {string[]} words */
async function main([verb = '', ...words]) {
  const action = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (action === undefined) {
    console.error(`usage: node service.js ${Object.keys(verbs).join(' | ')}`);
    return 2;
  }
  const connection = await connect();
  try {
    return (await action(connection, words)) ?? 0;
  } catch (error) {
    if (!TslxcError.is(error)) throw error;
    console.error(`error: ${error.message}`);
    return 1;
  } finally {
    await connection.close();
  }
}

process.exitCode = await main(process.argv.slice(2));
