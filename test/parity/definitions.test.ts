/**
 * Each document of the corpus is stored and printed as a real libvirt does it, or is refused by both; what is printed is
 * valid by libvirt's schema.
 */
import { connect } from 'tslxc';
import { beyondSchema } from '../../scripts/differences/schema';
import { Libvirt } from '../support/machine/libvirt';
import { schemaComplaints } from '../support/machine/libvirt-schema';
import { containerTest } from '../support/world/container-test';
import { makeTestRoot } from '../support/root/test-root';
import { Agreement } from './agreement';
import { corpus } from './corpus/corpus';
import { foundDocuments } from './corpus/found';
import { differentLines } from './lines';
import { makePlaces, placed } from './places';
import { definedByLibvirt, definedHere, linesOf } from './sides';

const documents = [...corpus, ...foundDocuments];

const world = containerTest(async (keep) => {
  const root = keep(await makeTestRoot());
  const connection = keep(await connect(undefined, { root: root.path }));
  const libvirt = keep(await Libvirt.start());
  return { root, connection, libvirt, places: await makePlaces(root.path) };
});

/** What was printed of the documents of one kind, by their names. */
type Printed = Record<'domain' | 'network', Record<string, string>>;

/** The documents that are not valid as they are printed. */
function invalidOf(kind: keyof Printed, printed: Printed): string[] {
  const complaints = schemaComplaints(kind, printed[kind]);
  const found = complaints.matchAll(/^(\S+)\.xml fails to validate$/gm);
  return [...found].map(([, name = '']) => name).sort();
}

/** Fails for a document that is printed with something that the schema has no place for, unless the table has just this one. */
function expectValid(ours: Printed, theirs: Printed): void {
  for (const kind of ['domain', 'network'] as const) {
    const [invalid, invalidThere] = [invalidOf(kind, ours), invalidOf(kind, theirs)];
    const all = Object.keys(ours[kind]).length;
    const note = `libvirt prints ${invalidThere.length} that are not valid`;
    process.stdout.write(`valid ${all - invalid.length} of ${all} (${kind}.rng; ${note})\n`);
    const known = kind === 'domain' ? beyondSchema : [];
    const documentsOf = (entries: typeof beyondSchema): string[] =>
      entries.flatMap(({ documents }) => documents).sort();
    expect(invalid).toEqual(documentsOf(known));
    // What is refused here is beyond a comparison of what is printed.
    expect(invalidThere.filter((name) => name in ours[kind])).toEqual(
      documentsOf(known.filter(({ isOnlyHere }) => isOnlyHere !== true)),
    );
  }
}

test('there are at least 200 documents, each with a name of its own', () => {
  expect(corpus.length).toBeGreaterThanOrEqual(200);
  expect(new Set(documents.map(({ name }) => name)).size).toBe(documents.length);
});

test('what is defined is printed alike, and is valid', async () => {
  const { connection, libvirt, places, root } = world;
  const agreement = new Agreement('definition');
  const printedHere: Printed = { domain: {}, network: {} };
  const printedThere: Printed = { domain: {}, network: {} };
  for (const document of documents) {
    const xml = placed(document, places);
    const [theirs, ours] = [
      await definedByLibvirt(libvirt, document, { xml, folder: root.path }),
      await definedHere(connection, document, xml),
    ];
    const lines = differentLines(linesOf(theirs, ours, xml), linesOf(ours, theirs, xml));
    // Why one of them refuses it, for the reader.
    const words = [theirs, ours].flatMap((one) => ('refusal' in one ? one.refusal : []));
    agreement.add(document.name, lines, words);
    if ('xml' in ours) printedHere[document.kind][document.name] = ours.xml;
    if ('xml' in theirs) printedThere[document.kind][document.name] = theirs.xml;
  }
  process.stdout.write(`${agreement.figure()}\n`);
  expect(agreement.unintended().join('\n')).toBe('');
  expect(agreement.stale()).toEqual([]);
  expectValid(printedHere, printedThere);
});
