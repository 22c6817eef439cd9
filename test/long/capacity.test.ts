/**
 * What containers cost: nothing is left of a thousand, an idle one is a quarter of a megabyte, and starting many
 * at once stops nobody. The figures are printed.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'tslxc';
import { domainXml } from '../support/domain-xml';
import { startOnce } from '../support/first-start';
import { expectHostUnchanged, snapshotHost } from '../support/host-snapshot';
import type { HostSnapshot } from '../support/host-snapshot';
import { libraryWords } from '../support/library-child';
import { runProgram } from '../support/run-command';
import { makeTestRoot } from '../support/test-root';
import type { TestRoot } from '../support/test-root';

const minutes = 60_000;
const megabyte = 2 ** 20;

let before: HostSnapshot;
let root: TestRoot;

beforeAll(async () => {
  await startOnce();
  before = snapshotHost();
  root = await makeTestRoot();
});

afterAll(async () => {
  await root.remove();
  await expectHostUnchanged(before);
});

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Says nothing on its console, and does not end. */
const sleeper = { init: '/bin/sleep', initArguments: ['1000'] };

/** Runs `code` in a process of its own, with `connection` and `xml(name)`; resolves with the JSON that it prints. */
async function inChild(code: string, timeout: number): Promise<unknown> {
  const template = domainXml({ name: 'NAME', ...sleeper });
  const [node, ...words] = libraryWords(`
    const { readdirSync } = require('node:fs');
    const xml = (name) => ${JSON.stringify(template)}.replace('NAME', name);
    const connection = await connect(undefined, { root: ${JSON.stringify(root.path)} });
    ${code}
    await connection.close();`);
  // A young generation that doesn't grow: V8 gives it more room whenever it is busy, and keeps it.
  const argv = [node, '--expose-gc', '--max-semi-space-size=1', ...words];
  const result = await runProgram(argv, { timeout });
  if (result.code !== 0) throw new Error(`${result.stdout}\n${result.stderr}`);
  return JSON.parse(result.stdout);
}

interface Held {
  readonly descriptors: number;
  readonly threads: number;
  readonly rss: number;
  readonly heap: number;
}

const cycles = 1000;

test(
  `${cycles} starts and destroys in one process leave it as it was`,
  async () => {
    const measured = await inChild(
      `
      const cycle = async (count) => {
        for (let i = 0; i < count; i += 1) await (await connection.createDomain(xml('capacity-cycle'))).destroy();
      };
      const held = async () => {
        for (let i = 0; i < 5; i += 1) {
          gc();
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return {
          descriptors: readdirSync('/proc/self/fd').length,
          threads: readdirSync('/proc/self/task').length,
          rss: process.memoryUsage().rss,
          heap: process.memoryUsage().heapUsed,
        };
      };
      await cycle(500);
      const first = await held();
      await cycle(${cycles});
      console.log(JSON.stringify([first, await held()]));`,
      4 * minutes,
    );
    const [first, last] = measured as [Held, Held];
    print(`before ${JSON.stringify(first)}, after ${JSON.stringify(last)}`);
    expect(last.descriptors).toBe(first.descriptors);
    expect(last.threads).toBe(first.threads);
    expect(last.heap - first.heap).toBeLessThan(2 * megabyte);
    expect(last.rss - first.rss).toBeLessThan(8 * megabyte);
  },
  5 * minutes,
);

const idle = 20;

/** Proportional set size of a process, in bytes. */
function pssOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1]) * 1024;
}

test(
  `each of ${idle} idle containers has a monitor of at most a quarter of a megabyte`,
  async () => {
    await using connection = await connect(undefined, { root: root.path });
    const names = Array.from({ length: idle }, (_, index) => `capacity-idle-${index}`);
    const domains = await Promise.all(
      names.map((name) =>
        connection.createDomain(domainXml({ name, ...sleeper }), { ownership: 'leave' }),
      ),
    );
    const sizes = domains.map(({ id }) => pssOf(id ?? 0));
    await Promise.all(domains.map((domain) => domain.destroy()));
    print(`PSS of ${idle} idle monitors in KiB: ${sizes.map((size) => size / 1024).join(' ')}`);
    expect(sizes).toHaveLength(idle);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(megabyte / 4);
  },
  3 * minutes,
);

const workers = 8;
const startsOfWorker = 10;

test(
  `${workers} worker threads start and destroy containers side by side`,
  async () => {
    const ended = await inChild(
      `
      const { Worker } = require('node:worker_threads');
      const code = ${JSON.stringify(`
        const { workerData } = require('node:worker_threads');
        const { connect } = require(workerData.library);
        (async () => {
          const connection = await connect(undefined, { root: workerData.root });
          for (let i = 0; i < ${startsOfWorker}; i += 1) {
            const domain = await connection.createDomain(workerData.xml);
            if (domain.id === undefined) throw new Error('it does not run');
            await domain.destroy();
            if ((await connection.listDomains()).some(({ name }) => name === domain.name)) {
              throw new Error('it is still there');
            }
          }
          await connection.close();
        })();`)};
      const library = Object.keys(require.cache).find((file) => file.endsWith('/dist/index.js'));
      const root = ${JSON.stringify(root.path)};
      const run = (index) => new Promise((resolve, reject) => {
        const workerData = { library, root, xml: xml('capacity-worker-' + index) };
        new Worker(code, { eval: true, workerData }).on('error', reject).on('exit', resolve);
      });
      console.log(JSON.stringify(await Promise.all(Array.from({ length: ${workers} }, (_, i) => run(i)))));`,
      minutes,
    );
    expect(ended).toEqual(Array.from({ length: workers }, () => 0));
  },
  2 * minutes,
);

const parallel = 20;
const longestBlock = 10;

/** On a machine that does other things as well, a round may be disturbed: what blocks by itself does so in all. */
test(
  `${parallel} starts at once never block the event loop for ${longestBlock} ms`,
  async () => {
    const measured = await inChild(
      `
      const { monitorEventLoopDelay } = require('node:perf_hooks');
      for (let i = 0; i < 20; i += 1) await (await connection.createDomain(xml('capacity-warm'))).destroy();
      const rounds = [];
      while (rounds.length < 20 && !rounds.some((longest) => longest < ${longestBlock})) {
        const delay = monitorEventLoopDelay({ resolution: 1 });
        delay.enable();
        const starts = Array.from({ length: ${parallel} }, (_, i) => connection.createDomain(xml('capacity-' + i)));
        const domains = await Promise.all(starts);
        delay.disable();
        rounds.push(delay.max / 1e6);
        await Promise.all(domains.map((domain) => domain.destroy()));
      }
      console.log(JSON.stringify(rounds));`,
      minutes,
    );
    const rounds = measured as number[];
    print(`longest blocks in ms: ${rounds.map((round) => round.toFixed(1)).join(' ')}`);
    expect(Math.min(...rounds)).toBeLessThan(longestBlock);
  },
  2 * minutes,
);
