/**
 * Who may ask for what. Who is let in is root on this machine, so three things are looked at:
 *
 * - Host: another name in it is one that a foreign page has had resolved to this machine (DNS rebinding).
 * - Origin: a page of another origin may not open sockets here. Browsers let it try, and send the cookies along.
 * - A token, which is no cookie, so that no browser sends it by itself.
 */
import { createHash, timingSafeEqual } from 'node:crypto';

/** The protocol that a socket of the page speaks. Beside it a browser can say the token nowhere else. */
export const socketProtocol = 'tslxc-web-console';
const tokenPrefix = 'token.';

/** @typedef {import('node:http').IncomingMessage} Request */

export class Access {
  /** What the browser is told about every answer. */
  headers;
  #hosts;
  #token;

  /** @param {{ port: number, token: string }} options */
  constructor({ port, token }) {
    this.#hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
    this.#token = digest(token);
    this.headers = safeHeaders(this.#hosts);
  }

  /**
   * The status by which any request is refused; undefined for one that may be looked at further.
   *
   * @param {Request} request
   */
  refusal({ headers: { host = '', origin } }) {
    if (!this.#hosts.includes(host)) return 421;
    if (origin !== undefined && origin !== `http://${host}`) return 403;
    return undefined;
  }

  /**
   * The same for a call, which has to say the token.
   *
   * @param {Request} request
   */
  callRefusal(request) {
    const refusal = this.refusal(request);
    if (refusal !== undefined) return refusal;
    const [scheme, token = ''] = (request.headers.authorization ?? '').split(' ');
    return scheme === 'Bearer' && this.#isToken(token) ? undefined : 401;
  }

  /**
   * The same for a socket. Every browser says the origin of one.
   *
   * @param {Request} request
   */
  socketRefusal(request) {
    const refusal = this.refusal(request);
    if (refusal !== undefined) return refusal;
    if (request.headers.origin === undefined) return 403;
    const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(/, */);
    const token = protocols.find((one) => one.startsWith(tokenPrefix));
    const isAllowed = token !== undefined && this.#isToken(token.slice(tokenPrefix.length));
    return isAllowed && protocols.includes(socketProtocol) ? undefined : 401;
  }

  /** @param {string} candidate */
  #isToken(candidate) {
    return timingSafeEqual(digest(candidate), this.#token);
  }
}

/**
 * Of the same length for every text, so that they can be compared in the same time.
 *
 * @param {string} text
 */
function digest(text) {
  return createHash('sha256').update(text).digest();
}

/**
 * Nothing is loaded from elsewhere, no script stands in the page, and no other page shows this one. Inline styles are allowed
 * since xterm.js makes its sheets while it runs.
 *
 * @param {string[]} hosts
 */
function safeHeaders(hosts) {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self'",
    // Not every browser counts the sockets of a page's own origin as its own.
    `connect-src 'self' ${hosts.map((host) => `ws://${host}`).join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  };
}
