/**
 * Lines for virsh that are drawn say the same with the daemon as with a real libvirtd, but for what is known. TSLXC_TEST_SEED repeats
 * a run.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRoot } from 'tslxc';
import { containerTest } from '../support/world/container-test';
import { knownOfLines } from './drawn/known-lines';
import { drawnLines, freshLines } from './drawn/lines';
import { seed } from './drawn/seed';
import { bothSides, walked } from './virsh/both-sides';
import { documentsOn } from './virsh/documents';

const [groups, each] = [30, 10] as const;

const world = containerTest(async (keep) => {
  const sides = await bothSides(keep);
  const tree = join(sides.root.path, 'tree');
  await makeRoot(tree);
  const folder = join(sides.root.path, 'documents');
  mkdirSync(folder);
  const texts = documentsOn(tree);
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  return { ...sides, documents: { folder, texts } };
});

/** What differs in these lines, given to hosts that are as at the beginning. */
async function mismatchesOf(lines: readonly string[]): Promise<readonly string[]> {
  const fresh = freshLines.map((line) => ({ line, isCompared: false as const }));
  const walk = { about: 'drawn', lines: [...fresh, ...lines], known: knownOfLines };
  return (await walked(walk, world.libvirt, world.documents)).mismatches();
}

/** The first difference with the fewest lines before it that still show it; undefined if there is none. */
async function report(lines: readonly string[]): Promise<string | undefined> {
  const [first] = await mismatchesOf(lines);
  if (first === undefined) return undefined;
  const at = lines.findIndex((line) => first.startsWith(`virsh ${line}\n`));
  const [alone] = await mismatchesOf(lines.slice(at, at + 1));
  return alone ?? `${first}\n  after ${lines.slice(0, at).join('; ')}`;
}

test(`${groups * each} lines that are drawn are answered alike (TSLXC_TEST_SEED=${seed})`, async () => {
  const found: string[] = [];
  for (const lines of drawnLines(groups, each, seed)) {
    // What comes after a difference begins with another state: it is tried for itself.
    for (let rest = lines; rest.length > 0;) {
      const one = await report(rest);
      if (one === undefined) break;
      found.push(one);
      const at = rest.findIndex((line) => one.startsWith(`virsh ${line}\n`));
      rest = rest.slice(at + 1);
    }
  }
  process.stdout.write(`${found.length} of ${groups * each} lines differ (seed ${seed})\n`);
  expect(found.join('\n\n')).toBe('');
});
