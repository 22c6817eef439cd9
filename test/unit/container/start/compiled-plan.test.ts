/** A plan that is carried out a third time is not made again, and never one of other facts or of another definition. */
import { compiledPlan, plannedCgroups } from '../../../../lib/container/start/compiled-plan';
import { compilePlan } from '../../../../lib/plan/compile';
import { planCgroups } from '../../../../lib/plan/cgroups/cgroups';
import { document, parse } from '../../domain/parse-context';
import { layouts, planFacts } from '../../plan/plan-context';

const root = '/srv/tslxc';
const definition = parse(document({}));
const facts = (): ReturnType<typeof planFacts> => planFacts(definition);

test('equal facts give the very same plan from the second start on, which is that of the definition', () => {
  const fresh = parse(document({}));
  const first = compiledPlan(fresh, facts());
  const plan = compiledPlan(fresh, facts());
  expect(plan).not.toBe(first);
  expect([first, plan]).toEqual([plan, compilePlan(definition, facts())]);
  expect(compiledPlan(fresh, facts())).toBe(plan);
});

test.each([
  ['deadline', { deadline: 1 }],
  ['a source', { sources: new Map([['/', 'file']]) }],
  ['a directory to hide', { hidden: ['/elsewhere'] }],
  ['who init is', { identity: { uid: 1, gid: 2, groups: [] } }],
])('another fact gives another plan: %s', (_, change) => {
  const former = compiledPlan(definition, facts());
  const other = { ...facts(), ...change } as ReturnType<typeof facts>;
  expect(compiledPlan(definition, other)).toEqual(compilePlan(definition, other));
  expect(compiledPlan(definition, facts())).toEqual(former);
});

test('another definition has a plan of its own', () => {
  const other = parse(document({}).replace('<name>test<', '<name>other<'));
  const plan = compiledPlan(other, facts());
  expect(plan.header.name).toBe('other');
  expect(compiledPlan(definition, facts()).header.name).toBe(definition.name);
});

test('the cgroups are those of the layout and of the root', () => {
  const fresh = parse(document({}));
  const first = plannedCgroups(fresh, layouts.v1, root);
  const plan = plannedCgroups(fresh, layouts.v1, root);
  expect(plan).not.toBe(first);
  expect([first, plan]).toEqual([plan, planCgroups(definition, layouts.v1, { root })]);
  expect(plannedCgroups(fresh, layouts.v1, root)).toBe(plan);
  for (const [layout, owner] of [
    [layouts.v2, root],
    [layouts.v1, '/other'],
  ] as const) {
    const other = plannedCgroups(definition, layout, owner);
    expect(other).toEqual(planCgroups(definition, layout, { root: owner }));
  }
});
