/** Programs by which root inside takes as much as it gets of what the kernel limits, and a container to run them in. */
import { createInterface } from 'node:readline';
import { TestDomain } from '../support/domain/test-domain';

/** Resolves with a container that runs and does nothing by itself. */
export async function startIdle(name: string, elements = ''): Promise<TestDomain> {
  const container = await TestDomain.make({
    name,
    init: '/bin/sleep',
    initArguments: ['1000'],
    elements,
  });
  await container.start();
  return container;
}

export interface Taking {
  /** The text of a Python script, since with an id map root inside may not be able to read the file. */
  readonly script: string;
  readonly words: readonly string[];
  /** Runs while what was taken is held. */
  readonly meanwhile?: (() => Promise<void>) | undefined;
}

/** Runs a script that takes what its words say, says what it got, and holds that until its input ends; resolves with what it says. */
export async function takeInside(
  { domain }: TestDomain,
  { script, words, meanwhile = () => Promise.resolve() }: Taking,
): Promise<string> {
  const taker = await domain.exec(['python3', '-c', script, ...words], { stdin: 'pipe' }).started;
  try {
    const lines = createInterface({ input: taker.stdout })[Symbol.asyncIterator]();
    const { value } = (await lines.next()) as { value: string };
    await meanwhile();
    return value;
  } finally {
    taker.stdin.end();
    await taker.result;
  }
}
