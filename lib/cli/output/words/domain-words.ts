/** virsh's words for states and reasons, and an addition of this command: how init actually ended. Pure. */
import { constants } from 'node:os';
import type { ExitRecord } from '../../../container/record/exit-record';
import type { DomainInfo, DomainState } from '../../../driver/types';
import { CommandError } from '../../shell/command-error';
import { signalName } from './signal-names';

/** `running`, `shut off` or `no state`. */
export function stateWord(state: DomainState['state']): string {
  if (state === 'nostate') return 'no state';
  return state === 'shutoff' ? 'shut off' : state;
}

/** The same with details that virsh does not show: `running (unresponsive)`, `no state (… is damaged)`. */
export function stateWords(state: DomainState): string {
  const details = [detailOf(state), definitionWords(state)].filter((one) => one !== undefined);
  const word = stateWord(state.state);
  return details.length === 0 ? word : `${word} (${details.join('; ')})`;
}

function detailOf(state: DomainState): string | undefined {
  if (state.state === 'nostate') return state.damage;
  return state.state === 'shutoff' ? undefined : state.monitor;
}

/** Whether root inside is root on the host: `user namespace`, or why it is no security boundary, or why it would not even start. */
export function isolationWords(
  isolation: DomainInfo['isolation'],
  refusal: string | undefined,
): string {
  return refusal === undefined ? boundaries[isolation] : `its start is refused (${refusal})`;
}

const boundaries: Readonly<Record<DomainInfo['isolation'], string>> = {
  'user-namespace': 'user namespace',
  'host-root': 'not a security boundary (<idmap> maps the root of the host)',
  none: 'not a security boundary (no <idmap>)',
};

/** Shown instead of a state that can't be determined: `no state (write /run/…: ENOSPC, …)`. */
export function noStateWords(error: unknown): string {
  return `no state (${error instanceof Error ? error.message : String(error)})`;
}

/** The reason that `domstate --reason` shows in brackets: `booted`, `destroyed`, `shutdown: exit code 3`. */
export function reasonWords(state: DomainState): string {
  return [ownReason(state), definitionWords(state)].filter((one) => one !== undefined).join('; ');
}

/** Of a domain, network or storage pool; undefined if its stored definition can be read. */
export function definitionWords({
  unreadable,
}: {
  readonly unreadable?: string;
}): string | undefined {
  return unreadable === undefined ? undefined : `its definition can't be read: ${unreadable}`;
}

function ownReason(state: DomainState): string {
  if (state.state === 'nostate') return `${state.reason}: ${state.damage}`;
  if (state.state !== 'shutoff') {
    return state.monitor === undefined ? state.reason : `${state.reason}, ${state.monitor}`;
  }
  if (state.exit === undefined) return state.reason;
  if (isOomKilled(state.exit)) return `${state.reason} (oom-killed)`;
  const end = endWords(state.exit);
  return end === undefined ? state.reason : `${state.reason}: ${end}`;
}

/** Whether the kernel killed init for lack of memory, and no destroy had been asked for. */
export function isOomKilled({ OOMKilled = false, requested }: ExitRecord): boolean {
  return OOMKilled && requested !== 'destroy';
}

/** How init ended; undefined if the reason alone is sufficient: exit code 0, a destroy, or a failed start. */
function endWords(exit: ExitRecord): string | undefined {
  if (exit.requested === 'destroy') return undefined;
  switch (exit.how) {
    case 'exited':
      return exit.code === 0 ? undefined : `exit code ${exit.code}`;
    case 'killed':
      return `signal ${signalName(exit.signal)}`;
    case 'lost':
      return 'its monitor was lost';
    case 'unstarted':
      return undefined;
  }
}

/**
 * The exit status that a shell would give for init's end: its exit code, or 128 plus the signal.
 *
 * @throws CommandError with the status 125 when there is none.
 */
export function exitStatus(exit: ExitRecord): number {
  if (exit.how === 'exited') return exit.code;
  if (exit.how === 'killed') return 128 + exit.signal;
  // Its cgroups were killed, since its monitor did not answer.
  if (exit.requested === 'destroy') return 128 + constants.signals.SIGKILL;
  const what =
    exit.how === 'lost'
      ? 'its monitor ended, and the container with it: how its init ended is not known'
      : 'it was not started';
  throw new CommandError(`The container has no exit status: ${what}`, { status: 125 });
}
