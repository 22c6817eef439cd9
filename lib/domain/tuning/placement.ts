/**
 * `placement='auto'` of `<vcpu>` and `<numatune>`: CPUs and memory nodes that numad advises at each start. As in libvirt, `auto`
 * for one implies `auto` for the other. Pure.
 */
import type { DomainDefinition } from '../definition';
import { parseVcpu } from '../elements/resources';
import type { ParseSession } from '../parse-session';
import { childOf, type Reading } from '../xml/reading';
import type { Placement } from './definition';
import { parseNumaTuning } from './numa-tuning';

type Placed = Pick<DomainDefinition, 'vcpu' | 'numaTuning'>;

/** `<vcpu>` and `<numatune>`. @throws DefinitionError as `parseVcpu` and `parseNumaTuning`. */
export function parsePlaced(domain: Reading, session: ParseSession): Placed {
  const vcpu = parseVcpu(domain, session);
  const { numaTuning } = parseNumaTuning(domain, session, vcpu);
  if (numaTuning === undefined) return { vcpu };
  const isFree = vcpu.cpuset === undefined && !hasPins(domain);
  return { vcpu: isOpen(numaTuning) && isFree ? { ...vcpu, placement: 'auto' } : vcpu, numaTuning };
}

/** Elements that pin single threads to CPUs, and so keep libvirt from placing all of them. */
const pins: readonly string[] = ['vcpupin', 'emulatorpin', 'iothreadpin'];

function hasPins(domain: Reading): boolean {
  const children = childOf(domain, 'cputune')?.element.children ?? [];
  return children.some((child) => typeof child !== 'string' && pins.includes(child.name));
}

/** Whether numad has to be asked. */
export function asksForPlacement({ vcpu, numaTuning }: Placed): boolean {
  return vcpu.placement === 'auto' || (numaTuning !== undefined && isOpen(numaTuning));
}

/** The definition with numad's advice in place of `auto`; unchanged without advice. */
export function withPlacement(
  definition: DomainDefinition,
  advice: Placement | undefined,
): DomainDefinition {
  if (advice === undefined) return definition;
  const { vcpu, numaTuning } = definition;
  return {
    ...definition,
    vcpu: vcpu.placement === 'auto' ? { ...vcpu, cpuset: advice.cpus } : vcpu,
    ...(numaTuning !== undefined && isOpen(numaTuning)
      ? { numaTuning: { ...numaTuning, nodeset: advice.nodes } }
      : {}),
  };
}

/** The definition with neither CPUs nor memory placed by numad: `auto` for only one of them would imply it for the other. */
export function withoutPlacement(definition: DomainDefinition): DomainDefinition {
  const { vcpu, numaTuning, ...rest } = definition;
  return {
    ...rest,
    vcpu: { ...vcpu, placement: 'static' },
    ...(numaTuning === undefined || isOpen(numaTuning) ? {} : { numaTuning }),
  };
}

const isOpen = ({ nodeset }: { readonly nodeset?: string }): boolean => nodeset === undefined;
