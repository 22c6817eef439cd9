/**
 * How an init is asked to end: which one it is, which signals reach it, its initctl pipe, and whether it has gone.
 */
import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { isInitAlive, isInitKilled } from './init-process';
import { requestLevel } from './initctl';
import { knownInits, type InitKind } from '../../plan/process/end-request';
import type { RunningRecord } from '../record/run-state';
import { unlessEnded } from '../../host/state/file-error';
import { readText } from '../../host/kernel/text-file';

export interface InitControl {
  readonly kindOf: (running: RunningRecord) => InitKind;
  readonly isAlive: typeof isInitAlive;
  readonly isKilled: typeof isInitKilled;
  readonly heeds: (running: RunningRecord, signal: number) => boolean;
  readonly requestLevel: typeof requestLevel;
}

export const initControl: InitControl = {
  kindOf,
  isAlive: isInitAlive,
  isKilled: isInitKilled,
  heeds,
  requestLevel,
};

/** What the kernel appends to the name of a program whose file has been replaced, as by an upgrade: proc_pid_exe(5). */
const replaced = / \(deleted\)$/;

/** By the program that runs as PID 1. */
function kindOf({ init }: RunningRecord): InitKind {
  const executable = unlessEnded(() => readlinkSync(`/proc/${init}/exe`)) ?? '';
  const program = basename(executable.replace(replaced, ''));
  const [called = ''] = readText(`/proc/${init}/cmdline`).split('\0');
  const known = knownInits.find(
    (one) =>
      isNamed(program, one.program) &&
      (one.called.length === 0 || one.called.includes(basename(called))),
  );
  return known?.kind ?? 'other';
}

function isNamed(program: string, pattern: string): boolean {
  return pattern.endsWith('*') ? program.startsWith(pattern.slice(0, -1)) : program === pattern;
}

/**
 * Whether a signal has any effect: PID 1 does not get one that it has no handler for, unless it blocks it in order to
 * fetch it. While PID 1 waits in sigtimedwait(2), as tini and busybox do most of the time, the signal is in no mask:
 * the kernel function that it waits in tells.
 */
function heeds({ init }: RunningRecord, signal: number): boolean {
  const status = readText(`/proc/${init}/status`);
  const bit = 1n << BigInt(signal - 1);
  const mask = (name: string): bigint =>
    BigInt(`0x${new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0'}`);
  if (((mask('SigCgt') | mask('SigBlk')) & bit) !== 0n) return true;
  return readText(`/proc/${init}/wchan`).includes('sigtimedwait');
}
