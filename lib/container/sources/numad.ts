/** What numad(8) advises: the memory nodes that suit a container, and their CPUs. */
import type { DomainDefinition } from '../../domain/definition';
import type { Placement } from '../../domain/tuning/definition';
import { asksForPlacement } from '../../domain/tuning/placement';
import { canonicalNumberSet, numbersOfSet } from '../../domain/xml/number-set';
import { TslxcError } from '../../errors';
import { runProgram } from '../../host/program';
import { readAttribute } from '../../host/node/attribute';

const step = "ask numad where to place the container, for placement='auto'";

/**
 * Undefined for a definition that leaves nothing to numad.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED, naming the package, where there is no numad; OPERATION_FAILED when it fails.
 */
export async function advisedPlacement(
  definition: DomainDefinition,
): Promise<Placement | undefined> {
  if (!asksForPlacement(definition)) return undefined;
  const { vcpu, memory } = definition;
  // CPUs and MiB, as libvirt asks.
  const wanted = `${vcpu.current ?? vcpu.count}:${Math.ceil(memory / 1024)}`;
  const output = await runProgram({
    program: 'numad',
    package: 'numad',
    args: ['-w', wanted],
    step,
  });
  const nodes = canonicalNumberSet(output.trim());
  const cpus = nodes === undefined ? undefined : canonicalNumberSet(cpusOf(nodes));
  if (nodes !== undefined && cpus !== undefined) return { nodes, cpus };
  const words = JSON.stringify(output.slice(0, 100));
  throw new TslxcError(
    'OPERATION_FAILED',
    `numad advises no nodes of this host: ${words} (${step})`,
    {
      step,
    },
  );
}

/** '' for nodes that the host does not have. */
function cpusOf(nodes: string): string {
  const lists = numbersOfSet(nodes).map((number) => {
    return readAttribute(`/sys/devices/system/node/node${number}/cpulist`) ?? '';
  });
  return lists.filter((list) => list !== '').join(',');
}
