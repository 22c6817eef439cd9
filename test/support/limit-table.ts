/** The printed table of limits: what was set on what runs, how the kernel says it, and what came of it. */
import { readFileSync } from 'node:fs';
import { hostFacts } from '../../lib/host/facts';
import { containerFolder } from '../../lib/plan/cgroup-names';
import { cgroupPlaces, placeOf } from '../../lib/plan/cgroup-places';
import type { CgroupPlace, Controller } from '../../lib/plan/cgroup-places';

export interface LimitRow {
  readonly limit: string;
  /** The controller's version on this host. */
  readonly version: string;
  /** What was set live. */
  readonly live: string;
  /** Files with their contents afterwards. */
  readonly kernel: string;
  readonly effect: string;
}

/** The directory that limits a domain's container; undefined where the host lacks the controller. */
export function limitPlace(name: string, controller: Controller): CgroupPlace | undefined {
  return placeOf(cgroupPlaces(hostFacts().cgroups, containerFolder({ name })), controller);
}

/** The content of the controller's file, by its name on each version. */
export function limitFile(
  name: string,
  controller: Controller,
  files: Readonly<Record<'v1' | 'v2', string>>,
): string {
  const place = limitPlace(name, controller);
  if (place === undefined) throw new Error(`no controller ${controller}`);
  return readFileSync(`${place.path}/${files[place.version]}`, 'latin1').trim();
}

export class LimitTable {
  readonly #rows: LimitRow[] = [];

  add(row: LimitRow): void {
    this.#rows.push(row);
  }

  get rows(): readonly LimitRow[] {
    return this.#rows;
  }

  /** Where a run of tests shows it: stdout is Jest's own. */
  print(): void {
    const titles: LimitRow = {
      limit: 'limit',
      version: 'cgroup',
      live: 'set live',
      kernel: 'read back',
      effect: 'effect',
    };
    const cells = [titles, ...this.#rows].map((row) => Object.values(row) as string[]);
    const widths = cells[0]?.map((_, column) =>
      Math.max(...cells.map((line) => line[column]?.length ?? 0)),
    );
    const lines = cells.map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join(' | ')
        .trimEnd(),
    );
    process.stderr.write(`\n${lines.join('\n')}\n\n`);
  }
}
