/** What a golden difference says about two plans, and that it says it wherever they differ. */
import { planDifference } from './plan-difference';
import type { PlanJson } from './plan-difference';

const node = (path: string, mode: number): PlanJson => ({ op: 'makeNode', path, mode });
const plan = (header: PlanJson, inside: readonly PlanJson[]): PlanJson => ({
  plan: { header, inside },
});

const header = { name: 'base', argv: ['/bin/sh'], labels: [] };
const inside = [node('null', 438), node('zero', 438), { op: 'pivotRoot' }];
const base = plan(header, inside);

const differing: readonly [string, PlanJson, readonly string[]][] = [
  ['nothing', base, []],
  [
    'a field of the header',
    plan({ ...header, name: 'other' }, inside),
    ['@@ plan.header @@', '-name "base"', '+name "other"'],
  ],
  [
    'a new field of the header',
    plan({ ...header, pause: 0 }, inside),
    ['@@ plan.header @@', ' labels[]', '+pause 0'],
  ],
  [
    'a list of the header',
    plan({ ...header, argv: ['/bin/sh', '-c'], labels: [''] }, inside),
    ['@@ plan.header @@', ' argv[] "/bin/sh"', '-labels[]', '+argv[] "-c"', '+labels[] ""'],
  ],
  [
    'a field of an operation',
    plan(header, [node('null', 438), node('zero', 384), { op: 'pivotRoot' }]),
    [
      '@@ plan.inside @@',
      ' makeNode path="null" mode=438',
      '-makeNode path="zero" mode=438',
      '+makeNode path="zero" mode=384',
    ],
  ],
  [
    'the order of operations',
    plan(header, [node('zero', 438), node('null', 438), { op: 'pivotRoot' }]),
    [
      '@@ plan.inside @@',
      '-makeNode path="null" mode=438',
      ' makeNode path="zero" mode=438',
      '+makeNode path="null" mode=438',
    ],
  ],
  [
    'an operation that comes twice',
    plan(header, [...inside, { op: 'pivotRoot' }]),
    ['@@ plan.inside @@', ' pivotRoot', '+pivotRoot (2)'],
  ],
  [
    'an operation that is missing at the end',
    plan(header, inside.slice(0, 2)),
    ['@@ plan.inside @@', ' makeNode path="zero" mode=438', '-pivotRoot'],
  ],
  [
    'the whole of a part',
    { plan: { header } },
    [
      '@@ plan.inside @@',
      '-makeNode path="null" mode=438',
      '-makeNode path="zero" mode=438',
      '-pivotRoot',
    ],
  ],
  ['a new part', { ...base, cgroups: { unified: '/u' } }, ['@@ cgroups.unified @@', '+"/u"']],
];

test.each(differing)('two plans that differ in %s', (_, after, lines) => {
  expect(planDifference(base, after)).toEqual(lines);
});
