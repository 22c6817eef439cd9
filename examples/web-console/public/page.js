/** The page: what the server tells each second becomes the table, and one console at a time is open below it. */
import { ConsoleView } from './console-view.js';
import { DomainTable } from './domain-table.js';
import { act, hasToken, Link } from './session.js';

/** @typedef {import('../domains.js').Overview} Overview */

const remedy = 'open the address that the server has printed';

/** @type {ConsoleView | undefined} */
let view;

const table = new DomainTable(element('domains'), {
  start: (name) => told(act(name, 'start')),
  stop: (name) => told(act(name, 'stop')),
  openConsole,
});

element('console-close').addEventListener('click', closeConsole);
if (hasToken) {
  new Link({
    path: () => '/api/statistics',
    received: (data) => show(JSON.parse(String(data))),
    changed: (state) => {
      element('link').textContent = state === 'refused' ? `another token: ${remedy}` : state;
    },
  });
} else {
  element('link').textContent = `no token: ${remedy}`;
}

/** @param {Overview} overview */
function show(overview) {
  table.show(overview);
  element('nothing').hidden = overview.domains.length > 0;
  const shown = overview.domains.find(({ name }) => name === view?.name);
  if (shown?.state === 'running') view?.domainRuns();
}

/** @param {string} name */
function openConsole(name) {
  closeConsole();
  element('console').hidden = false;
  element('console-name').textContent = name;
  view = new ConsoleView(element('terminal'), name, (state) => {
    element('console-link').textContent = state;
  });
}

function closeConsole() {
  view?.close();
  view = undefined;
  element('console').hidden = true;
}

/**
 * Shows why an action has failed, until the next one.
 *
 * @param {Promise<void>} action
 */
async function told(action) {
  const trouble = element('trouble');
  trouble.hidden = true;
  try {
    await action;
  } catch (error) {
    trouble.textContent = /** @type {Error} */ (error).message;
    trouble.hidden = false;
  }
}

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}
