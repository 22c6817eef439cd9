/** top: tables one after the other, and live on a terminal. */
import { EventEmitter } from 'node:events';
import { eventually } from '../../../../support/time/eventually';
import { FakeConnection } from '../../../../support/fake/connection/fake-connection';
import { FakeTerminal, run } from '../../run-main';
import { snapshotOf } from '../../snapshots';

function connection(): FakeConnection {
  const made = new FakeConnection([{ name: 'a', uuid: 'uuid-a', id: 1 }]);
  made.snapshots = [1000, 2000, 3000].map((time) => [
    snapshotOf('a', { id: 1, time, cpu: BigInt(time) * 100_000n, bytes: time }),
    snapshotOf('b', { id: 2, time, bytes: 5000 }),
  ]);
  return made;
}

const row = (cells: string): RegExp => new RegExp(cells.replaceAll(' ', ' +'));

test('without a terminal there is one table, by CPU time', async () => {
  const { status, stdout } = await run('top', { connection: connection() });
  expect(status).toBe(0);
  const [header, , first, second] = stdout.split('\n');
  expect(header).toMatch(row(' Id Name CPU % Memory Limit Procs Read/s Write/s Rx/s Tx/s'));
  expect(first).toMatch(row('^ 1 a 10\\.0 2\\.0K 1\\.0M 3 1000 1000 1000 2\\.0K$'));
  expect(second).toMatch(row('^ 2 b 0\\.0 4\\.9K 1\\.0M 3 0 0 0 0$'));
});

test('as many as are asked for, of the domains that are named, as data', async () => {
  const line = 'top --count 2 --format json --sort memory a';
  const domain = { name: 'a', uuid: 'uuid-a', id: 1 };
  const { stdout } = await run(line, {
    connection: Object.assign(connection(), { domains: [...new FakeConnection([domain]).domains] }),
  });
  const tables = stdout.trim().split(/^(?=\[)/m);
  expect(tables).toHaveLength(2);
  expect(tables.map((table) => JSON.parse(table) as unknown)).toEqual([
    [expect.objectContaining({ name: 'a', memory: 2000, cpu: 10 })],
    [expect.objectContaining({ name: 'a', memory: 3000, cpu: 10 })],
  ]);
});

test('on a terminal it is drawn anew, sorted by keys, until q', async () => {
  const terminal = new FakeTerminal('tty');
  const shown: string[] = [];
  terminal.shown.on('data', (chunk: Buffer) => shown.push(String(chunk)));
  const ran = run('top', { connection: connection(), terminal });
  await eventually(() => expect(shown.join('')).toMatch(/by cpu; q leaves[^]* 1 +a +10\.0/));
  terminal.typed.write('m');
  await eventually(() => expect(shown.join('')).toMatch(/by memory; q leaves[^]* 2 +b [^]* 1 +a /));
  terminal.typed.write('q');
  expect(await ran).toMatchObject({ status: 0, stderr: '' });
  expect(terminal.modes).toEqual(['keys', 'normal']);
  expect(shown[0]).toBe('\x1b[?1049h\x1b[?25l');
  expect(shown.join('')).toMatch(/\x1b\[\?25h\x1b\[\?1049l$/); // eslint-disable-line no-control-regex -- it is what is shown
});

test('an interrupt ends it, and the terminal is as it was', async () => {
  const terminal = new FakeTerminal('tty');
  const signals = new EventEmitter();
  const ran = run('top', { connection: connection(), terminal, signals });
  await eventually(() => expect(signals.listenerCount('SIGINT')).toBe(1));
  signals.emit('SIGINT', 'SIGINT');
  expect((await ran).status).toBe(0);
  expect(terminal.modes).toEqual(['keys', 'normal']);
  expect(signals.eventNames()).toEqual([]);
});

test.each([
  ['top --interval 0', 'error: --interval needs a number from 1 on\n'],
  [
    'top --interval 2147484',
    "error: Numeric value '2147484' for <interval> option is malformed or out of range\n",
  ],
  ['top --count 0', 'error: --count needs a number from 1 on\n'],
  [
    'top --sort size',
    "error: --sort is one of cpu, memory, processes, io, network, name, not 'size'\n",
  ],
])('%s', async (line, stderr) => {
  expect(await run(line, { connection: connection() })).toMatchObject({ status: 1, stderr });
});
