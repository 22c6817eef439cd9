/** Which CPUs and memory nodes a domain may use: `<vcpu cpuset>` and `<numatune>`. */
import type { DomainDefinition } from '../../domain/definition';
import { isBinding, numaModes } from '../../domain/tuning/numa-tuning';
import { withoutPlacement } from '../../domain/tuning/placement';
import { canonicalNumberSet, missingNumbers } from '../../domain/xml/number-set';
import { TslxcError } from '../../errors';
import { changeCpuset, readCpuset, type CpusetFile } from '../../plan/limits/cpuset-limits';
import type { LimitWrite } from '../../plan/limits/limit-write';
import type { NumaTuningChange, NumaTuningInfo } from './types';
import { changeLimit, lookAtLimit, nowhere, type LimitQuery, type Live } from './live-limits';

/** The word for no restriction. */
const all = 'all';

export async function getCpuset(query: LimitQuery): Promise<string> {
  return lookAtLimit(query, {
    live: (live) => effective(live, 'cpus'),
    stored: ({ vcpu }) => vcpu.cpuset ?? all,
  });
}

/** @throws TslxcError INVALID_ARG for a malformed set, and for CPUs that do not exist; and as `changeLimit`. */
export async function setCpuset(query: LimitQuery, cpus: string): Promise<void> {
  const wanted = readSet(cpus);
  const changed = (definition: DomainDefinition): DomainDefinition => {
    const { cpuset: _, ...vcpu } = { ...definition.vcpu, placement: 'static' as const };
    if (wanted === undefined) return withoutPlacement({ ...definition, vcpu });
    return { ...definition, vcpu: { ...vcpu, cpuset: wanted } };
  };
  await changeLimit(query, {
    stored: changed,
    live: (live) => ({
      writes: writesOf(live, 'cpus', wanted),
      definition: changed(live.definition),
    }),
  });
}

export async function getNumaTuning(query: LimitQuery): Promise<NumaTuningInfo> {
  const modeOf = ({ numaTuning }: DomainDefinition) => numaTuning?.mode ?? 'strict';
  return lookAtLimit(query, {
    live: (live) => {
      const { numaTuning } = live.definition;
      const ofPolicy =
        numaTuning === undefined || isBinding(numaTuning.mode) ? undefined : numaTuning.nodeset;
      return { mode: modeOf(live.definition), nodeset: ofPolicy ?? effective(live, 'mems') };
    },
    stored: (definition) => ({
      mode: modeOf(definition),
      nodeset: definition.numaTuning?.nodeset ?? all,
    }),
  });
}

/** @throws TslxcError INVALID_ARG for another mode, a malformed set, or nodes that do not exist; and as `changeLimit`. */
export async function setNumaTuning(query: LimitQuery, change: NumaTuningChange): Promise<void> {
  const { mode, nodeset } = change;
  if (mode !== undefined && !numaModes.includes(mode)) {
    const detail = `NUMA memory mode '${mode}' is not one of ${numaModes.join(', ')}`;
    throw new TslxcError('INVALID_ARG', detail);
  }
  const wanted = nodeset === undefined ? undefined : readSet(nodeset);
  const changed = (definition: DomainDefinition): DomainDefinition => {
    const { numaTuning, ...rest } = definition;
    const changedMode = mode ?? numaTuning?.mode ?? 'strict';
    if (nodeset === undefined) {
      return numaTuning === undefined
        ? definition
        : { ...rest, numaTuning: { ...numaTuning, mode: changedMode } };
    }
    if (wanted === undefined) return withoutPlacement(rest);
    const position = numaTuning?.position ?? nowhere;
    return { ...rest, numaTuning: { mode: changedMode, nodeset: wanted, position } };
  };
  await changeLimit(query, {
    stored: changed,
    live: (live) => {
      const definition = changed(live.definition);
      requireBinding(live.definition, definition);
      const writes = nodeset === undefined ? [] : writesOf(live, 'mems', wanted);
      return { writes, definition };
    },
  });
}

/** A process inherits its memory policy from its parent: from outside, only the nodes of a cgroup can be changed. */
function requireBinding(...definitions: readonly DomainDefinition[]): void {
  const isPolicy = definitions.some(
    ({ numaTuning }) => numaTuning !== undefined && !isBinding(numaTuning.mode),
  );
  if (!isPolicy) return;
  const detail = 'change of nodeset for running domain requires strict numa mode';
  throw new TslxcError('OPERATION_INVALID', detail);
}

function effective({ place, read }: Live, file: CpusetFile): string {
  return readCpuset(place('cpuset'), file, read) ?? all;
}

function writesOf(
  { place, read, layout }: Live,
  file: CpusetFile,
  wanted: string | undefined,
): LimitWrite[] {
  const at = place('cpuset');
  const available = layout.cpuset?.[file] ?? '';
  const [missing] = wanted === undefined ? [] : missingNumbers(wanted, available);
  if (missing !== undefined) {
    const words = file === 'cpus' ? 'CPU' : 'NUMA node';
    throw new TslxcError('INVALID_ARG', `there is no ${words} ${missing}, but ${available}`);
  }
  const current = readCpuset(at, file, read) ?? available;
  return changeCpuset(at, { file, wanted, current, available });
}

/** Undefined for all. */
function readSet(text: string): string | undefined {
  if (text === all) return undefined;
  const set = canonicalNumberSet(text);
  if (set !== undefined) return set;
  throw new TslxcError('INVALID_ARG', `Failed to parse bitmap '${text}'`);
}
