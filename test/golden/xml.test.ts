/**
 * Every xml/NAME.xml, parsed and formatted, is xml/NAME.out.xml. UPDATE_GOLDEN=1 rewrites them; read
 * the difference before you commit it.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { formatDomain } from '../../lib/domain/format';
import { parse, withoutPositions } from '../unit/domain/parse-context';

const folder = join(__dirname, 'xml');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.xml') && !file.endsWith('.out.xml'))
  .map((file) => file.slice(0, -'.xml'.length));

test('there is at least one golden document for each part of the format', () => {
  expect(names.length).toBeGreaterThanOrEqual(15);
});

test.each(names)('%s is printed as its golden text, which is a fixed point', (name) => {
  const golden = join(folder, `${name}.out.xml`);
  const text = formatDomain(parse(readFileSync(join(folder, `${name}.xml`), 'utf8')));
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));

  const again = parse(text);
  expect(formatDomain(again)).toBe(text);
  expect(withoutPositions(parse(formatDomain(again)))).toEqual(withoutPositions(again));
});
