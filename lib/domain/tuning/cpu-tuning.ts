/** `<cputune>`: CPU time. */
import { definitionError } from '../xml/source-location';
import { node, type PrintableElement } from '../xml/print';
import { keepRest } from '../xml/raw';
import { childOf, readElement, type Reading } from '../xml/reading';
import type { ParseSession } from '../parse-session';
import type { CpuTuning } from './definition';
import { cpuRanges, isInRange, mayBeUnlimited, sharesFault, type CpuElement } from './cpu-ranges';
import { ignored, textVocabulary, vocabulary } from '../xml/vocabulary';

/** The fields by element, in libvirt's output order. */
const fields = {
  shares: 'shares',
  global_period: 'globalPeriod',
  global_quota: 'globalQuota',
  period: 'period',
  quota: 'quota',
} as const;

const elements = Object.keys(fields) as CpuElement[];

const noVirtualCpu = ignored('a container has no virtual CPUs: it runs on those of <vcpu cpuset>');
const noThread = ignored('a container has no threads of an emulator');

export const cpuTuningVocabulary = vocabulary({
  children: {
    shares: 'one',
    global_period: 'one',
    global_quota: 'one',
    period: 'one',
    quota: 'one',
    emulator_period: noThread,
    emulator_quota: noThread,
    iothread_period: noThread,
    iothread_quota: noThread,
    vcpupin: noVirtualCpu,
    emulatorpin: noThread,
    iothreadpin: noThread,
    vcpusched: noVirtualCpu,
    emulatorsched: noThread,
    iothreadsched: noThread,
    cachetune: noVirtualCpu,
    memorytune: noVirtualCpu,
  },
});

/** As in libvirt, 0 means no limit. @throws DefinitionError XML_ERROR, INVALID_ARG or CONFIG_UNSUPPORTED, as libvirt. */
export function parseCpuTuning(domain: Reading, session: ParseSession): { cpuTuning?: CpuTuning } {
  const at = childOf(domain, 'cputune');
  if (at === undefined) return {};
  const reading = readElement(at, cpuTuningVocabulary, session);
  keepRest(reading, session);
  const given = elements.flatMap((name) => {
    const value = parseParameter(reading, name, session);
    return value === undefined ? [] : [[fields[name], value] as const];
  });
  if (given.length === 0) return {};
  return { cpuTuning: { ...Object.fromEntries(given), position: at.position } };
}

/** The children of `<cputune>`. */
export function formatCpuTuning(tuning: CpuTuning | undefined): PrintableElement[] {
  return elements.flatMap((name) => {
    const value = tuning?.[fields[name]];
    return value === undefined ? [] : [node(name, {}, [String(value)])];
  });
}

function parseParameter(
  reading: Reading,
  name: CpuElement,
  session: ParseSession,
): number | undefined {
  const at = childOf(reading, name);
  if (at === undefined) return undefined;
  const { text } = readElement(at, textVocabulary, session);
  const written = mayBeUnlimited(name) ? /^\s*[+-]?\d{1,15}\s*$/ : /^\s*\+?\d{1,15}\s*$/;
  if (!written.test(text)) {
    throw definitionError('XML_ERROR', `can't parse cputune ${name} value`, at);
  }
  const value = Number(text);
  if (value === 0) return undefined;
  if (isInRange(name, value)) return value < 0 ? -1 : value;
  if (name === 'shares') throw definitionError('INVALID_ARG', sharesFault(value), at);
  const range = `[${cpuRanges[name].join(', ')}]`;
  const fault = `Value of cputune '${name}' must be in range ${range}`;
  throw definitionError('CONFIG_UNSUPPORTED', fault, at);
}
