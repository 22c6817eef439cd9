/** The server of examples/web-console as a process, that can be ended and started again at the same address. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ExampleCopy } from './example';

export class ConsoleServer implements AsyncDisposable {
  readonly #example: ExampleCopy;
  #child: ReturnType<ExampleCopy['start']> | undefined;
  #port = 0;
  #address = '';

  private constructor(example: ExampleCopy) {
    this.#example = example;
  }

  /** At any port that is free. */
  static async start(example: ExampleCopy): Promise<ConsoleServer> {
    const server = new ConsoleServer(example);
    await server.start();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** What it has printed: the address, with the token if it has chosen one, or else the name of the variable that has it. */
  get address(): string {
    return this.#address;
  }

  /** Again, at the port that it has had. */
  async start(): Promise<void> {
    const child = this.#example.start('server.js', '--port', String(this.#port));
    this.#child = child;
    child.stderr?.pipe(process.stderr);
    if (child.stdout === null) throw new Error('the server has no output');
    for await (const line of createInterface({ input: child.stdout })) {
      this.#address = line;
      break;
    }
    const printed = /^http:\/\/127\.0\.0\.1:(\d+)\/#token=([\w-]{32}|\$WEB_CONSOLE_TOKEN)$/;
    this.#port = Number(printed.exec(this.#address)?.[1]);
    if (this.#port > 0) return;
    // Nobody else can end it.
    child.kill('SIGKILL');
    throw new Error(`the server has printed '${this.#address}'`);
  }

  /** Ends it as ^C does; resolves with its exit code. */
  async stop(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    this.#child = undefined;
    const ended = once(child, 'close');
    child.kill('SIGINT');
    const [code] = (await ended) as [number | null];
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
