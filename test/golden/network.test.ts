/**
 * Every network/NAME.xml, parsed and formatted, is network/NAME.out.xml. UPDATE_GOLDEN=1 rewrites them; read the
 * difference before you commit it.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { formatNetwork } from '../../lib/network/definition/format';
import { withoutPositions } from '../unit/domain/parse-context';
import { parse } from '../unit/network/parse-context';

const folder = join(__dirname, 'network');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.xml') && !file.endsWith('.out.xml'))
  .map((file) => file.slice(0, -'.xml'.length));

test('there are at least 25 networks', () => {
  expect(names.length).toBeGreaterThanOrEqual(25);
});

test.each(names)('%s is printed as its golden text, which is a fixed point', (name) => {
  const golden = join(folder, `${name}.out.xml`);
  const definition = parse(readFileSync(join(folder, `${name}.xml`), 'utf8'));
  const text = formatNetwork(definition);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));

  const again = parse(text);
  expect(formatNetwork(again)).toBe(text);
  // Unsupported elements are found in document order, which printing changes.
  expect(comparable(again)).toEqual(comparable(definition));
});

function comparable({ unsupported, ...definition }: ReturnType<typeof parse>): unknown {
  const byPath = [...unsupported].sort((a, b) => (a.path < b.path ? -1 : 1));
  return withoutPositions({ ...definition, unsupported: byPath });
}
