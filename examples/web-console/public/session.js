/** How the page talks to the server: with the token that its address had, and again after the server was gone. */

const protocol = 'tslxc-web-console';
const token = takeToken();

/** Without one there is nothing to be had. */
export const hasToken = token !== '';

/** Milliseconds between two attempts: twice as long each time, up to a limit. */
const firstPause = 250;
const longestPause = 5000;

// The address of a server that was started anew, opened in the tab of the one before.
addEventListener('hashchange', () => location.reload());

/** A browser sends what is behind the # to no server. It is taken out of sight, and kept for reloads of this tab. */
function takeToken() {
  const found = new URLSearchParams(location.hash.slice(1)).get('token');
  if (found !== null) {
    sessionStorage.setItem('token', found);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem('token') ?? '';
}

/**
 * Starts or stops a domain.
 *
 * @param {string} name
 * @param {'start' | 'stop'} verb
 * @returns {Promise<void>} rejects with what the server says
 */
export async function act(name, verb) {
  const answer = await call('POST', `/api/domains/${encodeURIComponent(name)}/${verb}`);
  if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`);
}

/** Whether the server is there, and asks for another token. A browser does not say why a socket was refused. */
async function isRefused() {
  try {
    return (await call('GET', '/api/access')).status === 401;
  } catch {
    return false;
  }
}

/**
 * @param {'GET' | 'POST'} method
 * @param {string} path
 */
function call(method, path) {
  return fetch(path, { method, headers: { Authorization: `Bearer ${token}` } });
}

/**
 * `refused`: the server asks for another token, so that no attempt is made any more.
 *
 * @typedef {'connected' | 'reconnecting' | 'ended' | 'refused'} LinkState
 *
 * @typedef {object} LinkOptions
 * @property {() => string} path - asked for anew for each attempt
 * @property {() => void} [opened] - before the first message of each connection
 * @property {(data: string | ArrayBuffer) => void} received
 * @property {(state: LinkState) => void} changed
 * @property {number} [last] - the code of a close after which no attempt is made
 */

/** A socket that is opened again whenever it was lost. */
export class Link {
  #options;
  /** @type {WebSocket | undefined} */
  #socket;
  #pause = firstPause;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #isClosed = false;

  /** @param {LinkOptions} options */
  constructor(options) {
    this.#options = options;
    this.open();
  }

  /** Opens it now, if it is not open, and not closed for good. */
  open() {
    clearTimeout(this.#timer);
    if (this.#socket !== undefined || this.#isClosed) return;
    const { path, opened, received, changed } = this.#options;
    const socket = new WebSocket(`ws://${location.host}${path()}`, [protocol, `token.${token}`]);
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.#pause = firstPause;
      changed('connected');
      opened?.();
    };
    socket.onmessage = ({ data }) => received(data);
    socket.onclose = ({ code }) => {
      // It was closed here, on purpose.
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#lost(code);
    };
  }

  /**
   * Does nothing while there is no connection.
   *
   * @param {string | Uint8Array<ArrayBuffer>} data
   */
  send(data) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(data);
  }

  /** For good. */
  close() {
    clearTimeout(this.#timer);
    this.#isClosed = true;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /** @param {number} code */
  #lost(code) {
    const { changed, last } = this.#options;
    if (code === last) {
      changed('ended');
      return;
    }
    changed('reconnecting');
    this.#timer = setTimeout(() => void this.#again(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, longestPause);
  }

  async #again() {
    if (await isRefused()) this.#options.changed('refused');
    else this.open();
  }
}
