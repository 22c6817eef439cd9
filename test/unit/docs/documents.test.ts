/** README.md and docs/: what they are made of, and that they lead somewhere. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messages } from '../../../lib/container/monitor/messages';
import { errorPrefixes } from '../../../lib/errors';
import { devicesVocabulary } from '../../../lib/domain/devices/device-vocabulary';
import { extensionVocabulary } from '../../../lib/domain/elements/extension/vocabulary';
import { domainVocabulary, osVocabulary } from '../../../lib/domain/elements/vocabulary';
import type { Vocabulary } from '../../../lib/domain/xml/vocabulary';
import { networkVocabulary } from '../../../lib/network/definition/vocabulary';
import {
  blocksOf,
  documentPages,
  placeOf,
  readPage,
  runLanguages,
  shownLanguages,
} from '../../support/documents/blocks';
import { packageRoot } from '../../support/process/run-command';

const pages = documentPages();
const topPages = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];

test('the README has at most 150 lines, and opens with two commands that there are', () => {
  const readme = readPage('README.md');
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  const [first] = blocksOf('README.md');
  const commands = (first?.text ?? '').split('\n').map((line) => line.split('#')[0]?.trim());
  expect(commands).toEqual(['npm run hello', 'npm test', '']);
  const { scripts } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  for (const name of ['hello', 'test']) expect(scripts[name]).toBeDefined();
});

test('every block has a language that is run, or only shown', () => {
  const known: readonly string[] = [...runLanguages, ...shownLanguages];
  const others = pages
    .flatMap((page) => blocksOf(page))
    .filter(({ language }) => !known.includes(language));
  expect(others.map(placeOf)).toEqual([]);
});

test('few blocks are not run, and each says why', () => {
  const left = pages.flatMap((page) => blocksOf(page)).filter(({ reason }) => reason !== undefined);
  expect(left.map(({ page, language }) => `${page} ${language}`)).toEqual([
    'README.md sh',
    'docs/images.md sh',
    'docs/images.md sh',
    'docs/libvirt-clients.md sh',
    'docs/networks.md console',
    'docs/services.md sh',
  ]);
  for (const { reason = '' } of left) expect(reason.length).toBeGreaterThan(20);
  const markers = pages.flatMap((page) => [...readPage(page).matchAll(/<!-- not run/g)]);
  expect(markers).toHaveLength(left.length);
});

/** Anchors as GitHub makes them of headings. */
function anchorsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8').replace(/^```[^]*?^```$/gm, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

test.each([...pages, ...topPages])('the links of %s lead somewhere', (page) => {
  const text = readPage(page).replace(/^```[^]*?^```$/gm, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  const broken = links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    const file = join(packageRoot, target);
    if (!existsSync(file)) return true;
    return anchor !== undefined && !(statSync(file).isFile() && anchorsOf(file).includes(anchor));
  });
  expect(broken).toEqual([]);
});

test('docs/README.md names every page', () => {
  const contents = readPage('docs/README.md');
  const named = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
  for (const page of named) expect(contents).toContain(`](${page.slice('docs/'.length)})`);
});

/** The children and attributes of a vocabulary that are carried out. */
function carried({ children }: Vocabulary): string[] {
  return [...children].flatMap(([name, standing]) =>
    standing === 'one' || standing === 'many' ? [name] : [],
  );
}

test('docs/domain-xml.md names every element of a domain that is carried out', () => {
  const text = readPage('docs/domain-xml.md');
  const groups = [domainVocabulary, osVocabulary, devicesVocabulary, extensionVocabulary];
  const missing = groups.flatMap(carried).filter((name) => !new RegExp(`<${name}[ />]`).test(text));
  expect(missing).toEqual([]);
});

test('docs/networks.md names every element of a network that is carried out', () => {
  const text = readPage('docs/networks.md');
  expect(carried(networkVocabulary).filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test('docs/library.md explains every code of an error, and no other', () => {
  const text = readPage('docs/library.md');
  const named = [...text.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, code = '']) => code);
  const codes = new Set(named.filter((name) => !name.startsWith('TSLXC_')));
  expect([...codes].sort()).toEqual(Object.keys(errorPrefixes).sort());
});

test('docs/internals/protocol.md has the table of messages as it is', () => {
  const text = readPage('docs/internals/protocol.md');
  const rows = [...text.matchAll(/^\| `(\w+)` \| (\d+) \|([^|]*)\|/gm)].map(
    ([, name, kind, fields = '']) => [name, Number(kind), fields.trim()],
  );
  const table = Object.entries(messages).map(([name, { kind, fields }]) => [
    name,
    kind,
    Object.entries(fields)
      .map(([field, type]) => `\`${field}\` ${type as string}`)
      .join(', '),
  ]);
  const byKind = (a: unknown[], b: unknown[]): number => Number(a[1]) - Number(b[1]);
  expect(rows).toEqual(table.sort(byKind));
});
