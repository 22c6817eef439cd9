/** Where the output of consoles goes besides to clients that read them: what `<log>` asks for. Pure. */
import type { DomainDefinition } from '../domain/definition';
import { outputFileBackups } from '../domain/devices/output-files';
import type { PlanHeader } from './plan';

/** Bytes of one file that a `<log>` names: the default of libvirt's virtlogd. */
const outputFileBytes = 2 * 1024 * 1024;

type OutputHeader = Pick<
  PlanHeader,
  'outputFiles' | 'freshOutputFiles' | 'outputFileBytes' | 'outputFileBackups'
>;

export function planConsoleOutput({ consoles }: Pick<DomainDefinition, 'consoles'>): OutputHeader {
  const logs = consoles.map(({ log }) => log);
  const isAsked = logs.some((log) => log !== undefined);
  return {
    outputFiles: isAsked ? logs.map((log) => log?.file ?? '') : [],
    freshOutputFiles: logs.flatMap((log, console) =>
      log !== undefined && log.append !== 'on' ? [console] : [],
    ),
    outputFileBytes,
    outputFileBackups,
  };
}
