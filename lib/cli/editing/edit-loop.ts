/**
 * The loop of `edit`: runs the editor, makes the change, and if that fails asks whether to try again, in virsh's words. Edits are
 * never lost: if they can't be used, the file is kept, and its path is shown.
 */
import { CommandError, errorLines } from '../shell/command-error';
import { EditedFile } from './editor';
import { printable } from '../../printable';
import type { Context } from '../shell/command';

export interface Editing {
  /** Returns the current text. Called again before the change, since another process may have changed it meanwhile. */
  readonly read: () => Promise<string>;
  /** Makes the change. @throws an error that says what is wrong with the text. */
  readonly change: (text: string) => Promise<void>;
  /** Suffix of the edited file's name. Default: `.xml`. */
  readonly suffix?: string;
  /** The text to edit, instead of the current one. */
  readonly draft?: string;
  /** Whether the text means the same as the current one. Default: whether both are equal. */
  readonly isSame?: (text: string) => boolean;
  /** Turns off the validation that the change begins with. The user is asked whether to, once. */
  readonly relax?: () => void;
}

type Answer = 'y' | 'n' | 'i' | 'f';

/** The answers, and what each means. */
const help: Readonly<Record<Answer | '?', string>> = {
  y: 'yes, start editor again',
  n: 'no, throw away my changes',
  i: 'turn off validation and try to redefine again',
  f: 'force, try to redefine again',
  '?': 'print this help',
};

/** Resolves to whether anything was changed. @throws CommandError if the editor fails, or the change fails and the user gives up. */
export async function editText(
  context: Context,
  { read, change, suffix, draft, isSame, relax }: Editing,
): Promise<'changed' | 'unchanged'> {
  let before = await read();
  const initial = draft ?? before;
  const file = new EditedFile(initial, context.environment, suffix);
  let mayRelax = relax !== undefined;
  try {
    let edited = await file.edit();
    for (;;) {
      if (isSame?.(edited) ?? edited === before) return removed(file, 'unchanged');
      const problem = await attempt({ read, change }, { before, edited });
      if (problem === undefined) return removed(file, 'changed');
      before = problem.now;
      const answer = await askAgain(
        context,
        problem,
        mayRelax ? ['y', 'n', 'i', 'f'] : ['y', 'n', 'f'],
      );
      if (answer === 'n') file.remove();
      if (answer === 'n' || answer === 'none') throw failure(problem, answer);
      if (answer === 'y') edited = await file.edit();
      if (answer === 'i') {
        relax?.();
        mayRelax = false;
      }
    }
  } catch (error) {
    const text = file.text();
    if (text === initial) file.remove();
    else if (text !== undefined) {
      context.output.note(`The text that was edited is in ${file.path}`);
    }
    throw error;
  }
}

interface Problem {
  readonly message: string;
  readonly cause?: unknown;
  /** The current text, which the next attempt replaces. */
  readonly now: string;
}

async function attempt(
  { read, change }: Pick<Editing, 'read' | 'change'>,
  { before, edited }: { readonly before: string; readonly edited: string },
): Promise<Problem | undefined> {
  const now = await read();
  if (now !== before) {
    return { message: 'The XML configuration was changed by another user.', now };
  }
  try {
    await change(edited);
    return undefined;
  } catch (cause) {
    return { message: 'Failed.', cause, now };
  }
}

/** The error to throw. If the user has answered, its cause was already shown. */
function failure({ message, cause }: Problem, answer: 'n' | 'none'): CommandError {
  if (cause === undefined) return new CommandError(message);
  return new CommandError(message, { cause, causeLine: answer === 'n' ? 'hidden' : 'shown' });
}

/** `none`: there is no terminal to ask on, or the user has cancelled. */
async function askAgain(
  { output, terminal }: Context,
  { message, cause }: Problem,
  answers: readonly Answer[],
): Promise<Answer | 'none'> {
  if (!terminal.isInteractive()) return 'none';
  if (cause !== undefined) for (const line of errorLines(cause)) output.error(line);
  const keys = [...answers, '?'] as const;
  terminal.setMode('raw');
  try {
    for (;;) {
      output.text(`\r${printable(message)} Try again? [${keys.join(',')}]: `);
      const typed = await key(terminal.input());
      if (typed === '?') {
        output.text(`\r\n${keys.map((one) => `${one} - ${help[one]}\r\n`).join('')}`);
      }
      // The end of the input, and ^C and ^D, which have no effect of their own in raw mode.
      if (['', '\u0003', '\u0004'].includes(typed)) return 'none';
      const answer = answers.find((one) => one === typed);
      if (answer !== undefined) return answer;
    }
  } finally {
    terminal.setMode('normal');
    output.text('\r\n');
  }
}

/** The next key, in lower case; empty at the end of the input. */
function key(input: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => {
    const done = (answer: string): void => {
      input.off('data', onData).off('end', onEnd).off('error', onEnd);
      input.pause();
      resolve(answer);
    };
    const onData = (bytes: Buffer | string): void =>
      done(bytes.toString().slice(0, 1).toLowerCase());
    const onEnd = (): void => done('');
    input.on('data', onData).once('end', onEnd).once('error', onEnd);
    input.resume();
  });
}

function removed<Result>(file: EditedFile, result: Result): Result {
  file.remove();
  return result;
}
