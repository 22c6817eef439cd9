/**
 * Keeps the plans of definitions that are started repeatedly. A plan is a function of a definition, which never
 * changes, and of facts: with the same facts it is the same plan. Nothing is kept longer than its definition, and
 * nothing of a definition that has been started only once: with hundreds of running domains, the plans would be most of
 * the heap, and the garbage collector would stop the event loop mostly for them.
 */
import { isDeepStrictEqual } from 'node:util';
import type { DomainDefinition } from '../../domain/definition';
import type { CgroupLayout } from '../../host/kernel/cgroup-layout';
import { planCgroups } from '../../plan/cgroups/cgroups';
import type { CgroupPlan } from '../../plan/cgroups/cgroups';
import { compilePlan } from '../../plan/compile';
import type { PlanFacts } from '../../plan/compile';
import type { Plan } from '../../plan/plan';

/** A value for each definition, kept from the second time on that it is made. */
class KeptWhenRepeated<Value> {
  readonly #kept = new WeakMap<DomainDefinition, Value | 'made once'>();

  of(definition: DomainDefinition): Value | undefined {
    const kept = this.#kept.get(definition);
    return kept === 'made once' ? undefined : kept;
  }

  made(definition: DomainDefinition, value: Value): void {
    this.#kept.set(definition, this.#kept.has(definition) ? value : 'made once');
  }
}

const plans = new KeptWhenRepeated<{ readonly facts: PlanFacts; readonly plan: Plan }>();

/** As `compilePlan`; the same object as for the last start of this definition, if the facts are equal. */
export function compiledPlan(definition: DomainDefinition, facts: PlanFacts): Plan {
  const known = plans.of(definition);
  if (known !== undefined && isDeepStrictEqual(known.facts, facts)) return known.plan;
  const plan = compilePlan(definition, facts);
  plans.made(definition, { facts, plan });
  return plan;
}

interface PlannedCgroups {
  readonly layout: CgroupLayout;
  readonly root: string;
  readonly plan: CgroupPlan;
}

const cgroups = new KeptWhenRepeated<PlannedCgroups>();

/** As `planCgroups` for a definition that limits no block devices; the same object as before for the same layout and root. */
export function plannedCgroups(
  definition: DomainDefinition,
  layout: CgroupLayout,
  root: string,
): CgroupPlan {
  const known = cgroups.of(definition);
  if (known?.layout === layout && known.root === root) return known.plan;
  const plan = planCgroups(definition, layout, { root });
  cgroups.made(definition, { layout, root, plan });
  return plan;
}
