/**
 * The lives of a container whose devices are changed: its monitor may start init again, in a new life, at any moment,
 * by the plan that is stored then.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { TslxcError } from '../../errors';
import { initHasEnded } from '../init/ended-init';
import { isInitAlive } from '../init/init-process';
import { readRunState, type RunningRecord } from '../record/run-state';
import type { FitTarget } from './fitter';

export interface Life extends Pick<FitTarget, 'paths' | 'name' | 'running'> {
  /** Milliseconds that a restart may take. */
  readonly within: number;
}

const look = 10;

/**
 * The life that runs now; during a restart, the life that the restart begins.
 *
 * @throws TslxcError OPERATION_INVALID when the container has ended, OPERATION_TIMEOUT when the restart does not
 * finish.
 */
export async function lifeNow({ paths, name, within }: Life): Promise<RunningRecord> {
  const deadline = performance.now() + within;
  for (;;) {
    const state = readRunState(paths, name);
    if (state.phase !== 'running') throw initHasEnded(state, name);
    if (isInitAlive(state.running)) return state.running;
    if (performance.now() >= deadline) throw tooLate(name);
    await sleep(look);
  }
}

/** Whether this life goes on. If so, every later one begins by the plan that is stored now. */
export function goesOn({ running }: Pick<Life, 'running'>): boolean {
  return isInitAlive(running);
}

/** @throws TslxcError OPERATION_INVALID. */
export function requireGoingOn(life: Life): void {
  if (goesOn(life)) return;
  throw initHasEnded(readRunState(life.paths, life.name), life.name);
}

function tooLate(domain: string): TslxcError {
  const step = 'wait for the restart of init';
  return new TslxcError(
    'OPERATION_TIMEOUT',
    `the reboot of the container takes too long (${step} of domain '${domain}')`,
    { domain, step },
  );
}
