/** Labels of sources whose callers are killed while they label or restore: the next one brings every label back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLabels } from '../../lib/container/security/relabel/label-registry';
import { relabelSources } from '../../lib/container/security/relabel/relabel';
import type { RelabelledSource } from '../../lib/container/security/relabel/relabel';
import { recoverLabels, restoreSources } from '../../lib/container/security/relabel/restore';
import { statePaths } from '../../lib/host/state/state-paths';
import {
  countIn,
  labelName,
  labelsIn,
  makeTree,
  memoryName,
} from '../support/labels/labelled-tree';
import { packageRoot } from '../support/process/run-command';
import { makeTestRoot } from '../support/root/test-root';
import type { TestRoot } from '../support/root/test-root';

const label = 'u:r:container_file_t:s0:c1,c2';
const stored = `${label}\0`;

let root: TestRoot;

beforeAll(async () => {
  root = await makeTestRoot();
});
afterAll(() => root.remove());

const paths = (): ReturnType<typeof statePaths> => statePaths(root.path);

function newTree(files: number): string {
  const top = join(root.path, 'tree');
  writeFileSync(`${top}-outside`, '');
  makeTree(top, files, `${top}-outside`);
  return top;
}

const relabel = (user: string, ...sources: RelabelledSource[]): Promise<unknown> =>
  relabelSources({ paths: paths(), user, sources });
const restore = (user: string): Promise<void> => restoreSources({ paths: paths(), user });

/** Runs `call`, of the built library, in a process of its own and kills it `milliseconds` after it has begun. */
async function killed(call: string, milliseconds: number): Promise<void> {
  const folder = JSON.stringify(join(packageRoot, 'dist'));
  const code = `
    const { relabelSources } = require(${folder} + '/container/security/relabel/relabel.js');
    const { restoreSources } = require(${folder} + '/container/security/relabel/restore.js');
    const { native } = require(${folder} + '/host/native.js');
    const { statePaths } = require(${folder} + '/host/state/state-paths.js');
    const paths = statePaths(${JSON.stringify(root.path)});
    native();
    require('node:fs').writeSync(1, 'begun');
    ${call}.then(() => require('node:fs').writeSync(1, 'done'));`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  child.kill('SIGKILL');
  await exit;
}

/** How long `action` takes. */
async function timed(action: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await action();
  return performance.now() - begin;
}

const moments = 12;

/** When to kill: spread over what is done, which takes more or less than it took at first where others want the processors too. */
class Spread {
  #longest: number;
  inTheMiddle = 0;

  constructor(duration: number) {
    this.#longest = duration;
  }

  /** Milliseconds. */
  at(moment: number): number {
    return (this.#longest * (moment + 0.5)) / moments;
  }

  /** `share` of it was done when it was killed at that moment. */
  note(moment: number, share: number): void {
    if (share > 0 && share < 1) this.inTheMiddle += 1;
    else if (share === 1) this.#longest = this.at(moment);
    else if (moment >= moments / 2) this.#longest *= 2;
  }
}

describe('the caller is killed in the middle of 10,000 files', () => {
  let path: string;
  let before: Map<string, string | undefined>;
  let duration: { readonly relabel: number; readonly restore: number };

  beforeAll(async () => {
    path = newTree(10_000);
    before = labelsIn(path);
    const request = { path, label };
    duration = {
      relabel: await timed(() => relabel('web', request)),
      restore: await timed(() => restore('web')),
    };
  });

  test('while it labels: the next restore brings every label back', async () => {
    const request = `{ paths, user: 'web', sources: [{ path: ${JSON.stringify(path)}, label: '${label}' }] }`;
    const spread = new Spread(duration.relabel);
    for (let moment = 0; moment < moments; moment += 1) {
      await killed(`relabelSources(${request})`, spread.at(moment));
      spread.note(moment, countIn(path, labelName, stored) / before.size);
      await (moment % 2 === 0
        ? restore('web')
        : recoverLabels({ paths: paths(), isAlive: () => false }));
      expect(labelsIn(path)).toEqual(before);
      expect(readLabels(paths()) ?? []).toEqual([]);
    }
    expect(countIn(path, memoryName)).toBe(0);
    expect(spread.inTheMiddle).toBeGreaterThanOrEqual(3);
  }, 120_000);

  test('while it restores: the next one ends it', async () => {
    const spread = new Spread(duration.restore);
    for (let moment = 0; moment < moments; moment += 1) {
      await relabel('web', { path, label });
      await killed(`restoreSources({ paths, user: 'web' })`, spread.at(moment));
      spread.note(moment, 1 - countIn(path, labelName, stored) / before.size);
      await restore('web');
      expect(labelsIn(path)).toEqual(before);
      expect(readLabels(paths())).toEqual([]);
    }
    expect(countIn(path, memoryName)).toBe(0);
    expect(spread.inTheMiddle).toBeGreaterThanOrEqual(3);
  }, 120_000);
});
