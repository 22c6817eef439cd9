/**
 * Many containers in one service: what starting, listing, measuring and ending hundreds costs, beside the physical floor of the
 * same run (scripts/bench/floor.cc), and for how long the service can do nothing else. The figures are printed.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { libraryPath } from '../support/process/library-child';
import { packageRoot, runProgram } from '../support/process/run-command';
import { makeBusyboxRoot } from '../support/root/busybox-root';
import { makeTestRoot } from '../support/root/test-root';
import { containerTest } from '../support/world/container-test';

const minutes = 60_000;

const world = containerTest(
  async (keep) => {
    const [root, state] = [keep(await makeBusyboxRoot()), keep(await makeTestRoot())];
    for (const name of ['proc', 'sys', 'dev']) mkdirSync(join(root.path, name));
    return { root, state };
  },
  { per: 'file' },
);

interface Phase {
  readonly milliseconds: number;
  /** For which the event loop was held at once. */
  readonly longest: number;
}

const phases = ['define', 'start', 'list', 'stats', 'destroy', 'undefine'] as const;

interface Round {
  readonly phases: Readonly<Record<(typeof phases)[number] | 'listAgain' | 'statsAgain', Phase>>;
  /** Mean milliseconds of the first and the last hundred starts. */
  readonly starts: { readonly first: number; readonly last: number };
  readonly listed: number;
  readonly measured: number;
}

async function outputOf(argv: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await runProgram(argv, { timeout: 5 * minutes, input });
  if (code !== 0) throw new Error(`${argv.join(' ')}\n${stdout}\n${stderr}`);
  return stdout;
}

async function roundOf(count: number): Promise<Round> {
  const script = join(packageRoot, 'test/support/process/many-containers.js');
  const library: unknown = JSON.parse(libraryPath);
  const words = [script, String(library), world.state.path, world.root.path, String(count)];
  return JSON.parse(await outputOf([process.execPath, ...words])) as Round;
}

/** Milliseconds of one start without a language, its median. */
async function floorOfStart(): Promise<number> {
  const program = join(world.state.path, 'floor');
  const source = join(packageRoot, 'scripts/bench/floor.cc');
  await outputOf(['g++', '-std=gnu++20', '-O2', '-o', program, source]);
  const output = await outputOf([program, world.root.path], 'start\ndestroy\n'.repeat(100));
  const starts = output
    .trim()
    .split('\n')
    .filter((_, line) => line % 2 === 0);
  return median(starts.map((line) => Number(line.split(' ')[0])));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const many = 500;
const rounds = 3;
const longestHold = 10;

test(
  `${many} containers are started and ended at four times the floor, and nothing holds the event loop for ${longestHold} ms`,
  async () => {
    const floor = await floorOfStart();
    const all: Round[] = [];
    for (let round = 0; round < rounds; round += 1) all.push(await roundOf(many));
    // What the machine does besides disturbs one round or the other: what is slow by itself is so in all.
    const best = (read: (round: Round) => number): number => Math.min(...all.map(read));
    print(`the floor's start takes ${floor.toFixed(2)} ms; the best of ${rounds} rounds:`);
    for (const phase of phases) {
      const [took, longest] = [
        best(({ phases: { [phase]: one } }) => one.milliseconds),
        best(({ phases: { [phase]: one } }) => one.longest),
      ];
      const ratio = (took / many / floor).toFixed(2);
      print(
        `${phase} ${many}: ${took.toFixed(0)} ms, each ${ratio} floors; the loop held for ${longest.toFixed(1)} ms`,
      );
    }
    expect(all.every(({ listed, measured }) => listed === many && measured === many)).toBe(true);
    const ofFloors = 4 * many * floor;
    expect(best((round) => round.phases.start.milliseconds)).toBeLessThan(ofFloors);
    expect(best((round) => round.phases.destroy.milliseconds)).toBeLessThan(ofFloors);
    expect(best((round) => round.phases.list.milliseconds)).toBeLessThan(50);
    expect(best((round) => round.phases.stats.milliseconds)).toBeLessThan(400);
    for (const phase of phases) {
      expect(best(({ phases: { [phase]: one } }) => one.longest)).toBeLessThan(longestHold);
    }
  },
  15 * minutes,
);

test(
  'of 1,000 starts the last hundred are no slower than the first',
  async () => {
    const { starts } = await roundOf(1000);
    const [first, last] = [starts.first.toFixed(1), starts.last.toFixed(1)];
    print(`1,000 starts, 8 at a time: ${first} ms each of the first hundred, ${last} of the last`);
    expect(starts.last).toBeLessThan(1.3 * starts.first);
  },
  10 * minutes,
);
