/** The standard streams of a container as pipes, and how they are joined to those of this process. */
import { once } from 'node:events';
import { Socket } from 'node:net';
import { native } from '../../host/native';
import { fileError } from '../../host/state/file-error';
import { CommandError } from '../shell/command-error';
import { InputCopy, OutputCopy } from '../terminal/output-copy';
import type { Terminal } from '../terminal/terminal';

export class ContainerStreams {
  /** The container's ends: its input, output and errors. */
  readonly descriptors: readonly [stdin: number, stdout: number, stderr: number];
  readonly #stdin: Socket;
  readonly #stdout: Socket;
  readonly #stderr: Socket;

  constructor() {
    const input = native().makePair('pipe');
    const output = native().makePair('pipe');
    const errors = native().makePair('pipe');
    this.descriptors = [input[0], output[1], errors[1]];
    this.#stdin = new Socket({ fd: input[1], readable: false, writable: true });
    this.#stdout = new Socket({ fd: output[0], readable: true, writable: false });
    this.#stderr = new Socket({ fd: errors[0], readable: true, writable: false });
  }

  /** To be called once the container has them: they end with it. */
  closeDescriptors(): void {
    for (const fd of this.descriptors) native().closeDescriptor(fd);
  }

  destroy(): void {
    for (const stream of [this.#stdin, this.#stdout, this.#stderr]) stream.destroy();
  }

  /**
   * Resolves once all processes of the container have closed its output, and that is written. Input is passed on unless it is a
   * terminal, which the container has no console on. `onGone` is called if nothing more can be written, or not all be read.
   *
   * @throws CommandError if not all could be written, or read.
   */
  async join(terminal: Terminal, onGone: () => void): Promise<void> {
    const input = this.#passInput(terminal, onGone);
    const pairs = [
      [this.#stdout, terminal.output()],
      [this.#stderr, terminal.errors()],
    ] as const;
    // One that nothing is written to may have been closed since the start.
    const ended = pairs.map(([from]) => (from.closed ? Promise.resolve([]) : once(from, 'close')));
    const copies = pairs.map(([from, to]) => new OutputCopy(from, to, onGone));
    try {
      await Promise.all(ended);
      await Promise.all(copies.map((copy) => copy.untilSilent()));
    } finally {
      input?.stop();
      for (const copy of copies) copy.stop();
      this.#stdin.destroy();
    }
    if (input?.failure !== undefined) {
      const cause = fileError(input.failure, 'read standard input');
      throw new CommandError("failed to read all of the program's input", { cause });
    }
    const failure = copies.find((copy) => copy.failure !== undefined)?.failure;
    if (failure === undefined) return;
    const cause = fileError(failure, 'write to a standard stream');
    throw new CommandError("failed to write all of the program's output", { cause });
  }

  #passInput(terminal: Terminal, onFailed: () => void): InputCopy | undefined {
    if (!terminal.isInteractive()) return new InputCopy(terminal.input(), this.#stdin, onFailed);
    this.#stdin.end();
    return undefined;
  }
}
