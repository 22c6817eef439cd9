/** Devices of running containers in memory: only their records change. For the tests of lib/driver. */
import type { DeviceControl } from '../../../../lib/container/devices/running-devices';
import { atOnce, type Recording } from '../../../../lib/container/record/recording';
import type { RunState, StartRecord } from '../../../../lib/container/record/run-state';

/** What of the fake host has them. */
export interface DeviceHost {
  readonly states: Map<string, RunState>;
  /** Why no device of a running container can be changed. */
  readonly failDevices: Error | undefined;
}

export function fakeDevices(host: DeviceHost): DeviceControl {
  const change = async (
    start: StartRecord,
    xml: string,
    recording: Recording = atOnce,
  ): Promise<StartRecord> => {
    await Promise.resolve();
    if (host.failDevices !== undefined) throw host.failDevices;
    const state = host.states.get(start.name);
    if (state?.phase !== 'running') throw new Error(`${start.name} isn't running`);
    const { plug: _plug, ...rest } = start;
    const changed = { ...rest, xml };
    await recording(() => host.states.set(start.name, { ...state, start: changed }));
    return changed;
  };
  return {
    checkLink: () => Promise.resolve(),
    attach: ({ start }, { xml, recording }) => change(start, xml, recording),
    detach: async ({ start, onOut }, { xml }) => {
      await onOut(start);
      return change(start, xml);
    },
    settle: ({ start }) => change(start, start.plug?.without.xml ?? start.xml),
  };
}
