/** Limits of processes and of huge pages: `<tslxc:pids>` and `<tslxc:hugepages>`. */
import { mostProcesses } from '../../domain/tuning/counted-limits';
import type { DomainDefinition } from '../../domain/definition';
import { withExtensionElement } from '../../domain/elements/extension/extension-change';
import { TslxcError } from '../../errors';
import { writesOnLevels } from '../../plan/limits/limit-write';
import {
  hugepageWrites,
  processWrites,
  readHugepages,
  readProcesses,
} from '../../plan/limits/counted-limits';
import { inKibibytes, limitInKibibytes } from './memory-size';
import type { HugepageLimitChange, HugepageLimitInfo, MemoryLimit } from './types';
import {
  changeLimit,
  checkWhole,
  lookAtLimit,
  nowhere,
  type Counted,
  type LimitQuery,
} from './live-limits';

const processes: Counted = { what: 'the number of processes', element: 'max' };
const pageSize: Counted = { what: 'the size of a huge page', element: 'limit.size' };
const pages: Counted = { what: 'the limit', element: 'limit.max' };

export async function getProcessLimit(query: LimitQuery): Promise<number | 'unlimited'> {
  return lookAtLimit(query, {
    live: ({ place, read }) => limitOf(readProcesses(place('pids'), read)),
    stored: ({ extension }) => extension.processLimit?.max ?? 'unlimited',
  });
}

/** @throws TslxcError INVALID_ARG for an invalid limit; and as `changeLimit`. */
export async function setProcessLimit(query: LimitQuery, max: number | 'unlimited'): Promise<void> {
  if (max !== 'unlimited') checkWhole(processes, max, [1, mostProcesses]);
  const changed = (definition: DomainDefinition): DomainDefinition => {
    const { processLimit: _, ...rest } = definition.extension;
    const limit = max === 'unlimited' ? {} : { processLimit: { max, position: nowhere } };
    return withExtensionElement(
      { ...definition, extension: { ...rest, ...limit } },
      { name: 'pids', attributes: max === 'unlimited' ? undefined : { max: String(max) } },
    );
  };
  await changeLimit(query, {
    stored: changed,
    live: ({ definition, place }) => ({
      writes: writesOnLevels(place('pids'), (level) =>
        processWrites(level, max === 'unlimited' ? Infinity : max),
      ),
      definition: changed(definition),
    }),
  });
}

export async function getHugepageLimits(query: LimitQuery): Promise<HugepageLimitInfo[]> {
  return lookAtLimit(query, {
    live: ({ definition, place, read }) =>
      (definition.extension.hugepageLimits ?? []).map(({ size, max }) => ({
        size,
        max: limitOf(readHugepages(place('hugetlb'), size, read) ?? max),
      })),
    stored: ({ extension }) =>
      (extension.hugepageLimits ?? []).map(({ size, max }) => ({ size, max })),
  });
}

/** @throws TslxcError INVALID_ARG for an invalid size or limit; and as `changeLimit`. */
export async function setHugepageLimit(
  query: LimitQuery,
  limit: HugepageLimitChange,
): Promise<void> {
  const [size, max] = [inKibibytes(limit.size), limitInKibibytes(limit.max)];
  checkWhole(pageSize, size, [4, 2 ** 30]);
  if (!Number.isInteger(Math.log2(size))) {
    const detail = `${size} KiB is not the size of a huge page`;
    throw new TslxcError('INVALID_ARG', detail, { element: pageSize.element });
  }
  if (max !== 'unlimited') checkWhole(pages, max, [0, Number.MAX_SAFE_INTEGER - 1]);
  const changed = (definition: DomainDefinition): DomainDefinition => {
    const { hugepageLimits = [], ...rest } = definition.extension;
    const others = hugepageLimits.filter((limit) => limit.size !== size);
    const all = max === 'unlimited' ? others : [...others, { size, max, position: nowhere }];
    const isSame = ({ size: written, unit }: Record<string, string | undefined>): boolean =>
      written === String(size) && (unit ?? 'KiB') === 'KiB';
    return withExtensionElement(
      {
        ...definition,
        extension: { ...rest, ...(all.length === 0 ? {} : { hugepageLimits: all }) },
      },
      {
        name: 'hugepages',
        attributes: max === 'unlimited' ? undefined : { size: String(size), max: String(max) },
        isSame,
      },
    );
  };
  await changeLimit(query, {
    stored: changed,
    live: ({ definition, place }) => ({
      writes: writesOnLevels(place('hugetlb'), (level) =>
        hugepageWrites(level, [{ size, max: max === 'unlimited' ? Infinity : max }]),
      ),
      definition: changed(definition),
    }),
  });
}

function limitOf(value: number): MemoryLimit {
  return value === Infinity ? 'unlimited' : value;
}
