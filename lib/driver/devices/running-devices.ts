/** A running container whose devices are changed, and the leftovers of such a change whose process was killed. */
import type { RunningDevices } from '../../container/devices/running-devices';
import type { RunState } from '../../container/record/run-state';
import { withStartChoices } from '../../container/record/start-choices';
import type { DomainDefinition } from '../../domain/definition';
import { TslxcError } from '../../errors';
import { announceUnplugged } from '../hooks/port-hooks';
import type { Session } from '../session/session';

type Running = RunState & { phase: 'running' };

/** The container in the form in which `DeviceControl` takes it. */
export function runningDevices(session: Session, { start, running }: Running): RunningDevices {
  const { paths, lookers, startTimeout, logger } = session;
  const parse = (xml: string): DomainDefinition => {
    return withStartChoices(session.parse(xml).definition, start);
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
    onOut: (record) => announceUnplugged(session, record),
  };
}

/** Whether a device is being attached or detached: under the lock, that means that the process that did so was killed. */
export function hasDeviceOnItsWay(state: RunState): state is Running {
  return state.phase === 'running' && state.start.plug !== undefined;
}

/** @throws TslxcError OPERATION_FAILED when a device of an interrupted change could not be taken out yet. */
export function requireSettled(state: RunState): void {
  if (!hasDeviceOnItsWay(state)) return;
  const detail = 'a device that was being attached or detached could not be taken out yet';
  throw new TslxcError('OPERATION_FAILED', detail, { domain: state.start.name });
}

/** Milliseconds: a call that is about something else waits no longer for a device that may never answer. */
const settleTime = 3000;

/** Takes the device out. A failure is logged, and the next process tries again. Under the domain's lock. */
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
