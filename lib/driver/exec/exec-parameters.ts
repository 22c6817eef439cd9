/** What `Domain.exec` and `Domain.execDetached` take. */
import { windowSize } from '../../container/console/window-size';
import {
  abortSignal,
  absolutePath,
  either,
  listOf,
  mostBytes,
  object,
  oneOf,
  optional,
  text,
  timeFrom,
  value,
  variablesOf,
  type Shape,
} from '../../shape/shape';
import type { DetachedOptions, ExecOptions } from './exec-options';

const detachedFields = {
  env: optional(variablesOf(text)),
  cwd: optional(absolutePath),
  user: optional(text),
  securityLabel: optional(oneOf('init', 'none')),
  signal: optional(abortSignal),
} as const;

const bytes: Shape<Uint8Array> = value({
  words: 'bytes (those of a text: Buffer.from(text))',
  fits: (one) => ArrayBuffer.isView(one),
  example: new Uint8Array(),
});

const execOptions = object<ExecOptions>({
  ...detachedFields,
  tty: optional(windowSize),
  stdin: optional(either(oneOf('pipe', 'ignore'), bytes)),
  timeout: optional(timeFrom(1)),
  encoding: optional(oneOf('utf8', 'buffer')),
  maxBuffer: optional(mostBytes),
});

/** `exec` compares its arguments by itself: a failure rejects what it returns. */
export const execParameters = [
  ['argv', listOf(text)],
  ['options', optional(execOptions)],
] as const;

export const detachedParameters = [
  ['argv', listOf(text)],
  ['options', optional(object<DetachedOptions>(detachedFields))],
] as const;
