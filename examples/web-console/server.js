/**
 * `node server.js [--port N]`: serves the page on this machine only. It asks for the token that WEB_CONSOLE_TOKEN has; without that
 * one is chosen at each start. The address that is printed has it, or the variable's name in its place. ^C ends the server, and no container.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { connect } from 'tslxc';
import { startWebConsole } from './web-console.js';

const { values } = parseArgs({ options: { port: { type: 'string', default: '8090' } } });
const { WEB_CONSOLE_TOKEN: given } = process.env;
// No program that is started from here is to find it.
delete process.env['WEB_CONSOLE_TOKEN'];
if (given !== undefined && !/^[\w-]{32,}$/.test(given)) {
  console.error('WEB_CONSOLE_TOKEN has to be 32 letters, digits, _ and -, or more');
  process.exit(1);
}
const token = given ?? randomBytes(24).toString('base64url');

const connection = await connect();
const server = await startWebConsole({ connection, port: Number(values.port), token });
const address = `http://127.0.0.1:${server.port}/`;
// What does not go to a terminal may be kept in a log, where a token that stays has no place.
const isShown = given === undefined || process.stdout.isTTY;
console.log(`${address}#token=${isShown ? token : '$WEB_CONSOLE_TOKEN'}`);

process.once('SIGINT', end);
process.once('SIGTERM', end);

async function end() {
  await server.close();
  await connection.close();
}
