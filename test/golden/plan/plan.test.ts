/**
 * Every NAME.xml here, compiled for a fixed host, is NAME.plan.json: all of the plan and the cgroups. With
 * UPDATE_GOLDEN=1 they are rewritten; read the difference before you commit it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanFacts } from '../../../lib/plan/compile';
import { parse } from '../../unit/domain/parse-context';
import { compile, layouts } from '../../unit/plan/plan-context';
import type { LayoutName } from '../../unit/plan/plan-context';

/** What a document's plan depends on besides the document. */
const facts: Readonly<Record<string, Partial<PlanFacts>>> = {
  compat: { hardening: 'compat' },
  init: { identity: { uid: 33, gid: 33, groups: [33, 4] }, passDescriptors: 2 },
  'two-consoles': { consoleDescriptors: 1, failpoint: { point: 9, action: 3, count: 1 } },
};

/** Documents that are compiled for every layout of cgroups; the others for a hybrid host. */
const everyLayout = ['shared-root', 'readonly', 'id-map', 'limits'];

const names = readdirSync(__dirname)
  .filter((file) => file.endsWith('.xml'))
  .map((file) => file.slice(0, -'.xml'.length));

const cases = names.flatMap((name): [string, LayoutName][] =>
  everyLayout.includes(name)
    ? (Object.keys(layouts) as LayoutName[]).map((layout) => [name, layout])
    : [[name, 'hybrid']],
);

function textOf(name: string, layout: LayoutName): string {
  const definition = parse(readFileSync(join(__dirname, `${name}.xml`), 'utf8'));
  const compiled = compile(definition, { layout, facts: facts[name] ?? {} });
  const replacer = (key: string, value: unknown): unknown => {
    // Hundreds of numbers that say nothing to a reader; seccomp.test.ts runs them.
    if (key === 'program') return `${(value as readonly number[]).length / 2} instructions`;
    return typeof value === 'bigint' ? `0x${value.toString(16)}` : value;
  };
  return `${JSON.stringify(compiled, replacer, 2)}\n`;
}

test.each(cases)('%s on a %s host compiles to its golden plan', (name, layout) => {
  const suffix = layout === 'hybrid' ? '' : `.${layout}`;
  const golden = join(__dirname, `${name}${suffix}.plan.json`);
  const text = textOf(name, layout);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));
});

test.each(cases)('%s on a %s host compiles to the same plan every time', (name, layout) => {
  expect(textOf(name, layout)).toBe(textOf(name, layout));
});

test('each part of a plan has a golden document', () => {
  expect(names.sort()).toEqual([
    'compat',
    'custom-mounts',
    'filesystems',
    'id-map',
    'id-map-interface',
    'init',
    'interfaces',
    'limits',
    'overlay-root',
    'private-root',
    'privnet',
    'readonly',
    'shared-root',
    'two-consoles',
  ]);
});
