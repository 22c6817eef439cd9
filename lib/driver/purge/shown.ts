/** What a purge would remove although nobody has been shown it. Pure. */
import { TslxcError } from '../../errors';
import type { PurgeItem } from './item';

/** Something that was shown as off and runs by now counts: it would be stopped. */
export function notShown(
  planned: readonly PurgeItem[],
  shown: readonly PurgeItem[],
): readonly PurgeItem[] {
  const known = new Map(shown.map((item) => [keyOf(item), item]));
  return planned.filter((item) => {
    if (item.fate === 'keep') return false;
    const former = known.get(keyOf(item));
    return former?.fate !== 'remove' || (item.state === 'running' && former.state === 'off');
  });
}

/** Those of the planned that were shown as they are now. */
export function onlyShown(
  planned: readonly PurgeItem[],
  shown: readonly PurgeItem[],
): readonly PurgeItem[] {
  const unseen = new Set(notShown(planned, shown));
  return planned.filter((item) => !unseen.has(item));
}

function keyOf({ kind, name }: PurgeItem): string {
  return `${kind} ${name}`;
}

const mostNamed = 10;

/** `what`: what has not been done because of these. */
export function newItems(what: string, items: readonly PurgeItem[]): TslxcError {
  const named = items
    .slice(0, mostNamed)
    .map(
      ({ kind, name, state }) => `${kind} '${name}'${state === 'running' ? ', which runs' : ''}`,
    );
  const rest = items.length - named.length;
  const more = rest > 0 ? `; and ${rest} more` : '';
  const detail = `${what}, since there is more by now than was listed: ${named.join('; ')}${more}`;
  return new TslxcError('OPERATION_INVALID', detail);
}
