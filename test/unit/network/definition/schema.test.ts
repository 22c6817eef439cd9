/**
 * All that is printed is valid by libvirt's own schema: the golden networks and random ones, inactive and live. The
 * schema is that of Debian's libvirt-common.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';

import { formatNetwork } from '../../../../lib/network/definition/format';
import { networks } from '../arbitrary-network';
import { document, parse } from '../parse-context';

const schema = '/usr/share/libvirt/schemas/network.rng';
const golden = join(__dirname, '../../../golden/network');
const live = { bridge: 'virbr12', connections: 4 };

let folder: string;

beforeAll(() => {
  if (!existsSync(schema)) throw new Error(`${schema} is not there: install libvirt-common`);
  folder = mkdtempSync(join(tmpdir(), 'tslxc-schema-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What xmllint says of the texts that are not valid; empty when all are. */
function complaints(texts: readonly string[]): string {
  const files = texts.map((text, index) => {
    const file = join(folder, `${index}.xml`);
    writeFileSync(file, text);
    return file;
  });
  try {
    execFileSync('xmllint', ['--noout', '--nonet', '--relaxng', schema, ...files], {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return '';
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    if (stderr === undefined) throw error;
    return stderr.replace(/^.*validates\n/gm, '');
  }
}

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
