/**
 * A socket of a page, and the console of a container. Binary messages are bytes, in both directions; a text from the page is the new
 * size of its terminal, as JSON. A page that comes back is told anew what the console has shown last.
 */
import { TslxcError } from 'tslxc';

/** @typedef {import('ws').WebSocket} Socket */
/** @typedef {import('tslxc').ConsoleStream} ConsoleStream */
/** @typedef {{ rows: number, columns: number }} Size */

/** Codes by which the socket is closed: there is no console until the domain is started; what the page said makes no sense. */
const ended = 4000;
const nonsense = 4001;
/** WebSocket's own for a fault of the server. The page tries again. */
const lost = 1011;

/** Rows and columns are 16 bits of the kernel's struct winsize. */
const largestSize = 0xffff;

/**
 * @param {import('tslxc').Connection} connection
 * @param {Socket} socket
 * @param {{ name: string, size: Size }} options
 */
export async function serveConsole(connection, socket, { name, size }) {
  // What is wrong with a message: ws closes the socket then, with the code that says it.
  socket.on('error', () => undefined);
  if (!isSize(size)) {
    socket.close(nonsense, 'that is not the size of a terminal');
    return;
  }
  // Nothing that the page says gets lost meanwhile.
  socket.pause();
  try {
    const domain = await connection.lookupDomainByName(name);
    // A quiet replay asks the terminal nothing that it would answer a second time, into the container.
    const stream = await domain.openConsole({ from: 'replay', replay: 'quiet', size });
    socket.once('close', () => stream.destroy());
    // It may have gone meanwhile, which is told no second time.
    if (socket.readyState === socket.CLOSED) stream.destroy();
    takeInput(socket, stream);
    socket.resume();
    await giveOutput(socket, stream);
    socket.close(ended, 'the container has ended');
  } catch (error) {
    socket.resume();
    if (TslxcError.is(error, 'NO_DOMAIN') || TslxcError.is(error, 'OPERATION_INVALID')) {
      socket.close(ended, 'nothing runs');
      return;
    }
    console.error(error);
    socket.close(lost, 'the console was lost');
  }
}

/**
 * Until the container ends, or the page goes.
 *
 * @param {Socket} socket
 * @param {ConsoleStream} stream
 */
async function giveOutput(socket, stream) {
  try {
    for await (const chunk of stream) {
      // The next one is read when this one is on its way: a slow page holds up neither the server nor the container.
      await new Promise((resolve) => socket.send(chunk, resolve));
    }
  } catch (error) {
    // The page has gone, and the stream with it.
    if (socket.readyState === socket.OPEN) throw error;
  }
}

/**
 * @param {Socket} socket
 * @param {ConsoleStream} stream
 */
function takeInput(socket, stream) {
  socket.on('message', (/** @type {Buffer} */ data, /** @type {boolean} */ isBinary) => {
    if (isBinary) {
      if (stream.write(data)) return;
      socket.pause();
      stream.once('drain', () => socket.resume());
      return;
    }
    const size = sizeIn(data.toString());
    if (size === undefined) socket.close(nonsense, 'that is not the size of a terminal');
    else stream.resize(size);
  });
}

/**
 * @param {string} text
 * @returns {Size | undefined}
 */
function sizeIn(text) {
  try {
    const size = JSON.parse(text);
    return isSize(size) ? size : undefined;
  } catch {
    return undefined;
  }
}

/** @param {Size} size */
function isSize({ rows, columns }) {
  const isCount = (/** @type {number} */ value) =>
    Number.isInteger(value) && value > 0 && value <= largestSize;
  return isCount(rows) && isCount(columns);
}
