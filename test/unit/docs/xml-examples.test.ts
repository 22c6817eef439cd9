/** The examples of `xml` in README.md and docs/: each is a definition that starts, or a part of one that is carried out. */
import { parseDomain } from '../../../lib/domain/parse';
import { parseSecret } from '../../../lib/domain/secret/secret';
import { checkStartable } from '../../../lib/domain/validate';
import { blocksOf, placeOf, runBlocks } from '../../support/documents/blocks';
import type { Block } from '../../support/documents/blocks';
import { context } from '../domain/parse-context';
import { parse as parseNetwork } from '../network/parse-context';
import { parse as parsePool } from '../storage/parse-context';

/** Elements that stand at the left margin, whole. */
const topElement = /^<([\w:]+)(?:[^\n]*\/>\n|[^\n]*<\/\1>\n|[^]*?^<\/\1>\n)/gm;

interface Example {
  readonly at: string;
  readonly name: string;
  readonly xml: string;
}

function examplesOf(block: Block): Example[] {
  const found = [...block.text.matchAll(topElement)];
  const whole = found.map(([xml]) => xml).join('');
  if (whole !== block.text) throw new Error(`${placeOf(block)}: not made of elements`);
  return found.map(([xml, name = ''], index) => ({
    at: `${placeOf(block)} (${index})`,
    name,
    xml,
  }));
}

const inDevices = ['console', 'disk', 'filesystem', 'hostdev', 'interface'];

/** A definition that has only this. */
function around({ name, xml }: Example): string {
  if (name === 'domain') return xml;
  const isDevice = inDevices.includes(name);
  return `<domain type='lxc'><name>example</name><memory>65536</memory><os><type>exe</type><init>/bin/sh</init></os>
    ${isDevice ? '' : xml}<devices><console type='pty'/>${isDevice ? xml : ''}</devices></domain>`;
}

const examples = runBlocks()
  .filter(({ language }) => language === 'xml')
  .flatMap(examplesOf);

test.each(examples.map((one) => [one.at, one.name, one] as const))('%s: <%s>', (_at, name, one) => {
  if (name === 'network') {
    const { unsupported, unknown } = parseNetwork(one.xml);
    expect([unsupported, unknown]).toEqual([[], undefined]);
    return;
  }
  if (name === 'secret') {
    expect(parseSecret(one.xml, context).unknown).toBeUndefined();
    return;
  }
  if (name === 'pool') {
    expect(parsePool(one.xml).unknown).toBeUndefined();
    return;
  }
  const definition = parseDomain(around(one), context);
  expect(definition.unsupported).toEqual([]);
  if (name === 'domain') checkStartable(definition);
});

test('there are examples of each kind', () => {
  const names = new Set(examples.map(({ name }) => name));
  expect([...names].sort()).toEqual(
    ['domain', 'idmap', 'metadata', 'network', 'pool', 'seclabel', 'secret', ...inDevices].sort(),
  );
});

test('an element that is not carried out would be found', () => {
  const [example] = blocksOf('docs/x.md', "```xml\n<sound model='es1370'/>\n```\n").flatMap(
    examplesOf,
  );
  if (example === undefined) throw new Error('no example');
  const xml = around({ ...example, name: 'disk' });
  expect(parseDomain(xml, context).unsupported).not.toEqual([]);
});
