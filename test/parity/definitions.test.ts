/** Each document of the corpus is stored and printed as a real libvirt does it, or is refused by both. */
import { connect } from 'tslxc';
import { Libvirt } from '../support/machine/libvirt';
import { containerTest } from '../support/world/container-test';
import { makeTestRoot } from '../support/root/test-root';
import { Agreement } from './agreement';
import { corpus } from './corpus/corpus';
import { differentLines, withoutRandom } from './lines';
import { makePlaces, placed } from './places';
import { definedByLibvirt, definedHere } from './sides';
import type { Defined } from './sides';

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const libvirt = keep(await Libvirt.start());
  return { root, connection, libvirt, places: await makePlaces(root.path) };
});

/** The lines to be compared; where one side refuses the document, only that. */
function linesOf(defined: Defined, other: Defined, source: string): string[] {
  if ('refusal' in defined) return ['refused'];
  if ('refusal' in other) return ['defined'];
  return withoutRandom(defined.xml, source).trimEnd().split('\n');
}

test('there are at least 200 documents, each with a name of its own', () => {
  expect(corpus.length).toBeGreaterThanOrEqual(200);
  expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
});

test('what is defined is printed alike', async () => {
  const { connection, libvirt, places, root } = world;
  const agreement = new Agreement('definition');
  for (const document of corpus) {
    const xml = placed(document, places);
    const [theirs, ours] = [
      await definedByLibvirt(libvirt, document, { xml, folder: root.path }),
      await definedHere(connection, document, xml),
    ];
    const lines = differentLines(linesOf(theirs, ours, xml), linesOf(ours, theirs, xml));
    // Why one of them refuses it, for the reader.
    const words = [theirs, ours].flatMap((one) => ('refusal' in one ? one.refusal : []));
    agreement.add(document.name, lines, words);
  }
  process.stdout.write(`${agreement.figure()}\n`);
  expect(agreement.unintended().join('\n')).toBe('');
  expect(agreement.stale()).toEqual([]);
});
