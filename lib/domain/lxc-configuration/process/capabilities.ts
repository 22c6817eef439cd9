/** lxc.cap.drop and lxc.cap.keep: `<capabilities>`. Pure. */
import { capabilityNumbers, type CapabilityName } from '../../elements/capability-numbers';
import { configurationError, wordsOf, type Entry } from '../entry';
import type { Scene } from '../scene';
import { node, type PrintableElement } from '../../xml/print';

const names = Object.keys(capabilityNumbers) as CapabilityName[];

/**
 * As in LXC, a container has all capabilities except those that the configuration drops, or does not keep.
 *
 * @throws TslxcError CONF_SYNTAX for a configuration that both drops and keeps capabilities.
 */
export function convertCapabilities(scene: Scene): PrintableElement {
  const drop = scene.settings.takeAll('lxc.cap.drop');
  const keep = scene.settings.takeAll('lxc.cap.keep');
  const [last] = keep.slice(-1);
  if (drop.length > 0 && last !== undefined) {
    throw configurationError(last.place, 'lxc.cap.keep and lxc.cap.drop exclude each other');
  }
  const kept = new Set(keep.length === 0 ? names : keptNames(scene, keep));
  for (const name of namesOf(scene, drop)) kept.delete(name);
  const off = names.filter((name) => !kept.has(name));
  return node(
    'capabilities',
    { policy: 'allow' },
    off.map((name) => node(name, { state: 'off' })),
  );
}

/** `none` discards the capabilities listed before it; alone it keeps none. */
function keptNames(scene: Scene, entries: readonly Entry[]): CapabilityName[] {
  let kept: CapabilityName[] = [];
  for (const entry of entries) {
    for (const word of wordsOf(entry)) {
      kept = word === 'none' ? [] : [...kept, ...nameOf(scene, entry, word)];
    }
  }
  return kept;
}

function namesOf(scene: Scene, entries: readonly Entry[]): CapabilityName[] {
  return entries.flatMap((entry) => wordsOf(entry).flatMap((word) => nameOf(scene, entry, word)));
}

/** Accepts a name, with or without `cap_`, or a number. */
function nameOf({ report }: Scene, entry: Entry, word: string): CapabilityName[] {
  const lower = word.toLowerCase().replace(/^cap_/, '');
  const found = names.find((name) => name === lower || String(capabilityNumbers[name]) === word);
  if (found !== undefined) return [found];
  report.tell(entry, `the kernel has no capability '${word}'`);
  return [];
}
