/**
 * Checks that sources answer before this process opens them itself: their file system may be one that never does, and
 * the sources on record may belong to any domain.
 */
import type { SourceLocation } from '../../../domain/xml/source-location';
import { Lookers, looksAlone } from '../../looks/looks';
import type { Looks } from '../../looks/looks';

/** Milliseconds for each source, unless a start says how long. */
const answerTime = 5000;

/** A source, and where a definition names it. */
export interface AskedSource {
  readonly path: string;
  readonly place?: SourceLocation;
}

/**
 * Resolves once the source answers; that it does not exist is an answer. @throws TslxcError OPERATION_TIMEOUT,
 * OPERATION_ABORTED.
 */
export async function untilSourceAnswers(
  { path, place }: AskedSource,
  looks: Looks,
): Promise<void> {
  await looks.stateIfThere(path, { step: 'look up a source to label', place });
}

/** Resolves once all sources have answered. @throws as untilSourceAnswers. */
export async function untilAllAnswer(
  sources: readonly AskedSource[],
  signal: AbortSignal | undefined,
): Promise<void> {
  using looks = looksAlone({ within: answerTime * sources.length, signal });
  for (const source of sources) await untilSourceAnswers(source, looks);
}

/** Those that do not answer, each with the reason. */
export async function unanswered(paths: readonly string[]): Promise<ReadonlyMap<string, unknown>> {
  const found = new Map<string, unknown>();
  const lookers = new Lookers();
  for (const path of paths) {
    using looks = lookers.looks({ within: answerTime });
    await untilSourceAnswers({ path }, looks).catch((error: unknown) => found.set(path, error));
  }
  lookers.close();
  return found;
}
