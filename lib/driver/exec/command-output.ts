/** All that a command writes, kept until it has ended. */
import type { Readable } from 'node:stream';
import type {
  CommandResult,
  PipedProcess,
  TerminalProcess,
} from '../../container/exec/command-process';
import { OutputStream } from '../../container/exec/output-stream';
import { TslxcError } from '../../errors';
import type { ExecOptions } from './exec-options';

/** The output of a command that was awaited, and how it ended. */
export interface CommandOutput<Content extends string | Buffer = string> extends CommandResult {
  /** Its standard output; of a command on a terminal, everything that the terminal has shown. */
  readonly stdout: Content;
  /** Its standard error; empty for a command on a terminal. */
  readonly stderr: Content;
}

/** How output is kept. */
interface Keeping {
  readonly encoding: ExecOptions['encoding'];
  readonly maxBuffer: ExecOptions['maxBuffer'];
  /** The name of the domain that the command runs in. */
  readonly domain: string;
}

/** What is used of a command on pipes, or on a terminal. */
type CollectedCommand =
  | Pick<PipedProcess, 'stdout' | 'stderr' | 'result' | 'endBecauseOf'>
  | Pick<TerminalProcess, 'terminal' | 'result' | 'endBecauseOf'>;

/** Bytes of each stream. */
const defaultMaxBuffer = 16 * 1024 * 1024;

/** @internal @throws TslxcError MAX_BUFFER_EXCEEDED; as CommandProcess.result. Each has the output so far in `stdout` and `stderr`. */
export async function collectOutput<Content extends string | Buffer>(
  command: CollectedCommand,
  { encoding = 'utf8', maxBuffer = defaultMaxBuffer, domain }: Keeping,
): Promise<CommandOutput<Content>> {
  const tooMuch = (name: string): TslxcError => {
    const detail = `a command in domain '${domain}' was ended: its ${name} is longer than maxBuffer, ${maxBuffer} bytes`;
    const step = 'collect the output of a command';
    return new TslxcError('MAX_BUFFER_EXCEEDED', detail, { domain, step });
  };
  const keep = (stream: Readable, name: string): KeptStream =>
    new KeptStream(stream, maxBuffer, () => command.endBecauseOf(tooMuch(name)));
  const streams =
    'terminal' in command
      ? [keep(command.terminal, 'terminal')]
      : [keep(command.stdout, 'stdout'), keep(command.stderr, 'stderr')];
  const kept = (): Pick<CommandOutput<Content>, 'stdout' | 'stderr'> => {
    const [stdout, stderr] = streams.map((stream) => stream.bytes());
    const content = (bytes: Buffer = Buffer.alloc(0)): Content =>
      (encoding === 'buffer' ? bytes : bytes.toString()) as Content;
    return { stdout: content(stdout), stderr: content(stderr) };
  };
  try {
    const result = await command.result;
    if (streams.some((stream) => stream.isFull())) throw tooMuch('output');
    return { ...kept(), ...result };
  } catch (error) {
    if (TslxcError.is(error)) Object.assign(error, kept());
    throw error;
  } finally {
    for (const stream of streams) stream.letGo();
  }
}

class KeptStream {
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  readonly #stream: Readable;
  readonly #take: (chunk: Buffer) => void;
  #length = 0;

  constructor(stream: Readable, limit: number, onFull: () => void) {
    this.#stream = stream;
    this.#limit = limit;
    this.#take = (chunk) => {
      const room = limit - this.#length;
      this.#length += chunk.length;
      if (room > 0) this.#chunks.push(chunk.subarray(0, room));
      if (chunk.length > room) onFull();
    };
    stream.on('data', this.#take);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Whether there was more than is kept. */
  isFull(): boolean {
    return this.#length > this.#limit;
  }

  /** What other processes still write is discarded, and does not keep this process alive. */
  letGo(): void {
    this.#stream.off('data', this.#take);
    this.#stream.resume();
    if (this.#stream instanceof OutputStream) this.#stream.unref();
  }
}
