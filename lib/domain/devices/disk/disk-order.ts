/** The order in which libvirt prints disks: as written, but those of one bus by the letters of their targets. Pure. */
import type { PrintableElement } from '../../xml/print';

interface Placed {
  readonly disk: PrintableElement;
  readonly bus: string;
  /** What follows the prefix of the target's name: `aa` of `sdaa`. */
  readonly letters: string;
}

/**
 * As libvirt inserts each disk: before the first one of its bus whose letters come after its own, else after the last one of its bus,
 * else at the end.
 */
export function inLibvirtOrder(disks: readonly PrintableElement[]): PrintableElement[] {
  const all: Placed[] = [];
  for (const disk of disks) {
    const own = { disk, ...targetOf(disk) };
    const next = all.findIndex((one) => one.bus === own.bus && isAfter(one.letters, own.letters));
    const last = all.findLastIndex(({ bus }) => bus === own.bus);
    all.splice(next >= 0 ? next : last >= 0 ? last + 1 : all.length, 0, own);
  }
  return all.map(({ disk }) => disk);
}

function targetOf({ children }: PrintableElement): Pick<Placed, 'bus' | 'letters'> {
  const target = children.find((one) => typeof one !== 'string' && one.name === 'target');
  const attributes = typeof target === 'object' ? target.attributes : [];
  const valueOf = (word: string): string =>
    attributes.find(({ name }) => name === word)?.value ?? '';
  const [, letters = ''] = /^(?:fd|sd|hd|vd|xvd|ubd)([a-z]+)\d*$/.exec(valueOf('dev')) ?? [];
  return { bus: valueOf('bus'), letters };
}

/** `sdb` is after `sda`, and `sdaa` after `sdz`. */
function isAfter(one: string, other: string): boolean {
  return one.length === other.length ? one > other : one.length > other.length;
}
