/** Waiting until the checks of a container find it healthy. */
import type { HealthCheck } from '../../domain/definition';
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { runningDefinition, type RunningState } from '../definitions/definitions';
import type { HealthInfo } from '../health/health';
import { recordedHealth } from '../health/known-health';
import { ensureHealthWatcher } from '../health/watcher';
import type { Session } from '../session/session';
import type { HealthWait } from './types';
import { lookUntilFound, waitInside } from './wait-for';

/** @throws TslxcError OPERATION_UNSUPPORTED without a check; as `waitInside`. */
export async function waitForHealth(
  session: Session,
  identity: Identity,
  wait: HealthWait,
): Promise<HealthInfo> {
  let check: HealthCheck | undefined;
  let last: HealthInfo | undefined;
  return waitInside(session, identity, {
    limits: wait,
    condition: {
      wanted: 'it was healthy',
      missing: () => `the container is not healthy${wordsOf(last)}`,
      console: 'helpful',
      find: (container, signal) =>
        lookUntilFound(async () => {
          const state = session.containers.readRunState(session.paths, identity.name);
          const running = container.running();
          if (state.phase !== 'running' || running === undefined) return undefined;
          check ??= watchedCheck(session, state);
          last = recordedHealth(session, { start: state.start, running }, check);
          const isHealthy = last?.state === 'healthy' && last.overdue !== true;
          return Promise.resolve(isHealthy ? last : undefined);
        }, signal),
    },
  });
}

/** The check of a container, by a watcher that runs. @throws TslxcError OPERATION_UNSUPPORTED without one. */
function watchedCheck(session: Session, state: RunningState): HealthCheck {
  const definition = runningDefinition(session, state);
  const { health: check } = definition.extension;
  if (check === undefined) {
    const detail = `domain '${definition.name}' has no <tslxc:health>`;
    throw new TslxcError('OPERATION_UNSUPPORTED', detail, { domain: definition.name });
  }
  ensureHealthWatcher(session, definition);
  return check;
}

function wordsOf(health: HealthInfo | undefined): string {
  return health?.message === undefined ? '' : ` (${health.message})`;
}
