/** What a verb does with each of several names: one that fails does not keep the others. */
import { TslxcError } from '../../errors';
import { accessDenied, errorLines } from '../shell/command-error';
import type { Output } from './output';

export interface ForEach {
  /** The first line of the error. */
  readonly failed: (name: string) => string;
  readonly action: (name: string) => Promise<void>;
}

/** Resolves to the exit status. @throws what is not about one of them. */
export async function eachNamed(
  names: readonly string[],
  output: Output,
  { failed, action }: ForEach,
): Promise<1 | undefined> {
  let status: 1 | undefined;
  for (const name of names) {
    try {
      await action(name);
    } catch (error) {
      if (!TslxcError.is(error) || accessDenied(error) !== undefined) throw error;
      output.error(failed(name));
      for (const line of errorLines(error)) output.error(line);
      status = 1;
    }
  }
  return status;
}
