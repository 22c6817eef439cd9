/** Tells every page once a second what all domains do. Nothing is looked at while there is no page. */
import { setTimeout as sleep } from 'node:timers/promises';
import { overview } from './domains.js';

const interval = 1000;

export class StatisticsFeed {
  #connection;
  /** @type {Set<import('ws').WebSocket>} */
  #pages = new Set();
  #isRunning = false;

  /** @param {import('tslxc').Connection} connection */
  constructor(connection) {
    this.#connection = connection;
  }

  /** @param {import('ws').WebSocket} page */
  add(page) {
    this.#pages.add(page);
    page.once('close', () => this.#pages.delete(page));
    // ws closes the socket then.
    page.on('error', () => undefined);
    if (!this.#isRunning) void this.#run();
  }

  async #run() {
    this.#isRunning = true;
    try {
      while (this.#pages.size > 0) {
        const text = JSON.stringify(await overview(this.#connection));
        for (const page of this.#pages) {
          // A page that does not keep up misses this one.
          if (page.bufferedAmount === 0) page.send(text);
        }
        await sleep(interval);
      }
    } catch (error) {
      console.error(error);
      for (const page of this.#pages) page.close(1011, "the domains can't be inspected");
    } finally {
      this.#isRunning = false;
    }
  }
}
