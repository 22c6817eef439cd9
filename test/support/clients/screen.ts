/** A virtual screen for programs with windows: Xvfb(1), and what xwininfo(1) and xwd(1) report of it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../process/run-command';
import type { CommandResult } from '../process/run-command';
import { eventually } from '../time/eventually';
import { BackgroundProgram } from './background-program';
import { Picture } from './picture';

export interface ScreenSize {
  readonly width: number;
  readonly height: number;
}

export class Screen implements AsyncDisposable {
  /** `:N`. */
  readonly display: string;
  readonly #server: BackgroundProgram;

  private constructor(server: BackgroundProgram, display: string) {
    this.#server = server;
    this.display = display;
  }

  static async start({ width, height }: ScreenSize): Promise<Screen> {
    const size = `${width}x${height}x24`;
    // It takes a number that is free, and says which when it is ready.
    const options = ['-displayfd', '1', '-screen', '0', size, '-nolisten', 'tcp'] as const;
    const server = new BackgroundProgram(['Xvfb', ...options]);
    try {
      return await eventually(() => {
        const [, number] = /^(\d+)$/m.exec(server.said) ?? [];
        if (number === undefined) throw new Error(`no screen: ${server.said}`);
        return new Screen(server, `:${number}`);
      });
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Of the windows that have one. */
  async titles(): Promise<string[]> {
    const { stdout } = await this.#ask('xwininfo', '-root', '-tree');
    return [...stdout.matchAll(/^ *0x[0-9a-f]+ "(.*)": \(/gm)].map(([, title = '']) => title);
  }

  /** What a window looks like; undefined when none has this title. */
  async picture(title: string): Promise<Picture | undefined> {
    const folder = mkdtempSync(join(tmpdir(), 'tslxc-screen-'));
    const file = join(folder, 'window.xwd');
    try {
      const { code } = await this.#ask('xwd', '-silent', '-name', title, '-out', file);
      return code === 0 ? Picture.ofDump(readFileSync(file)) : undefined;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    // It was killed, and has not removed them itself.
    const number = this.display.slice(1);
    for (const path of [`/tmp/.X${number}-lock`, `/tmp/.X11-unix/X${number}`]) {
      rmSync(path, { force: true });
    }
  }

  #ask(...argv: readonly string[]): Promise<CommandResult> {
    return runProgram(argv, { env: { DISPLAY: this.display } });
  }
}
