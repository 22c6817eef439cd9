/**
 * Documents of the corpus that are changed at random are stored and printed as a real libvirt does it, or refused by both, but for what
 * the table of intended differences has a reason for. TSLXC_TEST_SEED repeats a run.
 */
import { connect } from 'tslxc';
import { containerTest } from '../support/world/container-test';
import { makeTestRoot } from '../support/root/test-root';
import type { Change } from './drawn/changes';
import { choices, drawnDocuments, withChanges } from './drawn/documents';
import type { DrawnDocument } from './drawn/documents';
import { differencesOf, unexplained } from './drawn/judge';
import { LastingLibvirt } from './drawn/lasting-libvirt';
import { seed } from './drawn/seed';
import { makePlaces, placed } from './places';
import { definedHere } from './sides';

const count = 500;

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const libvirt = keep(await LastingLibvirt.start());
  return { root, connection, libvirt, places: await makePlaces(root.path) };
});

/** What has no reason, in the document with these changes. */
async function foundIn(
  drawn: DrawnDocument,
  changes: readonly Change[],
  name: string,
): Promise<{ readonly differences: string[]; readonly xml: string }> {
  const { connection, libvirt, places, root } = world;
  const document = withChanges(drawn, changes, name);
  const xml = placed(document, places);
  const theirs = await libvirt.define(document, { xml, folder: root.path });
  if (theirs === undefined) return { differences: [], xml };
  const ours = await definedHere(connection, document, xml);
  return { differences: unexplained(differencesOf({ theirs, ours, xml })), xml };
}

/** The fewest of the changes that still show a difference; undefined if there is none. */
async function report(drawn: DrawnDocument, name: string): Promise<string | undefined> {
  const all = await foundIn(drawn, drawn.changes, name);
  if (all.differences.length === 0) return undefined;
  for (const changes of choices(drawn.changes)) {
    const { differences, xml } = await foundIn(drawn, changes, name);
    if (differences.length === 0) continue;
    const what = changes.map((one) => one.what).join('; ');
    return [`${drawn.base.name}: ${what}`, ...differences.map((one) => `  ${one}`), xml].join('\n');
  }
  return `${drawn.base.name}: differs only once\n${all.xml}`;
}

test(`${count} documents that are drawn differ only for a reason (TSLXC_TEST_SEED=${seed})`, async () => {
  const found: string[] = [];
  for (const [index, drawn] of drawnDocuments(count, seed).entries()) {
    const one = await report(drawn, `drawn-${index}`);
    if (one !== undefined) found.push(one);
  }
  process.stdout.write(
    `${count - found.length} of ${count} without an unknown difference, ${world.libvirt.fatal.length} ended libvirtd (seed ${seed})\n`,
  );
  expect(found.join('\n')).toBe('');
});
