/** The server of the page: its files, the calls that start and stop a domain, and two kinds of sockets. */
import { once } from 'node:events';
import { createServer, STATUS_CODES } from 'node:http';
import { TslxcError } from 'tslxc';
import { WebSocketServer } from 'ws';
import { Access, socketProtocol } from './access.js';
import { readAssets } from './assets.js';
import { serveConsole } from './console-socket.js';
import { startDomain, stopDomain } from './domains.js';
import { StatisticsFeed } from './statistics-feed.js';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */
/** @typedef {import('tslxc').Connection} Connection */

/** Bytes of one message: what is typed or pasted. */
const largestMessage = 64 * 1024;

/** Milliseconds that a page has to take leave. */
const lastWords = 1000;

const actions = { start: startDomain, stop: stopDomain };
const actionPath = /^\/api\/domains\/([^/]+)\/(start|stop)$/;
const consolePath = /^\/api\/domains\/([^/]+)\/console$/;
const statisticsPath = '/api/statistics';
/** Whether the token is the right one: a socket that was refused does not tell. */
const accessPath = '/api/access';

/** Code of an error → status of the answer; 500 for others. */
const statuses = new Map([
  ['NO_DOMAIN', 404],
  ['OPERATION_INVALID', 409],
]);

/**
 * Serves on the loopback interface, and nowhere else.
 *
 * @param {{ connection: Connection, port: number, token: string }} options - `port`: 0 for any that is free
 */
export async function startWebConsole({ connection, port, token }) {
  const assets = await readAssets();
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: bound } = /** @type {import('node:net').AddressInfo} */ (server.address());

  const access = new Access({ port: bound, token });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessage,
    handleProtocols: () => socketProtocol,
  });
  const feed = new StatisticsFeed(connection);
  server.on('request', (request, response) => {
    void answer(request, response, { access, assets, connection });
  });
  server.on('upgrade', (request, stream, head) => {
    stream.on('error', () => stream.destroy());
    const path = pathOf(request);
    const [, name] = consolePath.exec(path) ?? [];
    const isKnown = name !== undefined || path === statisticsPath;
    const refusal = access.socketRefusal(request) ?? (isKnown ? undefined : 404);
    if (refusal !== undefined) {
      // The connection of a refused client is closed.
      const line = `HTTP/1.1 ${refusal} ${STATUS_CODES[refusal]}`;
      stream.end(`${line}\r\nConnection: close\r\n\r\n`, () => stream.destroy());
      return;
    }
    sockets.handleUpgrade(request, stream, head, (/** @type {import('ws').WebSocket} */ socket) => {
      if (name === undefined) feed.add(socket);
      else void serveConsole(connection, socket, { name: decoded(name), size: sizeOf(request) });
    });
  });
  return {
    port: bound,
    close: async () => {
      for (const socket of sockets.clients) {
        socket.close(1001, 'the server ends');
        setTimeout(() => socket.terminate(), lastWords).unref();
      }
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/**
 * @param {Request} request
 * @param {Response} response
 * @param {{ access: Access, assets: Map<string, import('./assets.js').Asset>, connection: Connection }} parts
 */
async function answer(request, response, { access, assets, connection }) {
  const path = pathOf(request);
  for (const [name, value] of Object.entries(access.headers)) response.setHeader(name, value);
  const asset = request.method === 'GET' ? assets.get(path) : undefined;
  const [, name = '', verb] = request.method === 'POST' ? (actionPath.exec(path) ?? []) : [];
  if (asset !== undefined) {
    const refusal = access.refusal(request);
    if (refusal !== undefined) say(response, refusal);
    else response.setHeader('Content-Type', asset.type).end(asset.body);
  } else if (verb === 'start' || verb === 'stop') {
    const refusal = access.callRefusal(request);
    if (refusal !== undefined) say(response, refusal);
    else await act(response, () => actions[verb](connection, decoded(name)));
  } else if (path === accessPath) {
    const refusal = access.callRefusal(request);
    if (refusal !== undefined) say(response, refusal);
    else response.writeHead(204).end();
  } else {
    say(response, 404);
  }
}

/**
 * Answers with what came of an action.
 *
 * @param {Response} response
 * @param {() => Promise<void>} action
 */
async function act(response, action) {
  try {
    await action();
    response.writeHead(204).end();
  } catch (error) {
    if (TslxcError.is(error)) {
      say(response, statuses.get(error.code) ?? 500, error.message);
      return;
    }
    console.error(error);
    say(response, 500);
  }
}

/**
 * @param {Response} response
 * @param {number} status
 */
function say(response, status, text = STATUS_CODES[status]) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
}

/** @param {Request} request */
function pathOf({ url = '' }) {
  return url.split('?')[0] ?? '';
}

/**
 * The size of the terminal that shows a console.
 *
 * @param {Request} request
 */
function sizeOf({ url = '' }) {
  const query = new URLSearchParams(url.split('?')[1]);
  return { rows: Number(query.get('rows') ?? 24), columns: Number(query.get('columns') ?? 80) };
}

/**
 * A part of a path. One that can't be decoded is the name of no domain.
 *
 * @param {string} part
 */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
