/**
 * The effective settings of a configuration. Each part of the conversion takes the entries that it carries over or reports; entries
 * that none has taken are reported at the end, so that nothing is lost silently.
 */
import type { Entry } from './entry';

export class Settings {
  #entries: readonly Entry[];

  constructor(entries: readonly Entry[]) {
    this.#entries = withoutTakenBack(entries);
  }

  /** The effective entry of a key, which is its last one; earlier entries have no effect. */
  take(key: string): Entry | undefined {
    return this.takeAll(key).at(-1);
  }

  takeAll(key: string): readonly Entry[] {
    return this.#takeThose((entry) => entry.key === key);
  }

  /** All entries whose key begins with `prefix`, which ends with a dot. */
  takeBelow(prefix: string): readonly Entry[] {
    return this.#takeThose(({ key }) => key.startsWith(prefix));
  }

  /** The entries that have not been taken. */
  rest(): readonly Entry[] {
    return this.#entries;
  }

  #takeThose(isWanted: (entry: Entry) => boolean): readonly Entry[] {
    const taken = this.#entries.filter(isWanted);
    this.#entries = this.#entries.filter((entry) => !isWanted(entry));
    return taken;
  }
}

/** An entry without a value discards earlier entries of its key and of the keys below it. */
function withoutTakenBack(entries: readonly Entry[]): Entry[] {
  let kept: Entry[] = [];
  for (const entry of entries) {
    const { key, value } = entry;
    if (value !== '') kept.push(entry);
    else kept = kept.filter((one) => one.key !== key && !one.key.startsWith(`${key}.`));
  }
  return kept;
}
