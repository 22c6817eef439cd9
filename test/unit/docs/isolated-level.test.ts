/** The table of what differs at the level `isolated`: each row is what the definitions of both levels say, and the page has all of them. */
import type { Hardening } from '../../../lib/hardening';
import { withAllocatedIds } from '../../../lib/domain/namespaces/allocated-ids';
import { isolationWarnings } from '../../../lib/domain/namespaces/isolation-warnings';
import { atLevel } from '../../../lib/domain/namespaces/level';
import { checkStartable } from '../../../lib/domain/validate';
import { startsWithout } from '../../../lib/domain/warnings';
import { TslxcError } from '../../../lib/errors';
import { describeOperation } from '../../../lib/plan/describe';
import { corpus } from '../../parity/corpus/corpus';
import { readPage } from '../../support/documents/blocks';
import { documentOf, levelDifferences } from '../../support/isolated/differences';
import { parse } from '../domain/parse-context';
import { compile } from '../plan/plan-context';

/** All that a level says of a definition: what is refused, what is warned of, the ids, and the steps of the plan. */
function toldAt(level: Hardening, xml: string): string[] {
  const stored = parse(xml);
  const definition = atLevel(stored, level);
  const warnings = [
    ...startsWithout(definition),
    ...(level === 'isolated' ? isolationWarnings(definition) : []),
  ];
  const told = warnings.map(({ detail, message }) => `warning ${detail} ${message}`);
  try {
    checkStartable(definition);
    const { plan } = compile(withAllocatedIds(definition, 0x70000000), {
      facts: { selinuxfs: true },
    });
    const steps = [...plan.outside, ...plan.mapped, ...plan.inside];
    const ids = plan.header.uidMap.split('\n').filter(Boolean);
    return [
      ...told,
      ...ids.map((line) => `ids ${line}`),
      ...steps.map((step) => `plan ${describeOperation(step)}`),
    ];
  } catch (error) {
    if (!TslxcError.is(error, 'CONFIG_UNSUPPORTED')) throw error;
    return [...told, `refused ${error.message}`];
  }
}

/** The first cells of the rows of the table, and whether each is marked as not yet seen in a container. */
function documented(): { readonly what: string; readonly isMarked: boolean }[] {
  const lines = readPage('docs/user-namespaces.md').split('\n');
  const begin = lines.findIndex((line) => line.startsWith('| what | `hardened` | `isolated` |'));
  const end = lines.indexOf('', begin);
  return lines.slice(begin + 2, end).map((line) => {
    const [cell = ''] = line
      .split('|')
      .slice(1)
      .map((one) => one.trim());
    return { what: cell.replace(/ †$/, ''), isMarked: cell.endsWith(' †') };
  });
}

test('the page has each row, in this order', () => {
  expect(documented().map(({ what }) => what)).toEqual(levelDifferences.map(({ what }) => what));
});

const known = levelDifferences.flatMap(({ what, known: one }) =>
  one === undefined ? [] : [{ what, one }],
);

test.each(known)('$what: only one level says so', ({ one }) => {
  const xml = documentOf(one);
  const [hardened, isolated] = [toldAt('hardened', xml), toldAt('isolated', xml)];
  expect(isolated).toContainEqual(expect.stringMatching(one.isolated));
  expect(hardened).not.toContainEqual(expect.stringMatching(one.isolated));
  if (one.hardened === undefined) return;
  expect(hardened).toContainEqual(expect.stringMatching(one.hardened));
  expect(isolated).not.toContainEqual(expect.stringMatching(one.hardened));
});

test('what is not known by a definition is shown by containers', () => {
  for (const { what, known: one, shows } of levelDifferences) {
    expect([what, one === undefined && shows.length === 0]).toEqual([what, false]);
  }
});

test('each document of the corpus starts at both levels, or a row says why not', () => {
  const refusal = (level: Hardening, xml: string): 'starts' | 'refused' => {
    try {
      checkStartable(atLevel(parse(xml), level));
      return 'starts';
    } catch (error) {
      if (!TslxcError.is(error)) throw error;
      return 'refused';
    }
  };
  const starts = levelDifferences.flatMap(({ shows }) =>
    shows.filter(({ aspect }) => aspect === 'start'),
  );
  const differing = corpus.flatMap(({ name, kind, xml }) => {
    if (kind !== 'domain') return [];
    const text = xml.replaceAll('@name@', name).replace(/@(\w+)@/g, '/srv/$1');
    const isDefined = ((): boolean => {
      try {
        parse(text);
        return true;
      } catch (error) {
        if (!TslxcError.is(error)) throw error;
        return false;
      }
    })();
    if (!isDefined || refusal('hardened', text) === refusal('isolated', text)) return [];
    return [name];
  });
  expect(differing).toEqual(['filesystem-squash', 'filesystem-quota', 'filesystem-quotas']);
  for (const name of differing) {
    expect([name, starts.some(({ documents }) => documents.test(name))]).toEqual([name, true]);
  }
});
