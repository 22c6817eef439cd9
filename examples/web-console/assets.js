/** The files of the page: a table of names, so that no path of a request is ever looked for on the disk. */
import { readFile } from 'node:fs/promises';

const types = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/**
 * Path of a request → where the file is, and its type.
 *
 * @type {Record<string, [location: string | URL, type: string]>}
 */
const files = {
  '/': [new URL('public/index.html', import.meta.url), types.html],
  '/icon.svg': [new URL('public/icon.svg', import.meta.url), types.svg],
  '/page.css': [new URL('public/page.css', import.meta.url), types.css],
  '/page.js': [new URL('public/page.js', import.meta.url), types.js],
  '/session.js': [new URL('public/session.js', import.meta.url), types.js],
  '/domain-table.js': [new URL('public/domain-table.js', import.meta.url), types.js],
  '/plot.js': [new URL('public/plot.js', import.meta.url), types.js],
  '/console-view.js': [new URL('public/console-view.js', import.meta.url), types.js],
  '/xterm.js': [import.meta.resolve('@xterm/xterm/lib/xterm.mjs'), types.js],
  '/xterm.css': [import.meta.resolve('@xterm/xterm/css/xterm.css'), types.css],
};

/** @typedef {{ type: string, body: Buffer }} Asset */

/**
 * Reads all of them.
 *
 * @returns {Promise<Map<string, Asset>>}
 */
export async function readAssets() {
  const read = Object.entries(files).map(async ([path, [location, type]]) => {
    const body = await readFile(new URL(location));
    return /** @type {[string, Asset]} */ ([path, { type, body }]);
  });
  return new Map(await Promise.all(read));
}
