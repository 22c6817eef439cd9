/** Many containers whose inits are killed at once, and how many processes clean up after them. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'tslxc';
import { runPaths, statePaths } from '../../../lib/host/state/state-paths';
import { domainXml } from '../domain/domain-xml';
import { eventually } from '../time/eventually';
import { hasEnded, listProcesses, readProcess } from '../process/processes';
import { makeTestRoot } from '../root/test-root';

/** Resolves to the number of Node processes that cleaned up, once nothing of the containers is left. */
export async function endAllAtOnce(prefix: string, count: number): Promise<number> {
  await using root = await makeTestRoot();
  await using connection = await connect(undefined, { root: root.path });
  const paths = statePaths(root.path);
  const inits = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    const name = `${prefix}-${index}`;
    const sleeper = { init: '/bin/sleep', initArguments: ['1000'], memory: 16_384 };
    await connection.createDomain(domainXml({ name, ...sleeper }), { ownership: 'leave' });
    const text = readFileSync(runPaths(paths, name).running, 'utf8');
    inits.set(name, (JSON.parse(text) as { init: number }).init);
  }
  // One that has ended before would not count: how it did is in its record, or in the log of who cleaned up.
  for (const [name, init] of inits) {
    if (hasEnded(init)) throw new Error(`${name} has ended: ${recordsOf(root.path, name)}`);
  }
  const watch = new ReaperWatch(prefix);
  for (const init of inits.values()) process.kill(init, 'SIGKILL');
  // A transient domain’s folder goes with it. Their state is not read meanwhile, since that would clean up.
  await eventually(() => expect(readdirSync(paths.domains)).toEqual([]), 5000 + 200 * count);
  await eventually(() => expect(reapers(prefix)).toEqual([]), 10_000);
  return await watch.stop();
}

/** One lives for a tenth of a second at least. */
const pause = 15;

class ReaperWatch {
  readonly #seen = new Set<number>();
  #state: 'watching' | 'stopped' = 'watching';
  readonly #done: Promise<void>;

  constructor(prefix: string) {
    this.#done = this.#watch(prefix);
  }

  async stop(): Promise<number> {
    this.#state = 'stopped';
    await this.#done;
    return this.#seen.size;
  }

  async #watch(prefix: string): Promise<void> {
    while (this.#state === 'watching') {
      for (const pid of reapers(prefix)) this.#seen.add(pid);
      await sleep(pause);
    }
  }
}

function reapers(prefix: string): number[] {
  return listProcesses().filter((pid) => {
    const { words } = readProcess(pid);
    return words.at(-2) === 'reap' && words.at(-1)?.startsWith(prefix) === true;
  });
}

function recordsOf(root: string, name: string): string {
  const paths = statePaths(root);
  const files = [runPaths(paths, name).exit, join(paths.logs, `${name}.log`)];
  return files.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : '')).join('');
}
