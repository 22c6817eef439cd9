/** A caller with libvirt-python: what it is told, and what its answers mean. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { errorCodes } from '../../../lib/rpc/protocol/error-numbers';
import { clientEnvironment } from '../../support/clients/client-world';
import { commandEnvironment } from '../../support/process/run-command';
import type { Order, Report } from '../caller';
import { Caller } from '../callers';
import {
  domainDocument,
  domainNames,
  domainUuid,
  networkDocument,
  networkName,
} from '../documents';
import { isWithAutodestroy, memoryLimit } from '../operations';

/** What the program prints of an order. */
interface PythonReport {
  readonly id: number;
  readonly value?: string;
  readonly error?: {
    /** One of virErrorNumber; or that of a connection that was lost, or that there was none. */
    readonly code: number | 'DISCONNECTED' | 'UNREACHED';
    readonly message: string;
  };
}

export function startPythonCaller(): Promise<Caller> {
  // Debian's, which has libvirt's module, whatever other is installed.
  const child = spawn('/usr/bin/python3', ['-u', join(__dirname, 'caller.py')], {
    env: { ...commandEnvironment(), ...clientEnvironment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // One that is killed in this moment is told of by its end.
  child.stdin.on('error', () => undefined);
  return Caller.over(child, {
    kind: 'python',
    send: (message) =>
      void child.stdin.write(
        `${JSON.stringify(message === 'end' ? { verb: 'end' } : told(message))}\n`,
      ),
    listen: (listener) =>
      void createInterface(child.stdout).on('line', (line) =>
        listener(reportOf(JSON.parse(line) as PythonReport)),
      ),
  });
}

/** Everything that is chosen is in the order: the program knows neither names nor documents. */
function told({ id, kind, verb, subject, chance, population }: Order): Record<string, unknown> {
  const name = domainNames(subject)[chance < (verb === 'define' ? 0.7 : 0.5) ? 0 : 1];
  const of = {
    domain: {
      uuid: domainUuid(subject),
      name,
      xml: domainDocument(subject, name, population),
      memory: memoryLimit(chance),
      autodestroy: isWithAutodestroy({ chance }),
      title: `by libvirt ${chance}`,
    },
    network: { name: networkName(subject), xml: networkDocument(subject) },
  };
  return { id, verb: verb === 'startLinked' ? 'start' : verb, ...of[kind] };
}

function reportOf({ id, value, error }: PythonReport): Report {
  if (error === undefined) return { id, ...(value === undefined ? {} : { value }) };
  const code = typeof error.code === 'number' ? nameOf(error.code) : error.code;
  return { id, error: { code, message: error.message } };
}

/** The library's code for one of libvirt's numbers. */
function nameOf(number: number): string {
  // What the library says of a monitor that is gone is an error of a protocol to a client.
  if (number === errorCodes.RPC) return 'PROTOCOL_ERROR';
  return Object.entries(errorCodes).find(([, known]) => known === number)?.[0] ?? `${number}`;
}
