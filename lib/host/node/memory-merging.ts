/** How the kernel merges equal pages of memory (KSM): its settings, and what it has merged. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TslxcError } from '../../errors';
import { fileError, naming } from '../state/file-error';
import { readAttribute } from './attribute';

/** The settings of the kernel's merging of equal pages. */
export interface MemoryMergingChange {
  /** Pages that are looked at before it sleeps. */
  readonly pagesToScan?: number | undefined;
  /** Milliseconds that it sleeps. */
  readonly sleepMilliseconds?: number | undefined;
  /** Whether pages of different NUMA cells are merged. */
  readonly mergeAcrossNodes?: boolean | undefined;
}

/** The settings, and what has been merged; a value is missing where this kernel does not tell it. */
export interface MemoryMerging extends MemoryMergingChange {
  /** Pages that stand for several equal ones. */
  readonly pagesShared?: bigint;
  /** Pages that were merged into such a page, beyond the first of each: what is saved. */
  readonly pagesSharing?: bigint;
  /** Pages that were looked at and are like no other. */
  readonly pagesUnshared?: bigint;
  /** Pages that change too fast to be merged. */
  readonly pagesVolatile?: bigint;
  /** How often all memory has been looked at. */
  readonly fullScans?: bigint;
}

const kernelFolder = '/sys/kernel/mm/ksm';

/** @throws TslxcError OPERATION_UNSUPPORTED when the kernel merges no pages. */
export function readMemoryMerging(folder = kernelFolder): MemoryMerging {
  const read = (name: string): bigint | undefined => readNumber(join(folder, name));
  const pagesToScan = read('pages_to_scan');
  if (pagesToScan === undefined) throw unsupported(folder);
  const sleep = read('sleep_millisecs');
  const across = read('merge_across_nodes');
  const counts = {
    pagesShared: read('pages_shared'),
    pagesSharing: read('pages_sharing'),
    pagesUnshared: read('pages_unshared'),
    pagesVolatile: read('pages_volatile'),
    fullScans: read('full_scans'),
  };
  const known = Object.entries(counts).filter(([, value]) => value !== undefined);
  return {
    pagesToScan: Number(pagesToScan),
    ...(sleep === undefined ? {} : { sleepMilliseconds: Number(sleep) }),
    ...(across === undefined ? {} : { mergeAcrossNodes: across === 1n }),
    ...(Object.fromEntries(known) as Partial<typeof counts>),
  } as MemoryMerging;
}

/**
 * Changes what is given.
 *
 * @throws TslxcError OPERATION_UNSUPPORTED when the kernel merges no pages; SyscallError for a value that it refuses, as
 * that of `mergeAcrossNodes` while pages are merged.
 */
export function changeMemoryMerging(change: MemoryMergingChange, folder = kernelFolder): void {
  const { pagesToScan, sleepMilliseconds, mergeAcrossNodes } = change;
  readMemoryMerging(folder);
  const values: readonly (readonly [string, number | undefined])[] = [
    ['pages_to_scan', pagesToScan],
    ['sleep_millisecs', sleepMilliseconds],
    ['merge_across_nodes', mergeAcrossNodes === undefined ? undefined : Number(mergeAcrossNodes)],
  ];
  for (const [name, value] of values) {
    if (value === undefined) continue;
    const path = join(folder, name);
    try {
      writeFileSync(path, String(value));
    } catch (error) {
      throw fileError(naming(path, error), 'set how memory is merged');
    }
  }
}

function unsupported(folder: string): TslxcError {
  const detail = `the kernel does not merge equal pages of memory: there is no ${folder} (CONFIG_KSM)`;
  return new TslxcError('OPERATION_UNSUPPORTED', detail);
}

function readNumber(path: string): bigint | undefined {
  const text = readAttribute(path);
  return text === undefined ? undefined : BigInt(text);
}
