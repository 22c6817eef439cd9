/**
 * Places where a test can end or stop a process, named in order: before and after each message and each effect on the
 * host. Without TSLXC_FAILPOINT they cost one comparison. Format: `NAME=ACTION`, or `NAME#COUNT=ACTION` for a point
 * that is reached several times: the action is taken the COUNTth time, from 1.
 */

export const failpoints = [
  // in the caller
  'controller:before-start-record',
  'controller:after-start-record',
  'controller:after-targets',
  'controller:before-spawn',
  'controller:after-spawn',
  'controller:after-spawned',
  'controller:after-running',
  'controller:after-own',
  /** After each undo step. */
  'controller:after-undo',
  // in a caller that attaches a device to a running container, or detaches it
  'plug:before-record',
  'plug:after-record',
  /** After each step on the host before the container is changed. */
  'plug:after-host-step',
  'plug:after-prepared',
  'plug:after-fitted',
  'plug:before-commit',
  'plug:after-commit',
  /** After each undo step of a device. */
  'plug:after-taken',
  // in the monitor
  'monitor:after-plan',
  'monitor:after-cgroups',
  'monitor:after-lock',
  'monitor:after-outside',
  'monitor:after-clone',
  /** After each of the `mapped` operations. */
  'monitor:after-mapped',
  'monitor:after-proceed',
  'monitor:after-listen',
  'monitor:after-ready',
  'monitor:before-exec',
  'monitor:after-exec',
  'monitor:after-executing',
  'monitor:after-running-record',
  'monitor:after-running',
  // in the monitor, when init is started again after a reboot
  'monitor:before-restart',
  'monitor:after-restart-spawn',
  'monitor:before-restart-record',
  'monitor:after-restart-record',
  // in the process that does it, which is a child of the monitor
  'restart:after-plan',
  'restart:after-outside',
  'restart:after-clone',
  'restart:after-again',
  'restart:after-proceed',
  'restart:after-ready',
  'restart:after-exec',
  'restart:after-executing',
  'restart:after-running',
  // in init
  'init:before-proceed',
  'init:after-proceed',
  'init:before-ready',
  'init:after-ready',
  'init:after-exec',
  'init:after-executing',
  // in the process that changes the devices of a running container
  'fitter:after-plan',
  'fitter:after-outside',
  'fitter:after-inside',
  'fitter:after-continue',
  'fitter:after-attached',
  // in init that is started again
  'restarted-init:before-proceed',
  'restarted-init:after-proceed',
  'restarted-init:before-ready',
  'restarted-init:after-ready',
  'restarted-init:after-exec',
  'restarted-init:after-executing',
] as const;

export type Failpoint = (typeof failpoints)[number];

/** What happens there, and to which process; `killMonitor` at a point of the monitor itself kills that. */
export const failActions = [
  'none',
  'killSelf',
  'killController',
  'killMonitor',
  'stopSelf',
] as const;
export type FailAction = (typeof failActions)[number];

export interface ArmedFailpoint {
  readonly point: Failpoint;
  readonly action: FailAction;
  /** From 1. */
  readonly count: number;
}

/** A u8 of the plan's header. */
const mostOften = 255;

/** Reads `TSLXC_FAILPOINT`; undefined when none is armed. An unknown name is an error: otherwise a test would prove nothing. */
export function armedFailpoint(environment: NodeJS.ProcessEnv): ArmedFailpoint | undefined {
  const text = environment['TSLXC_FAILPOINT'];
  if (text === undefined || text === '') return undefined;
  const [where = '', actionName] = text.split('=');
  const [name, times = '1'] = where.split('#');
  const point = failpoints.find((known) => known === name);
  const action = failActions.find((known) => known === actionName);
  const count = /^[1-9]\d{0,2}$/.test(times) ? Number(times) : 0;
  if (point === undefined || action === undefined || count < 1 || count > mostOften)
    throw new RangeError(`unknown failpoint '${text}'`);
  return { point, action, count };
}
