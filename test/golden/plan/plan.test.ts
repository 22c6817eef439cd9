/**
 * Every NAME.xml here, compiled for a fixed host, is its golden file. NAME.plan.json is all of the plan and the cgroups.
 * NAME.plan.diff is how they differ from those of shared-root.xml on the same host: with the whole plan of that document
 * it says just as much, and what all plans have in common changes the whole plans only. With UPDATE_GOLDEN=1 they are
 * rewritten; read the difference before you commit it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanFacts } from '../../../lib/plan/compile';
import { parse } from '../../unit/domain/parse-context';
import { compile, layouts } from '../../unit/plan/plan-context';
import type { LayoutName } from '../../unit/plan/plan-context';
import { planDifference } from './plan-difference';
import type { PlanJson } from './plan-difference';

/** What a document's plan depends on besides the document. */
const facts: Readonly<Record<string, Partial<PlanFacts>>> = {
  compat: { hardening: 'compat' },
  init: { identity: { uid: 33, gid: 33, groups: [33, 4] }, passDescriptors: 2 },
  'two-consoles': { consoleDescriptors: 1, failpoint: { point: 9, action: 3, count: 1 } },
};

/** Documents that are compiled for every layout of cgroups; the others for a hybrid host. */
const everyLayout = ['shared-root', 'readonly', 'id-map', 'limits'];

/** What the others are compared with, and the name that it gives its domain, which occurs nowhere else in its plan. */
const base = { document: 'shared-root', domain: 'helloworld' };

/** The cgroups of those that are not in the default partition with the name of the domain. */
const cgroups: Readonly<Record<string, string>> = {
  limits: '/libvirt/machine/prod.partition/limits.libvirt-lxc',
  'private-root': '/libvirt/lxc/_tasks',
};

/** Documents whose plans are here whole. */
const whole = [base.document, 'id-map-interface', 'filesystems', 'compat'];

const documents = readdirSync(__dirname)
  .filter((file) => file.endsWith('.xml'))
  .map((file) => file.slice(0, -'.xml'.length));

const cases = documents.flatMap((document): [string, LayoutName][] =>
  everyLayout.includes(document)
    ? (Object.keys(layouts) as LayoutName[]).map((layout) => [document, layout])
    : [[document, 'hybrid']],
);

function goldenName(document: string, layout: LayoutName): string {
  const suffix = layout === 'hybrid' ? '' : `.${layout}`;
  return `${document}${suffix}.plan.${whole.includes(document) ? 'json' : 'diff'}`;
}

function definitionOf(document: string): ReturnType<typeof parse> {
  return parse(readFileSync(join(__dirname, `${document}.xml`), 'utf8'));
}

function planText(document: string, layout: LayoutName): string {
  const compiled = compile(definitionOf(document), { layout, facts: facts[document] ?? {} });
  const replacer = (key: string, value: unknown): unknown => {
    // Hundreds of numbers that say nothing to a reader; seccomp.test.ts runs them.
    if (key === 'program') return `${(value as readonly number[]).length / 2} instructions`;
    return typeof value === 'bigint' ? `0x${value.toString(16)}` : value;
  };
  return `${JSON.stringify(compiled, replacer, 2)}\n`;
}

/** What names the base is replaced in the finished text, so that a name that the plan writes differently is seen. */
function differenceText(document: string, layout: LayoutName): string {
  const { name } = definitionOf(document);
  const cgroup = cgroups[document] ?? `/libvirt/lxc/${name}`;
  const before = planText(base.document, layout)
    .replaceAll(`/libvirt/lxc/${base.domain}`, cgroup)
    .replaceAll(base.domain, name);
  const after = planText(document, layout);
  return [
    `--- ${base.document} on a ${layout} host, with the name ${name} and the cgroup ${cgroup}`,
    `+++ ${document} on a ${layout} host`,
    ...planDifference(JSON.parse(before) as PlanJson, JSON.parse(after) as PlanJson),
    '',
  ].join('\n');
}

function goldenText(document: string, layout: LayoutName): string {
  return whole.includes(document) ? planText(document, layout) : differenceText(document, layout);
}

test.each(cases)('%s on a %s host compiles to its golden plan', (document, layout) => {
  const golden = join(__dirname, goldenName(document, layout));
  const text = goldenText(document, layout);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, 'utf8'));
});

test.each(cases)('%s on a %s host compiles to the same plan every time', (document, layout) => {
  expect(planText(document, layout)).toBe(planText(document, layout));
});

test('each part of a plan has a golden document', () => {
  expect(documents.sort()).toEqual([
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

test('each golden plan belongs to a document', () => {
  const found = readdirSync(__dirname).filter((file) => /\.plan\.(json|diff)$/.test(file));
  expect(found.sort()).toEqual(cases.map((one) => goldenName(...one)).sort());
});
