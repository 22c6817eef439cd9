/**
 * All that is printed is valid by libvirt's own schema: the golden networks and random ones, inactive and live. The
 * schema is that of Debian's libvirt-common.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';

import { formatNetwork } from '../../../../lib/network/definition/format';
import { schemaComplaints } from '../../../support/machine/libvirt-schema';
import { networks } from '../arbitrary-network';
import { document, parse } from '../parse-context';

const golden = join(__dirname, '../../../golden/network');
const live = { bridge: 'virbr12', connections: 4 };

/** Each under its place in the list. */
const complaints = (texts: readonly string[]): string =>
  schemaComplaints('network', Object.fromEntries(texts.entries()));

test('every golden network is valid, inactive and live', () => {
  const names = readdirSync(golden).filter((file) => !file.endsWith('.out.xml'));
  expect(names.length).toBeGreaterThanOrEqual(25);
  const texts = names.flatMap((file) => {
    const definition = parse(readFileSync(join(golden, file), 'utf8'));
    return [formatNetwork(definition), formatNetwork(definition, live)];
  });
  expect(complaints(texts)).toBe('');
});

test('random networks are valid, inactive and live', () => {
  const seed = Math.trunc(Math.random() * 2 ** 31);
  const samples = fc.sample(networks, { numRuns: 300, seed });
  const found = complaints([
    ...samples.map((definition) => formatNetwork(definition)),
    ...samples.map((definition) => formatNetwork(definition, live)),
  ]);
  expect({ seed, found }).toEqual({ seed, found: '' });
});

test('what is not valid is told', () => {
  const text = formatNetwork(parse(document(''))).replace("stp='on'", "stp='maybe'");
  expect(complaints([text])).toContain('element bridge');
});
