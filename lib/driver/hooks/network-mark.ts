/**
 * The record of a network's hooks, in its run folder: it is there from before `start` is called until `stopped` has been called,
 * by whichever process takes the network down or finds it off. A record of another boot of the host is ignored.
 */
import { bootId } from '../../host/kernel/boot/boot-id';
import { readRecord, removeRecord, writeRecord } from '../../host/state/record-file';
import { networkPaths } from '../../host/state/state-paths';
import { isNetworkLocked } from '../../network/lifecycle/network-lock';
import type { NetworkState } from '../../network/lifecycle/state';
import type { Session } from '../session/session';
import { isThere } from '../../host/state/file-error';

/** `input`: what `stopped` gets on its standard input. */
export function writeNetworkMark({ paths }: Session, name: string, input: string): void {
  writeRecord(networkPaths(paths, name).hooks, { boot: bootId(), input });
}

export function removeNetworkMark({ paths }: Session, name: string): void {
  removeRecord(networkPaths(paths, name).hooks);
}

/** The input for `stopped`; undefined when it need not be called. */
export function readNetworkMark({ paths }: Session, name: string): string | undefined {
  const { hooks } = networkPaths(paths, name);
  if (!isThere(hooks)) return undefined;
  const record = readRecord(hooks) as
    { readonly boot?: string; readonly input?: string } | undefined;
  return record?.boot === bootId() ? record.input : undefined;
}

/** Whether `stopped` is still to be called for a network that is off, and no process works on the network that would do so. */
export function isNetworkMarkLeft(session: Session, name: string, state: NetworkState): boolean {
  if (state.phase !== 'off' || readNetworkMark(session, name) === undefined) return false;
  return !isNetworkLocked(session.paths, name);
}
