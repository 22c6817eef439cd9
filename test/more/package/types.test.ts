/** What strict TypeScript knows of the values of the API: a line that ends with `// refused` is an error, and no other line is. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { removeTree } from '../../support/root/remove-tree';
import { packageRoot } from '../../support/process/run-command';

const uses: Readonly<Record<string, string>> = {
  'an error with one of the codes that were asked for': `
    import { DefinitionError, ProtocolError, SyscallError, TslxcError } from 'tslxc';
    import type { ErrorCode } from 'tslxc';
    declare const error: unknown;
    declare const any: ErrorCode | undefined;
    if (TslxcError.is(error, 'NO_DOMAIN')) {
      error.code satisfies 'NO_DOMAIN';
      error satisfies TslxcError;
    }
    if (TslxcError.is(error, 'NO_DOMAIN', 'NO_NETWORK')) {
      error.code satisfies 'NO_DOMAIN' | 'NO_NETWORK';
      error.code satisfies 'NO_DOMAIN'; // refused
    }
    if (TslxcError.is(error)) {
      error.code satisfies ErrorCode;
      error satisfies TslxcError;
      error.errno satisfies number; // refused
    }
    if (TslxcError.is(error, any)) error.code satisfies ErrorCode;
    if (TslxcError.is(error, 'NO_SUCH_CODE')) throw error; // refused
    if (SyscallError.is(error)) [error.errno, error.syscall] satisfies [number, string];
    if (SyscallError.is(error, 'RESOURCE_BUSY')) [error.code, error.errno] satisfies ['RESOURCE_BUSY', number];
    if (error instanceof SyscallError) error.errno satisfies number;
    if (DefinitionError.is(error, 'XML_ERROR')) error satisfies DefinitionError & { code: 'XML_ERROR' };
    if (ProtocolError.is(error)) error.code satisfies 'PROTOCOL_ERROR';
    export function failed(known: TslxcError): string {
      return TslxcError.is(known, 'NO_DOMAIN') ? known.code : known.message;
    }
  `,
  'standard streams, of which there are three': `
    import type { StartOptions } from 'tslxc';
    declare const fds: readonly number[];
    export const all: StartOptions[] = [
      { standardStreams: [0, 1, 2], passDescriptors: fds },
      { standardStreams: undefined },
      { standardStreams: [0, 1] }, // refused
      { standardStreams: [0, 1, 2, 3] }, // refused
      { standardStreams: fds }, // refused
    ];
  `,
  'how a container has ended': `
    import type { Domain, DomainState, ExitRecord } from 'tslxc';
    export function statusOf(exit: ExitRecord): number {
      switch (exit.how) {
        case 'exited':
          exit.signal satisfies undefined;
          return exit.code;
        case 'killed':
          exit.code satisfies undefined;
          return 128 + exit.signal;
        case 'lost':
        case 'unstarted':
          return 125;
      }
    }
    export function whole({ how, code, signal }: ExitRecord): number | undefined {
      if (how === 'exited') return code satisfies number;
      return how === 'killed' ? (signal satisfies number) : code;
    }
    declare const exit: ExitRecord;
    exit.code satisfies number; // refused
    if (exit.code !== undefined) exit.how satisfies 'exited';
    JSON.parse('{}') satisfies ExitRecord;
    export const made: ExitRecord[] = [
      { how: 'exited', code: 0, time: 0, boot: '' },
      { how: 'killed', signal: 9, OOMKilled: true, requested: 'destroy', time: 0, boot: '' },
      { how: 'lost', ranIn: '', sinceBoot: 1, time: 0, boot: '' },
      { how: 'exited', time: 0, boot: '' }, // refused
      { how: 'killed', code: 1, signal: 9, time: 0, boot: '' }, // refused
    ];
    export function ofState(state: DomainState): number | undefined {
      return state.state === 'shutoff' && state.exit?.how === 'killed' ? state.exit.signal : undefined;
    }
    export async function ask(domain: Domain): Promise<number> {
      const answer = await domain.shutdown();
      answer.signal satisfies number; // refused
      if (answer.outcome === 'stopped') answer.exit satisfies ExitRecord | undefined;
      return answer.by === 'signal' ? answer.signal : 0;
    }
  `,
  'events of domains': `
    import type { Connection, DomainEvent, ExitRecord } from 'tslxc';
    export function tell(event: DomainEvent): string | number {
      switch (event.event) {
        case 'stopped':
          event.detail satisfies 'shutdown' | 'destroyed' | 'crashed' | 'failed';
          return event.exit.how === 'exited' ? event.exit.code : event.exit.time;
        case 'device-added':
        case 'device-removed':
          return event.device;
        case 'health-change':
          return event.detail satisfies 'healthy' | 'unhealthy';
        case 'started':
          return event.device; // refused
        default:
          return event.detail;
      }
    }
    export function plain({ event, detail, domain, uuid, time, uri, exit, device, line }: DomainEvent): unknown[] {
      exit satisfies ExitRecord; // refused
      return [event, detail, domain, uuid, time, uri, exit, device, line];
    }
    export function listen(connection: Connection): void {
      connection.on('domain', (event) => {
        if (event.event === 'stopped' && event.detail === 'booted') tell(event); // refused
        if (event.event === 'warning') console.log(event.detail, event.element);
      });
    }
  `,
  'waits, all of which take the same limits': `
    import type { Domain, ExitRecord, WaitLimits } from 'tslxc';
    export async function until(domain: Domain, limits: WaitLimits): Promise<ExitRecord> {
      await domain.waitFor({ port: 80, ...limits });
      await domain.shutdown(limits);
      await domain.exec(['true'], limits);
      await domain.wait({ timeoutMs: 5 }); // refused
      await domain.wait({ timeout: 5 });
      return domain.wait(limits);
    }
  `,
  'changes of limits, each with a name': `
    import type { CpuTuningChange, Domain, MemoryTuningChange, NumaTuningChange, VcpuChange } from 'tslxc';
    export async function change(domain: Domain, limit?: number, mode?: 'strict'): Promise<void> {
      const memory: MemoryTuningChange = { hardLimit: limit, softLimit: 'unlimited' };
      const cpu: CpuTuningChange = { shares: limit, quota: undefined };
      const vcpus: VcpuChange = { current: limit };
      const numa: NumaTuningChange = { mode, nodeset: 'all' };
      await domain.setMemoryTuning(memory);
      await domain.setCpuTuning(cpu);
      await domain.setVcpus(vcpus);
      await domain.setNumaTuning(numa);
      await domain.setMemoryTuning(await domain.getMemoryTuning());
      await domain.setNumaTuning(await domain.getNumaTuning());
      await domain.setCpuTuning({ sharse: 2 }); // refused
      await domain.setVcpus({ current: '2' }); // refused
    }
  `,
};

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
  paths: { tslxc: [join(packageRoot, 'dist/index.d.ts')] },
};

let folder: string;
let program: ts.Program;

beforeAll(() => {
  folder = mkdtempSync(join(packageRoot, 'build', 'types-'));
  for (const [title, text] of Object.entries(uses)) writeFileSync(fileOf(title), text);
  program = ts.createProgram(Object.keys(uses).map(fileOf), options);
});

afterAll(() => removeTree(folder));

function fileOf(title: string): string {
  return join(folder, `${title.replaceAll(' ', '-')}.ts`);
}

test.each(Object.entries(uses))('%s', (title, text) => {
  const file = program.getSourceFile(fileOf(title));
  const lines = text.split('\n').map((line) => line.trim());
  const found = ts.getPreEmitDiagnostics(program, file).map(({ start = 0, messageText }) => {
    const line = lines[file?.getLineAndCharacterOfPosition(start).line ?? 0] ?? '';
    const message = ts.flattenDiagnosticMessageText(messageText, ' ');
    return line.endsWith('// refused') ? line : `${line} ${message}`;
  });
  expect([...new Set(found)]).toEqual(lines.filter((line) => line.endsWith('// refused')));
});
