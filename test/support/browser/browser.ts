/** Debian's Chromium without a screen, and a page in it that notes what goes wrong. */
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

export class TestBrowser implements AsyncDisposable {
  readonly #browser: Browser;
  /** What pages have complained of: errors of scripts, and what their policy has blocked. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(): Promise<TestBrowser> {
    // Root's Chromium has no sandbox of its own; it sees nothing but our page.
    return new TestBrowser(await chromium.launch({ executablePath, chromiumSandbox: false }));
  }

  async open(address: string): Promise<Page> {
    const page = await this.#browser.newPage({ viewport: { width: 1100, height: 800 } });
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    await page.goto(address);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}
