/** lxc.idmap: `<idmap>`. The order in LXC is: the first id in the container, the first id on the host, the count. Pure. */
import { configurationError, valueError, type Entry } from '../entry';
import type { Scene } from '../scene';
import { node, type PrintableElement } from '../../xml/print';

interface Range {
  readonly type: 'u' | 'g';
  readonly start: number;
  readonly target: number;
  readonly count: number;
}

/** @throws TslxcError CONF_SYNTAX for an invalid range, and for a map without the container's root. */
export function convertIdMap({ settings }: Scene): PrintableElement[] {
  const entries = settings.takeAll('lxc.idmap');
  const [first] = entries;
  if (first === undefined) return [];
  const ranges = entries.flatMap(rangesOf);
  const elements = (['u', 'g'] as const).flatMap((type) => {
    const own = ranges.filter((range) => range.type === type).sort((a, b) => a.start - b.start);
    if (own[0]?.start === 0) return own.map(elementOf);
    const what = type === 'u' ? 'user' : 'group';
    throw configurationError(first.place, `lxc.idmap maps no ${what} 0 of the container`);
  });
  return [node('idmap', {}, elements)];
}

function rangesOf(entry: Entry): Range[] {
  const match = /^([ugb])\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})$/.exec(entry.value);
  const [, type, start, target, count] = match ?? [];
  if (type === undefined) {
    throw valueError(entry, 'not of the form: u or g, id inside, id of the host, count');
  }
  const types = type === 'b' ? (['u', 'g'] as const) : ([type === 'u' ? 'u' : 'g'] as const);
  return types.map((one) => ({
    type: one,
    start: Number(start),
    target: Number(target),
    count: Number(count),
  }));
}

function elementOf({ type, start, target, count }: Range): PrintableElement {
  const attributes = { start: String(start), target: String(target), count: String(count) };
  return node(type === 'u' ? 'uid' : 'gid', attributes);
}
