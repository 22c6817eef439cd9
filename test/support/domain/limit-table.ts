/** The printed table of limits: what was set, how the kernel says it, what came of it, and how that was found. */
import { readFileSync } from 'node:fs';
import { hostFacts } from '../../../lib/host/facts';
import { containerFolder } from '../../../lib/plan/cgroups/names';
import { cgroupPlaces, placeOf } from '../../../lib/plan/cgroups/places';
import type { CgroupPlace, Controller } from '../../../lib/plan/cgroups/places';

export interface LimitRow {
  readonly limit: string;
  /** The controller's version on this host. */
  readonly version: string;
  /** Of what runs, or of the stored definition and so at the next start. Default: live. */
  readonly change?: 'live' | 'config' | 'start';
  readonly set: string;
  /** Files with their contents afterwards. */
  readonly kernel: string;
  readonly effect: string;
  /** How the effect was measured. */
  readonly measured: string;
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
    const titles = ['limit', 'cgroup', 'changed', 'to', 'read back', 'effect', 'measured by'];
    const cells = [titles, ...this.#rows.map(cellsOf)];
    const widths = titles.map((_, column) =>
      Math.max(...cells.map((line) => line[column]?.length ?? 0)),
    );
    const lines = cells.map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join(' | ')
        .trimEnd(),
    );
    process.stderr.write(`\n${lines.join('\n')}\n\n`);
  }
}

function cellsOf({ limit, version, change = 'live', ...row }: LimitRow): string[] {
  return [limit, version, change, row.set, row.kernel, row.effect, row.measured];
}
