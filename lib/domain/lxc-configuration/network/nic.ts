/** The lines of one interface of an LXC configuration, lxc.net.N.*. Pure. */
import type { Entry } from '../entry';
import { Settings } from '../settings';

export class Nic {
  /** `lxc.net.0` */
  readonly name: string;
  readonly type: Entry | undefined;
  readonly #settings: Settings;

  constructor(name: string, entries: readonly Entry[]) {
    this.name = name;
    this.#settings = new Settings(entries);
    this.type = this.take('type');
  }

  /** The last value of a key; `part` is what follows the number. */
  take(part: string): Entry | undefined {
    return this.#settings.take(`${this.name}.${part}`);
  }

  takeAll(part: string): readonly Entry[] {
    return this.#settings.takeAll(`${this.name}.${part}`);
  }

  /** The entries that have not been taken. */
  rest(): readonly Entry[] {
    return this.#settings.rest();
  }
}

/** The interfaces in the order in which they first appear. */
export function nicsOf(settings: Settings): Nic[] {
  const entries = settings.takeBelow('lxc.net.');
  const names = new Set(entries.map(({ key }) => key.split('.').slice(0, 3).join('.')));
  return [...names].map(
    (name) =>
      new Nic(
        name,
        entries.filter(({ key }) => key.startsWith(`${name}.`)),
      ),
  );
}
