/**
 * The state of one thing in a table: a cell that leaves the table readable on a narrow terminal, and the reasons of what is out of
 * order, which may be long, for lines of their own behind the table. The lines go to stderr, as they are no part of the list.
 */
import type { DomainState } from '../../driver/types';
import type { Output } from './output';
import { definitionWords, stateWord } from './words/domain-words';

export interface ListedState {
  readonly cell: string;
  /** In full, without the name. */
  readonly reasons: readonly string[];
}

/** `running (unresponsive)`, `shut off (unreadable)`, `no state`. */
export function listedDomain(state: DomainState): ListedState {
  const isUnknown = state.state === 'nostate';
  const monitor = isUnknown || state.state === 'shutoff' ? undefined : state.monitor;
  const { cell, reasons } = listedWith(stateWord(state.state), state, monitor);
  return { cell, reasons: isUnknown ? [state.damage, ...reasons] : reasons };
}

/** The words with `unreadable` in brackets if the stored definition can't be read. */
export function listedWith(
  words: string,
  { unreadable }: { readonly unreadable?: string },
  detail?: string,
): ListedState {
  const reason = definitionWords(unreadable === undefined ? {} : { unreadable });
  const marks = [detail, reason && 'unreadable'].filter((mark) => mark !== undefined);
  const cell = marks.length === 0 ? words : `${words} (${marks.join('; ')})`;
  return { cell, reasons: reason === undefined ? [] : [reason] };
}

/** Of what could not be looked at. */
export function listedUnknown(error: unknown): ListedState {
  return { cell: 'no state', reasons: [error instanceof Error ? error.message : String(error)] };
}

/** A line for each reason. `what`: its kind and name, as in `domain 'web'`. */
export function tellReasons(
  output: Output,
  all: readonly { readonly what: string; readonly reasons: readonly string[] }[],
): void {
  for (const { what, reasons } of all) {
    for (const reason of reasons) output.warning(`${what}: ${reason}`);
  }
}
