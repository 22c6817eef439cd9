/**
 * A person's shell on the host, on a real terminal, in which the seed's commands are typed: `tslxc` is in its
 * PATH in the place of virsh, unless the test has virsh itself. Never types ahead: each line waits for its prompt.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PtySession } from './pty-session';
import { commandLine } from '../process/run-command';

/** What root's shell writes if it isn't told otherwise, and between the lines of one command. */
const rootPrompt = '# ';
const continuationPrompt = '> ';
/** Tells the host's shell from the container's. */
const hostPrompt = 'host> ';
/** Busybox' shell has its folder in it, asks the terminal where the cursor is, and draws it anew after a resize. */
const busyboxPrompt = '~ # (?:\\x1b\\[6n)?(?:\\r~ # \\x1b\\[J)?';
const containerPrompt = `(?:${rootPrompt}|${busyboxPrompt})`;

export interface SeedTerminalOptions {
  /** What the seed's commands are typed for; `tslxc` by default. */
  readonly program?: string;
  /** Added to the shell's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export class SeedTerminal implements AsyncDisposable {
  readonly #session: PtySession;
  readonly #folder: string;
  readonly #program: string;

  private constructor(session: PtySession, folder: string, program: string) {
    this.#session = session;
    this.#folder = folder;
    this.#program = program;
  }

  /** `root` is where tslxc keeps its state. */
  static async open(
    root: string,
    { program = 'tslxc', env: more = {} }: SeedTerminalOptions = {},
  ): Promise<SeedTerminal> {
    const folder = await mkdtemp('/var/tmp/tslxc-seed-');
    const words = commandLine().map((word) => `'${word}'`);
    const script = `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`;
    await writeFile(join(folder, 'tslxc'), script, { mode: 0o755 });
    const env = { TSLXC_ROOT: root, PATH: `${folder}:${process.env['PATH'] ?? ''}`, ...more };
    const session = PtySession.start(['/bin/sh', '-i'], { cwd: folder, columns: 200, env });
    const terminal = new SeedTerminal(session, folder, program);
    try {
      await session.expect(rootPrompt);
      await terminal.host(`PS1='${hostPrompt}'`);
    } catch (error) {
      await terminal[Symbol.asyncDispose]();
      throw error;
    }
    return terminal;
  }

  /** Types a line to the host's shell; resolves with what came of it, up to the next prompt. */
  host(line: string): Promise<string> {
    return this.#run(line, hostPrompt);
  }

  /** Types `cat > FILE <<EOF` and the text. */
  async writeFile(file: string, text: string): Promise<void> {
    for (const line of [`cat > ${file} <<EOF`, ...text.trimEnd().split('\n')]) {
      await this.#run(line, continuationPrompt);
    }
    await this.host('EOF');
  }

  /** Types a line to the container's shell, as `host`. */
  container(line: string): Promise<string> {
    return this.#run(line, containerPrompt);
  }

  /** Types a line to the container's shell, waits for `shown` (from the start of what comes of it), and types ^C; resolves as `container`. */
  async interrupted(line: string, shown: RegExp): Promise<string> {
    this.#session.enter(line);
    await this.#session.expect(`${line}\r\n`);
    const [before = ''] = await this.#session.expect(shown, 10_000);
    this.#session.write('\x03');
    // The terminal shows ^C when the signal has been sent: perhaps after all that the program says of it.
    const prompt = `(?:\\^C)?${containerPrompt}`;
    return before.replaceAll('\r\n', '\n') + (await this.#untilPrompt(prompt));
  }

  /** Types `tslxc console NAME`, or the same to the other program; resolves with all up to the container's prompt. */
  async openConsole(name: string): Promise<string> {
    return this.#run(`${this.#program} console ${name}`, containerPrompt);
  }

  /** Types ^], which leaves the console; resolves with what comes before the host's prompt. */
  detach(): Promise<string> {
    this.#session.write('\x1d');
    return this.#untilPrompt(hostPrompt);
  }

  /** Types a line to the container's shell that ends the container, and with it the console. */
  lastLine(line: string): Promise<string> {
    return this.#run(line, hostPrompt);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #run(line: string, prompt: string): Promise<string> {
    this.#session.enter(line);
    await this.#session.expect(`${line}\r\n`);
    return this.#untilPrompt(prompt);
  }

  async #untilPrompt(prompt: string): Promise<string> {
    const [, text = ''] = await this.#session.expect(new RegExp(`^([^]*\\n)?${prompt}$`));
    return text.replaceAll('\r\n', '\n');
  }
}
