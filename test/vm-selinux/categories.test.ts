/** Dynamic labels of eight callers at once: no two that are in use are alike, and the loaded policy knows them. */
import { join } from 'node:path';
import { readEntries } from '../../lib/container/security/selinux/category-folder';
import { categoriesPath } from '../../lib/host/state/state-paths';
import { packageRoot, runProgram } from '../support/process/run-command';

const callers = 8;
const labelsOfEach = 4;
const held = 2;

/** Claims as a start does, holds some at a time, and prints `+ label` and `- label` with the time of each. */
const code = (number: number): string => `
  const { assignLabels } = require(${JSON.stringify(join(packageRoot, 'dist/container/security/selinux/assign.js'))});
  const { releaseRange } = require(${JSON.stringify(join(packageRoot, 'dist/container/security/selinux/categories.js'))});
  const { hostSecurity } = require(${JSON.stringify(join(packageRoot, 'dist/host/security/driver.js'))});
  const { ownLabel } = require(${JSON.stringify(join(packageRoot, 'dist/host/security/process-labels.js'))});
  const host = hostSecurity({});
  const asked = { type: 'dynamic', relabel: true, position: { line: 1, column: 1 } };
  const now = () => process.hrtime.bigint().toString();
  (async () => {
    const mine = [];
    const giveBack = async () => {
      const { owner, label } = mine.shift();
      console.log('-', label, now());
      await releaseRange(owner);
    };
    for (let index = 0; index < ${labelsOfEach}; index += 1) {
      const owner = { root: '/nowhere', name: 'caller-${number}-' + index };
      const { label } = await assignLabels({ asked, host, caller: ownLabel(), owner });
      console.log('+', label, now());
      mine.push({ owner, label });
      if (mine.length > ${held}) await giveBack();
    }
    while (mine.length > 0) await giveBack();
  })();`;

interface Event {
  readonly sign: string;
  readonly label: string;
  readonly time: bigint;
}

function eventsOf(output: string): Event[] {
  return output
    .trim()
    .split('\n')
    .map((line) => {
      const [sign = '', label = '', time = '0'] = line.split(' ');
      return { sign, label, time: BigInt(time) };
    });
}

test(`${callers * labelsOfEach} as a start chooses them, after a look at all processes`, async () => {
  const results = await Promise.all(
    Array.from({ length: callers }, (_, number) =>
      runProgram([process.execPath, '-e', code(number)], { timeout: 200_000 }),
    ),
  );
  for (const { code: exit, stderr } of results)
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  const events = results
    .flatMap(({ stdout }) => eventsOf(stdout))
    .sort((one, other) => (one.time < other.time ? -1 : 1));
  expect(events).toHaveLength(2 * callers * labelsOfEach);
  const inUse = new Set<string>();
  for (const { sign, label } of events) {
    if (sign === '-') {
      inUse.delete(label);
      continue;
    }
    expect(inUse.has(label)).toBe(false);
    inUse.add(label);
    const [, first, second] = /^system_u:system_r:container_t:s0:c(\d+),c(\d+)$/.exec(label) ?? [];
    expect(Number(first)).toBeLessThan(Number(second));
    expect(Number(second)).toBeLessThan(1024);
  }
  expect(inUse.size).toBe(0);
  expect(readEntries(categoriesPath).filter(({ root }) => root === '/nowhere')).toEqual([]);
});
