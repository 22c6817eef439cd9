/** Whatever a configuration says, it is refused with an error of ours, or becomes a document that can be read. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { convertConfiguration } from '../../../../lib/domain/lxc-configuration/convert';
import { parseEntries } from '../../../../lib/domain/lxc-configuration/lines';
import { lookupsOf } from '../../../../lib/domain/lxc-configuration/lookups';
import { documentText, Report } from '../../../../lib/domain/lxc-configuration/report';
import { TslxcError } from '../../../../lib/errors';
import { hostView } from '../../../support/lxc/host-view';
import { repeats } from '../../../support/time/repeats';
import { parse } from '../parse-context';

const folder = join(__dirname, '../../../golden/lxc-configuration');
const lines = readdirSync(folder)
  .filter((name) => name.endsWith('.conf'))
  .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
  .filter((line) => line.includes('='));
const halves = lines.map((line) => line.split('=').map((half) => half.trim()));
const keys = halves.map(([key = '']) => key);
const values = halves.map(([, value = '']) => value);

const strange = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '-->',
    '--',
    '-',
    '\u0000',
    '\u001b[2J',
    '\ud800',
    '../..',
    '4294967296',
    'max',
    '/',
  ),
);
const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...values) },
  { weight: 1, arbitrary: strange },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...values), strange, fc.nat(20))
      .map(([text, part, at]) => `${text.slice(0, at)}${part}${text.slice(at)}`),
  },
);
const line = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...lines) },
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...keys), value).map((both) => both.join(' = ')),
  },
  { weight: 1, arbitrary: strange },
);

type Outcome = 'refused' | 'converted' | 'undefinable';

/** Throws nothing but what is a fault of ours. */
function attempt(text: string): Outcome {
  const report = new Report();
  let xml: string;
  try {
    const entries = parseEntries(text, 'config', report);
    const configuration = { entries, fstab: [], files: ['config'], path: '/c/config' };
    lookupsOf(configuration);
    const { domain } = convertConfiguration(configuration, hostView, report);
    xml = documentText(domain, report.warnings(['config']));
  } catch (error) {
    if (TslxcError.is(error)) return 'refused';
    throw error;
  }
  try {
    parse(xml);
    return 'converted';
  } catch (error) {
    // A value that no definition can have; but what is written is always XML.
    if (!TslxcError.is(error) || error.element === '/') throw error;
    return 'undefinable';
  }
}

test('lines that are mixed, and values that are spoilt', () => {
  const outcomes = new Set<Outcome>();
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (some) => {
      outcomes.add(attempt(some.join('\n')));
    }),
    { numRuns: repeats(2000) },
  );
  expect([...outcomes].sort()).toEqual(['converted', 'refused', 'undefinable']);
});
