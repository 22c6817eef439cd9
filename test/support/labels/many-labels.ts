/**
 * Processes that claim categories for domains and give them back. Each marks the pair that it has by a folder of that name,
 * which can be made once only, and unmarks it before it gives it back: two alike can't go unseen.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readEntries } from '../../../lib/container/security/selinux/category-folder';
import type { CategoryEntry } from '../../../lib/container/security/selinux/category-folder';
import { packageRoot } from '../process/run-command';

export interface ManyLabels {
  readonly folder: string;
  readonly processes: number;
  /** Of each process. */
  readonly labels: number;
}

/** So many domains of each process run at once. */
const atOnce = 16;

const worker = ({ folder, labels }: ManyLabels, index: number): string => `
  const { mkdirSync, rmdirSync } = require('node:fs');
  const { claimRange, releaseRange } = require(${JSON.stringify(join(packageRoot, 'dist/container/security/selinux/categories.js'))});
  const folder = ${JSON.stringify(join(folder, 'categories'))};
  const caller = 'unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c63';
  const running = [];
  const end = async ({ owner, mark }) => {
    rmdirSync(mark);
    await releaseRange(owner, folder);
  };
  (async () => {
    for (let turn = 0; turn < ${labels}; turn += 1) {
      const owner = { root: ${JSON.stringify(folder)}, name: 'd${index}-' + turn };
      const range = await claimRange({ owner, caller, labelsInUse: () => [], folder });
      const [, first, second] = /^s0:c(\\d+),c(\\d+)$/.exec(range);
      if (Number(first) >= Number(second)) throw new Error(range);
      const mark = ${JSON.stringify(join(folder, 'marks'))} + '/' + first + '-' + second;
      mkdirSync(mark);
      running.push({ owner, mark });
      if (running.length > ${atOnce}) await end(running.shift());
    }
    for (const one of running) await end(one);
  })().catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });`;

/** Resolves to how many were claimed, and what is left in the list and of the marks then. */
export async function claimByMany(
  many: ManyLabels,
): Promise<{ readonly claimed: number; readonly left: readonly (CategoryEntry | string)[] }> {
  const { folder, processes, labels } = many;
  mkdirSync(join(folder, 'marks'));
  const ends = Array.from({ length: processes }, async (_, index) => {
    const words = ['-e', worker(many, index)];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'inherit', 'inherit'] });
    const [code] = (await once(child, 'close')) as [number | null];
    return code === 0 ? labels : 0;
  });
  const claimed = (await Promise.all(ends)).reduce((sum, one) => sum + one, 0);
  const left = [...readEntries(join(folder, 'categories')), ...readdirSync(join(folder, 'marks'))];
  return { claimed, left };
}
