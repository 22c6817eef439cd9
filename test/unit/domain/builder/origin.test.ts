/** lib/domain/builder/origin.ts: every part of the XML of a spec is known by the key that it is written from. */
import { documentOf } from '../../../../lib/domain/builder/domain-xml';
import { keyAt, type KeyPath } from '../../../../lib/domain/builder/origin';
import type { DomainSpec } from '../../../../lib/domain/builder/spec';
import { printXml, type PrintableElement } from '../../../../lib/domain/xml/print';
import { pathOf } from '../../../../lib/shape/misfit';
import { wholeSpec } from './whole-spec';

const marker = '987654321';

/** What is written as its value is, and not whether it is there. */
function isWritten(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

function leavesOf(value: unknown, at: KeyPath = []): KeyPath[] {
  if (isWritten(value)) return [at];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) =>
    leavesOf(one, [...at, Array.isArray(value) ? Number(name) : name]),
  );
}

/** A copy of the spec with a value that is nowhere else. */
function marked(at: KeyPath): DomainSpec {
  const spec = structuredClone(wholeSpec) as never;
  const last = at.at(-1) ?? '';
  const parent = at
    .slice(0, -1)
    .reduce<Record<string | number, unknown>>((outer, step) => outer[step] as never, spec);
  const before = parent[last];
  const isSize = typeof before === 'string' && /^\d+[KMGT]i?B$/.test(before);
  parent[last] = isSize ? `${marker}MiB` : typeof before === 'number' ? Number(marker) : marker;
  return spec;
}

/** The path of the element or attribute that has the marker. */
function pathOfMarker(element: PrintableElement, above = ''): string | undefined {
  const path = `${above}${element.name}`;
  const attribute = element.attributes.find(({ value }) => value.includes(marker));
  if (attribute !== undefined) return `${path}/@${attribute.name}`;
  for (const child of element.children) {
    if (typeof child === 'string') {
      if (child.includes(marker)) return path;
      continue;
    }
    const found = pathOfMarker(child, `${path}/`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** These say how something is written, the last by how many elements. */
const ways = /(\.type|^spec\.consoles|^spec\.idMap|^spec\.image\.(ports|volumes)\[\d+\])$/;

const all = leavesOf(wholeSpec).filter((at) => !ways.test(pathOf('spec', at)));

test('the spec of these tests has every kind of key', () => {
  expect(all.length).toBeGreaterThan(80);
});

test.each(all.map((at) => [pathOf('spec', at), at] as const))(
  'what %s says is found in the XML, and is known by it',
  (_path, at) => {
    const document = documentOf(marked(at));
    const lines = printXml(document).split('\n');
    const line = lines.findIndex((text) => text.includes(marker)) + 1;
    const element = pathOfMarker(document) ?? '';
    expect(keyAt(document, { element, line })).toEqual(at);
  },
);

test('what has no key of its own is known by that of what it is in', () => {
  const document = documentOf({ ...wholeSpec, root: '/srv/root' });
  const lineOf = (text: string): number =>
    printXml(document)
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1;
  const key = (element: string, text: string): string =>
    pathOf('spec', keyAt(document, { element, line: lineOf(text) }));
  expect(key('domain', '<domain ')).toBe('spec');
  expect(key('domain/os', '<os>')).toBe('spec');
  expect(key('domain/devices/filesystem/source/@dir', '/srv/root')).toBe('spec.root');
  expect(key('domain/devices/filesystem/target/@dir', "<target dir='/'")).toBe('spec.root');
  expect(key('domain/devices/interface/@type', "<interface type='network'")).toBe(
    'spec.interfaces[0].type',
  );
  expect(key('domain/devices/console', '<console ')).toBe('spec.consoles');
});

test('with the line of an element above, the element of that path in it is meant', () => {
  const mounts = [
    { source: '/a', target: '/b' },
    { source: '/c', target: '/d' },
  ];
  const document = documentOf({ name: 'web', memory: '8MiB', mounts });
  const tags = [...printXml(document).matchAll(/<filesystem/g)];
  const line = printXml(document).slice(0, tags[1]?.index).split('\n').length;
  const key = (element: string): string => pathOf('spec', keyAt(document, { element, line }));
  expect(key('domain/devices/filesystem/source')).toBe('spec.mounts[1].source');
  expect(key('domain/devices/filesystem/driver')).toBe('spec.mounts[1]');
});

test('without a line, the first element of that path is meant', () => {
  const document = documentOf(wholeSpec);
  const key = (element: string): string => pathOf('spec', keyAt(document, { element }));
  expect(key('domain/os/inituser')).toBe('spec.user');
  expect(key('domain/devices/interface/@type')).toBe('spec.interfaces[0].type');
  expect(key('domain/os/unheard-of')).toBe('spec');
});
