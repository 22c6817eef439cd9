/** The rule of docs/library.md: what is awaited keeps the process alive, what merely listens does not. */
import { removeScratchAfterEach, scratchDirectory } from '../scratch';
import { runChild, source } from '../source-child';

removeScratchAfterEach();

/** What a process prints that runs this, and that nothing of its own keeps alive; an event comes after 300 ms. */
async function printed(code: string): Promise<string> {
  const root = scratchDirectory();
  const event = { event: 'started', detail: 'booted', domain: 'web', uuid: 'u', time: 1 };
  return runChild(`
    const { connect } = require(${source('driver/connection.ts')});
    const { appendEvents } = require(${source('driver/events/event-log.ts')});
    const { statePaths } = require(${source('host/state/state-paths.ts')});
    const root = ${JSON.stringify(root)};
    const connection = await connect('lxc:///', { root });
    process.on('exit', (code) => console.log('exit', code));
    const write = () => appendEvents(statePaths(root).events, [${JSON.stringify(event)}]);
    setTimeout(() => void write(), 300).unref();
    ${code}`);
}

test('an iteration over events keeps the process alive until it ends', async () => {
  const code = 'for await (const { event } of connection.events()) { console.log(event); break; }';
  expect(await printed(code)).toBe('started\nexit 0\n');
});

test('so does one over the events of networks', async () => {
  const code = `
    const signal = AbortSignal.timeout(300);
    for await (const event of connection.networkEvents({ signal })) console.log(event);
    console.log('aborted');`;
  expect(await printed(code)).toBe('aborted\nexit 0\n');
});

test('an iterator that nothing is awaited of does not', async () => {
  const code = `
    const events = connection.events();
    const first = await events.next();
    console.log(first.value.event);`;
  expect(await printed(code)).toBe('started\nexit 0\n');
  expect(await printed('connection.events();')).toBe('exit 0\n');
});

test('a listener does not, but of a connection that is ref’d', async () => {
  const listen =
    "connection.on('domain', ({ event }) => { console.log(event); connection.unref(); });";
  expect(await printed(listen)).toBe('exit 0\n');
  expect(await printed(`connection.ref(); ${listen}`)).toBe('started\nexit 0\n');
});
