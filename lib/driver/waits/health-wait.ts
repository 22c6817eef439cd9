/** Waiting until the checks of a container find it healthy. */
import { TslxcError } from '../../errors';
import type { Identity } from '../../host/state/definitions/definition-store';
import { runningDefinition } from '../definitions/definitions';
import type { HealthInfo } from '../health/health';
import { recordedHealth } from '../health/known-health';
import { ensureHealthWatcher } from '../health/watcher';
import type { Session } from '../session/session';
import type { HealthWait } from './types';
import { lookUntilFound, runningNow, waitInside } from './wait-for';

const wanted = 'it was healthy';

/** @throws TslxcError OPERATION_UNSUPPORTED without a check; as `waitInside`. */
export async function waitForHealth(
  session: Session,
  identity: Identity,
  wait: HealthWait,
): Promise<HealthInfo> {
  const state = await runningNow(session, identity, wanted);
  const definition = runningDefinition(session, state);
  const { health: check } = definition.extension;
  if (check === undefined) {
    const detail = `domain '${identity.name}' has no <tslxc:health>`;
    throw new TslxcError('OPERATION_UNSUPPORTED', detail, { domain: identity.name });
  }
  ensureHealthWatcher(session, definition);
  let last: HealthInfo | undefined;
  return waitInside(session, identity, {
    limits: wait,
    condition: {
      wanted,
      missing: () => `the container is not healthy${wordsOf(last)}`,
      console: 'helpful',
      find: (container, signal) =>
        lookUntilFound(async () => {
          const running = container.running();
          last = running && recordedHealth(session, { start: state.start, running }, check);
          const isHealthy = last?.state === 'healthy' && last.overdue !== true;
          return Promise.resolve(isHealthy ? last : undefined);
        }, signal),
    },
  });
}

function wordsOf(health: HealthInfo | undefined): string {
  return health?.message === undefined ? '' : ` (${health.message})`;
}
