/**
 * What a configuration says in the end. Each topic takes the entries that it carries over, or tells of; what none has taken
 * is told of at the end, so that nothing is lost in silence.
 */
import type { Entry } from './entry';

export class Settings {
  #entries: readonly Entry[];

  constructor(entries: readonly Entry[]) {
    this.#entries = withoutTakenBack(entries);
  }

  /** The entry that counts, which is the last one; those before it have no meaning. */
  take(key: string): Entry | undefined {
    return this.takeAll(key).at(-1);
  }

  takeAll(key: string): readonly Entry[] {
    return this.#takeThose((entry) => entry.key === key);
  }

  /** All whose key begins with `prefix`, which ends with a dot. */
  takeBelow(prefix: string): readonly Entry[] {
    return this.#takeThose(({ key }) => key.startsWith(prefix));
  }

  /** What has not been taken. */
  rest(): readonly Entry[] {
    return this.#entries;
  }

  #takeThose(isWanted: (entry: Entry) => boolean): readonly Entry[] {
    const taken = this.#entries.filter(isWanted);
    this.#entries = this.#entries.filter((entry) => !isWanted(entry));
    return taken;
  }
}

/** An entry without a value takes back those of its key before it, and those of the keys below. */
function withoutTakenBack(entries: readonly Entry[]): Entry[] {
  let kept: Entry[] = [];
  for (const entry of entries) {
    const { key, value } = entry;
    if (value !== '') kept.push(entry);
    else kept = kept.filter((one) => one.key !== key && !one.key.startsWith(`${key}.`));
  }
  return kept;
}
