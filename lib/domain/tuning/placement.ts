/** `placement='auto'` of `<vcpu>` and `<numatune>`: CPUs and memory nodes that numad advises at each start. Pure. */
import type { DomainDefinition } from '../definition';
import type { Placement } from './definition';

type Placed = Pick<DomainDefinition, 'vcpu' | 'numaTuning'>;

/** Whether numad has to be asked. */
export function asksForPlacement({ vcpu, numaTuning }: Placed): boolean {
  return vcpu.placement === 'auto' || (numaTuning !== undefined && isOpen(numaTuning));
}

/**
 * The definition with what numad has advised in the place of `auto`; as it is without advice. As in libvirt, memory of a
 * container whose CPUs are placed so comes from their nodes, unless `<numatune>` says something else.
 */
export function withPlacement(
  definition: DomainDefinition,
  advice: Placement | undefined,
): DomainDefinition {
  if (advice === undefined) return definition;
  const { vcpu, numaTuning } = definition;
  const position = vcpu.position ?? { line: 1, column: 1 };
  const tuning = numaTuning ?? { mode: 'strict', position };
  return {
    ...definition,
    vcpu: vcpu.placement === 'auto' ? { ...vcpu, cpuset: advice.cpus } : vcpu,
    numaTuning: isOpen(tuning) ? { ...tuning, nodeset: advice.nodes } : tuning,
  };
}

const isOpen = ({ nodeset }: { readonly nodeset?: string }): boolean => nodeset === undefined;
