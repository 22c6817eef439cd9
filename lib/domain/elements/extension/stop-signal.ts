/** `<tslxc:stop>` in `<tslxc:container>`: the signal that asks init to shut down. */
import { TslxcError } from '../../../errors';
import { attributeLocation, definitionError } from '../../xml/source-location';
import { readExactly, type LocatedElement } from '../../xml/reading';
import { stopVocabulary } from './vocabulary';

/** signal(7), for x86 and ARM. */
const numbers: ReadonlyMap<string, number> = new Map(
  (
    'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU ' +
    'XFSZ VTALRM PROF WINCH IO PWR SYS'
  )
    .split(' ')
    .map((name, at) => [name, at + 1]),
);

const firstRealTime = 34;
const lastRealTime = 64;

/** @throws DefinitionError XML_ERROR if the value is not a signal. */
export function parseStopSignal(at: LocatedElement | undefined): number | undefined {
  if (at === undefined) return undefined;
  const value = readExactly(at, stopVocabulary).attributes.get('signal') ?? '';
  const number = signalNumber(value);
  if (number !== undefined) return number;
  const detail = `signal of <${at.element.name}> must be a signal such as SIGQUIT, SIGRTMIN+3 or 3`;
  throw definitionError('XML_ERROR', detail, attributeLocation(at, 'signal'));
}

/** The number of the signal that the attribute names; undefined if it names none. */
export function signalNumber(value: string): number | undefined {
  const name = value.replace(/^SIG/, '');
  const [, sign, distance = '0'] = /^RTM(IN\+|IN|AX-|AX)(\d{1,2})?$/.exec(name) ?? [];
  const number = /^\d{1,2}$/.test(value)
    ? Number(value)
    : sign === undefined
      ? numbers.get(name)
      : sign.startsWith('IN')
        ? firstRealTime + Number(distance)
        : lastRealTime - Number(distance);
  return number !== undefined && isUsable(number) ? number : undefined;
}

/**
 * The number of a signal that a caller asks to have sent, by a name as the attribute takes it, or by a number from `least` on.
 *
 * @throws TslxcError INVALID_ARG for what is no such signal.
 */
export function askedSignal(signal: number | string, least: 0 | 1): number {
  const number = typeof signal === 'number' ? signal : (signalNumber(signal) ?? NaN);
  if (Number.isInteger(number) && number >= least && number <= lastRealTime) return number;
  const detail =
    typeof signal === 'number'
      ? `signum value ${signal} is out of range`
      : `'${signal}' is not a signal such as SIGTERM, SIGRTMIN+3 or 15`;
  throw new TslxcError('INVALID_ARG', detail, { element: 'signal' });
}

/** Its name, as the attribute takes it. */
export function signalName(number: number): string {
  if (number >= firstRealTime) return `SIGRTMIN+${number - firstRealTime}`;
  const name = [...numbers].find(([, one]) => one === number)?.[0];
  return name === undefined ? String(number) : `SIG${name}`;
}

/** Signals 32 and 33 are reserved by glibc. */
function isUsable(number: number): boolean {
  return number >= 1 && number <= lastRealTime && number !== 32 && number !== 33;
}
