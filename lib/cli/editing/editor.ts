/**
 * Runs the user's editor on a text: as in virsh VISUAL, else EDITOR, else vi. The text is in a temporary file that only its user
 * can read. The caller removes the file once the text is stored, so that no edits are lost before.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { removeTreeNow } from '../../host/trees/tree-removal';
import { textOf } from '../options/definition-file';
import { CommandError } from '../shell/command-error';
import type { Context } from '../shell/command';

const defaultEditor = 'vi';
/** As in virsh, an editor command of only these characters is split into words; any other is run by a shell. */
const plainWords = /^[A-Za-z0-9/.,+=@%_~ -]+$/;

type Environment = Context['environment'];

/** A text that is being edited. */
export class EditedFile {
  readonly path: string;
  readonly #environment: Environment;

  constructor(text: string, environment: Environment, suffix = '.xml') {
    const folder = mkdtempSync(join(environment['TMPDIR'] ?? tmpdir(), 'tslxc-edit-'));
    this.path = join(folder, `edited${suffix}`);
    this.#environment = environment;
    writeFileSync(this.path, text, { mode: 0o600, flag: 'wx' });
  }

  /** Runs the editor, and resolves to the edited text. @throws CommandError if the editor fails. */
  async edit(): Promise<string> {
    const editor = this.#environment['VISUAL'] ?? this.#environment['EDITOR'] ?? defaultEditor;
    const words = plainWords.test(editor)
      ? [...editor.split(' ').filter((word) => word !== ''), this.path]
      : ['sh', '-c', `${editor} "$1"`, 'sh', this.path];
    const [program = defaultEditor, ...rest] = words;
    checkProgram(program, this.#environment);
    const status = await exitStatusOf(program, rest, this.#environment);
    if (status === '0') return textOf(readFileSync(this.path));
    const command = [program, ...rest].join(' ');
    const detail = `internal error: Child process (${command}) unexpected exit status ${status}`;
    throw new CommandError(detail, { code: 'INTERNAL_ERROR' });
  }

  /** The current text; undefined if the file is gone. */
  text(): string | undefined {
    try {
      return readFileSync(this.path, 'utf8');
    } catch {
      return undefined;
    }
  }

  remove(): void {
    removeTreeNow({ path: dirname(this.path), step: 'remove the edited text' });
  }
}

function checkProgram(program: string, environment: Environment): void {
  const folders = (environment['PATH'] ?? '').split(delimiter);
  const paths = program.includes('/') ? [program] : folders.map((folder) => join(folder, program));
  if (paths.some((path) => isAbsolute(path) && isExecutable(path))) return;
  throw new CommandError(`Cannot find '${program}' in path: No such file or directory`, {
    code: 'SYSTEM_ERROR',
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a program that has the terminal until it exits. This process ignores ^C meanwhile, which is meant for the program. */
function exitStatusOf(
  program: string,
  words: readonly string[],
  env: Environment,
): Promise<string> {
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore).on('SIGQUIT', ignore);
  return new Promise<string>((resolve, reject) => {
    const child = spawn(program, words, { stdio: 'inherit', env });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ?? String(code)));
  }).finally(() => {
    process.off('SIGINT', ignore).off('SIGQUIT', ignore);
  });
}
