/** What is told while the native code is compiled. */
import { join } from 'node:path';
import { packageRoot } from '../../support/process/run-command';

interface Options {
  readonly total: number;
  readonly tell: (text: string) => void;
  readonly now: () => number;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports
const { CompileProgress } = require(join(packageRoot, 'scripts/compile-progress.js')) as {
  CompileProgress: new (options: Options) => { take(text: string): void };
};

function follow(): { told: string[]; take: (seconds: number, text: string) => void } {
  const told: string[] = [];
  let time = 0;
  const options = { total: 9, tell: (text: string) => void told.push(text), now: () => time };
  const progress = new CompileProgress(options);
  return {
    told,
    take: (seconds, text) => {
      time = seconds * 1000;
      progress.take(text);
    },
  };
}

test('it counts the files that make begins, every five seconds, whatever pieces the lines come in', () => {
  const { told, take } = follow();
  take(1, '  CXX(target) Release/obj.target/a.o\n  CXX(tar');
  take(6, 'get) Release/obj.target/b.o\n');
  take(9, '  CXX(target) Release/obj.target/c.o\n');
  take(12, 'warning: CXX(target) in a sentence\n  AR(target) Release/a.a\n');
  expect(told).toEqual(['compiling file 2 of 9 (6 s)', 'compiling file 3 of 9 (12 s)']);
});

test('it says nothing of a build that compiles nothing', () => {
  const { told, take } = follow();
  take(60, 'make: Nothing to be done for all.\n');
  expect(told).toEqual([]);
});
