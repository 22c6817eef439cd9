/** The table of what differs from libvirt on purpose, and that a comparison with libvirt holds it to what is seen. */
import { intendedDifferences } from '../../../scripts/differences/intended';
import type { IntendedDifference } from '../../../scripts/differences/intended';
import { beyondSchema } from '../../../scripts/differences/schema';
import { Agreement } from '../../parity/agreement';
import { corpus } from '../../parity/corpus/corpus';
import { foundDocuments } from '../../parity/corpus/found';

const documents = [...corpus, ...foundDocuments].map(({ name }) => name);

/** Only a slip shows it, or a change by chance: no document that is as users and programs write it. */
const isFound = ({ shows }: IntendedDifference): boolean =>
  shows.every((show) => !corpus.some(({ name }) => show.documents.test(name)));

test('there are fewer than 17 reasons to differ, besides fewer than 6 that are dangerous to ignore and 12 that only a slip shows', () => {
  const dangerous = intendedDifferences.filter(({ isDangerous }) => isDangerous === true);
  expect(dangerous.length).toBeLessThan(6);
  const found = intendedDifferences.filter(isFound);
  expect(found.length).toBeLessThan(12);
  expect(intendedDifferences.length - dangerous.length - found.length).toBeLessThan(17);
  // What is dangerous to ignore is a start that is refused.
  const places = dangerous.flatMap(({ shows }) => shows);
  expect(places.filter(({ aspect }) => aspect !== 'start')).toEqual([]);
});

test('each reason has a name of its own, and each of its places is one of documents that there are', () => {
  const names = intendedDifferences.map(({ id }) => id);
  expect(new Set(names).size).toBe(names.length);
  const places = intendedDifferences.flatMap(({ id, shows }) =>
    shows.map((show) => ({ id, ...show })),
  );
  const nowhere = places.filter((place) => !documents.some((name) => place.documents.test(name)));
  expect(nowhere).toEqual([]);
  expect(intendedDifferences.filter(({ shows }) => shows.length === 0)).toEqual([]);
});

test('each document that is printed beyond the schema is there', () => {
  const named = beyondSchema.flatMap((one) => one.documents);
  expect(named.filter((name) => !documents.includes(name))).toEqual([]);
});

describe('a comparison', () => {
  const table: readonly IntendedDifference[] = [
    {
      id: 'paint',
      shows: [
        { aspect: 'mounts', documents: /^red$/, lines: /^paint / },
        { aspect: 'mounts', documents: /^green$/, lines: /^paint / },
        { aspect: 'mounts', documents: /^blue$/, lines: /^paint /, where: 'a host without blue' },
        { aspect: 'limits', documents: /^grey$/, lines: /^paint / },
      ],
      here: 'dry',
      libvirt: 'wet',
      reason: 'it can be touched',
    },
  ];
  const wet = { side: 'libvirt', line: 'paint wet' } as const;
  const dry = { side: 'here', line: 'paint dry' } as const;

  test('takes for intended what the table has, for its documents', () => {
    const agreement = new Agreement('mounts', table);
    agreement.add('red', [wet, dry]);
    agreement.add('white', []);
    expect(agreement.unintended()).toEqual([]);
    expect(agreement.figure()).toBe('agree 1 of 2 (mounts; 1 more differ as intended)');
  });

  test.each([
    ['another line', 'red', { side: 'here', line: 'varnish' } as const],
    ['another document', 'white', dry],
    ['what is another aspect’s', 'grey', dry],
  ])('fails for %s', (_, document, line) => {
    const agreement = new Agreement('mounts', table);
    agreement.add(document, [line], ['as it is']);
    expect(agreement.unintended()).toEqual([`${document} (as it is)\n  +${line.line}`]);
  });

  test('tells of each place where the difference is not seen, but of those that only some hosts show', () => {
    const agreement = new Agreement('mounts', table);
    expect(agreement.stale()).toEqual(['paint of ^red$', 'paint of ^green$']);
    agreement.add('green', [wet]);
    expect(agreement.stale()).toEqual(['paint of ^red$']);
    agreement.add('red', [dry]);
    expect(agreement.stale()).toEqual([]);
  });
});
