/** lxc.signal.halt: the signal that asks init to end, `<tslxc:stop>`. Pure. */
import { signalNumber } from '../../elements/extension/stop-signal';
import { numberOf, valueError, type Entry } from '../entry';
import type { Scene } from '../scene';
import { node, type PrintableElement } from '../../xml/print';

/** LXC's names, in upper or lower case: always with SIG, those of real-time signals always with a distance. */
const namePattern = /^SIG(?:RTM(?:IN\+|AX-)(?:[12]?\d|30)|(?!RT)[A-Z]+\d?)$/i;

/** Names that only LXC accepts, with those of `<tslxc:stop>`. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['SIGCLD', 'SIGCHLD'],
  ['SIGIOT', 'SIGABRT'],
  ['SIGPOLL', 'SIGIO'],
]);

/** SIGKILL and SIGSTOP, which no program can handle. */
const unhandled: ReadonlySet<number> = new Set([9, 19]);

/** Element of `<tslxc:container>`. @throws TslxcError CONF_SYNTAX. */
export function convertStopSignal({ settings, report }: Scene): PrintableElement[] {
  const entry = settings.take('lxc.signal.halt');
  if (entry === undefined) return [];
  const signal = signalOf(entry);
  // The default, as without the key.
  if (signal === '0') return [];
  const number = signalNumber(signal);
  if (number !== undefined && !unhandled.has(number)) return [node('tslxc:stop', { signal })];
  report.tell(
    entry,
    'no signal that init can handle: it is asked to end by SIGTERM, or as its initctl wants it',
  );
  return [];
}

/** The name of a signal, or a number, which may be that of no signal: LXC takes every number. */
function signalOf(entry: Entry): string {
  if (/^\d/.test(entry.value)) return String(numberOf(entry));
  const name = entry.value.toUpperCase();
  const signal = synonyms.get(name) ?? name;
  if (namePattern.test(entry.value) && signalNumber(signal) !== undefined) return signal;
  throw valueError(entry, 'not a signal such as SIGPWR, SIGRTMIN+3 or 30');
}
