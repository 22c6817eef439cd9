/** A running container whose devices are changed, and what a process has left of such a change that was killed. */
import type { RunningDevices } from '../../container/devices/running-devices';
import { asStarted } from '../../container/record/as-started';
import type { RunState } from '../../container/record/run-state';
import type { DomainDefinition } from '../../domain/definition';
import { TslxcError } from '../../errors';
import { tellOfUnplugged } from '../hooks/port-hooks';
import type { Session } from '../session/session';

type Running = RunState & { phase: 'running' };

/** What changes its devices takes it so. */
export function runningDevices(session: Session, { start, running }: Running): RunningDevices {
  const { paths, lookers, startTimeout, logger } = session;
  const parse = (xml: string): DomainDefinition => {
    return asStarted(session.parse(xml).definition, start);
  };
  return {
    paths,
    lookers,
    startTimeout,
    within: startTimeout,
    start,
    running,
    definition: parse(start.xml),
    parse,
    notice: (text) => logger.warn({ domain: start.name }, text),
    onOut: (record) => tellOfUnplugged(session, record),
  };
}

/** Whether a device is on its way in or out: under the lock, of a process that was killed. */
export function hasDeviceOnItsWay(state: RunState): state is Running {
  return state.phase === 'running' && state.start.plug !== undefined;
}

/** @throws TslxcError OPERATION_FAILED for a container of which a device could not be taken out yet. */
export function requireSettled(state: RunState): void {
  if (!hasDeviceOnItsWay(state)) return;
  const detail = 'a device that was being attached or detached could not be taken out yet';
  throw new TslxcError('OPERATION_FAILED', detail, { domain: state.start.name });
}

/** A call that asks for something else waits no longer for what may never answer, in milliseconds. */
const settleTime = 3000;

/** Takes it out. What goes wrong is logged, and tried again by the next process. Under the domain's lock. */
export async function settleDevices(session: Session, state: Running): Promise<Running> {
  const { containers, logger } = session;
  const domain = state.start.name;
  try {
    const devices = runningDevices(session, state);
    const within = Math.min(settleTime, devices.within);
    const start = await containers.devices.settle({ ...devices, within });
    logger.warn({ domain }, 'took a device out: the process that moved it was killed');
    return { ...state, start };
  } catch (error) {
    logger.error({ err: error, domain }, 'a device could not be taken out');
    return state;
  }
}
